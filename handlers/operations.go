package handlers

import (
	"context"

	"afterhours/gen"
)

// The operations of the contract. Each stands twice, for /me and for
// /users/{user-id}, and is done once, by the function that both call.

// me stands for the user of the token, in place of an id or alias.
const me = ""

var _ gen.StrictServerInterface = (*Server)(nil)

func (s *Server) ListMyStatistics(ctx context.Context, in gen.ListMyStatisticsRequestObject) (gen.ListMyStatisticsResponseObject, error) {
	return s.list(ctx, me, listOptions(in.Params))
}

func (s *Server) ListUserStatistics(ctx context.Context, in gen.ListUserStatisticsRequestObject) (gen.ListUserStatisticsResponseObject, error) {
	return s.list(ctx, in.UserID, listOptions(in.Params))
}

func (s *Server) CountMyStatistics(ctx context.Context, in gen.CountMyStatisticsRequestObject) (gen.CountMyStatisticsResponseObject, error) {
	return s.count(ctx, me, in.Params.Filter)
}

func (s *Server) CountUserStatistics(ctx context.Context, in gen.CountUserStatisticsRequestObject) (gen.CountUserStatisticsResponseObject, error) {
	return s.count(ctx, in.UserID, in.Params.Filter)
}

func (s *Server) GetMyStatistic(ctx context.Context, in gen.GetMyStatisticRequestObject) (gen.GetMyStatisticResponseObject, error) {
	return s.get(ctx, me, in.ActivityStatisticsID, in.Params.Select, precondition{in.Params.IfMatch, in.Params.IfNoneMatch})
}

func (s *Server) GetUserStatistic(ctx context.Context, in gen.GetUserStatisticRequestObject) (gen.GetUserStatisticResponseObject, error) {
	return s.get(ctx, in.UserID, in.ActivityStatisticsID, in.Params.Select, precondition{in.Params.IfMatch, in.Params.IfNoneMatch})
}

func (s *Server) CreateMyStatistic(ctx context.Context, in gen.CreateMyStatisticRequestObject) (gen.CreateMyStatisticResponseObject, error) {
	return s.create(ctx, me, in.Body, in.Params.Select, parsePrefer(in.Params.Prefer))
}

func (s *Server) CreateUserStatistic(ctx context.Context, in gen.CreateUserStatisticRequestObject) (gen.CreateUserStatisticResponseObject, error) {
	return s.create(ctx, in.UserID, in.Body, in.Params.Select, parsePrefer(in.Params.Prefer))
}

func (s *Server) UpdateMyStatistic(ctx context.Context, in gen.UpdateMyStatisticRequestObject) (gen.UpdateMyStatisticResponseObject, error) {
	return s.update(ctx, me, in.ActivityStatisticsID, in.Body, in.Params.Select,
		precondition{in.Params.IfMatch, in.Params.IfNoneMatch}, parsePrefer(in.Params.Prefer))
}

func (s *Server) UpdateUserStatistic(ctx context.Context, in gen.UpdateUserStatisticRequestObject) (gen.UpdateUserStatisticResponseObject, error) {
	return s.update(ctx, in.UserID, in.ActivityStatisticsID, in.Body, in.Params.Select,
		precondition{in.Params.IfMatch, in.Params.IfNoneMatch}, parsePrefer(in.Params.Prefer))
}

func (s *Server) DeleteMyStatistic(ctx context.Context, in gen.DeleteMyStatisticRequestObject) (gen.DeleteMyStatisticResponseObject, error) {
	return s.delete(ctx, me, in.ActivityStatisticsID, precondition{in.Params.IfMatch, in.Params.IfNoneMatch})
}

func (s *Server) DeleteUserStatistic(ctx context.Context, in gen.DeleteUserStatisticRequestObject) (gen.DeleteUserStatisticResponseObject, error) {
	return s.delete(ctx, in.UserID, in.ActivityStatisticsID, precondition{in.Params.IfMatch, in.Params.IfNoneMatch})
}

func (s *Server) GetMySettings(ctx context.Context, _ gen.GetMySettingsRequestObject) (gen.GetMySettingsResponseObject, error) {
	return s.settings(ctx, me)
}

func (s *Server) GetUserSettings(ctx context.Context, in gen.GetUserSettingsRequestObject) (gen.GetUserSettingsResponseObject, error) {
	return s.settings(ctx, in.UserID)
}

func (s *Server) GetMyStatisticProperty(ctx context.Context, in gen.GetMyStatisticPropertyRequestObject) (gen.GetMyStatisticPropertyResponseObject, error) {
	return s.property(ctx, me, in.ActivityStatisticsID, in.Property, false)
}

func (s *Server) GetMyStatisticPropertyValue(ctx context.Context, in gen.GetMyStatisticPropertyValueRequestObject) (gen.GetMyStatisticPropertyValueResponseObject, error) {
	return s.property(ctx, me, in.ActivityStatisticsID, in.Property, true)
}

func (s *Server) UpdateMySettings(ctx context.Context, in gen.UpdateMySettingsRequestObject) (gen.UpdateMySettingsResponseObject, error) {
	return s.updateSettings(ctx, me, in.Body, precondition{in.Params.IfMatch, in.Params.IfNoneMatch}, parsePrefer(in.Params.Prefer))
}

func (s *Server) GetMyAnalytics(ctx context.Context, in gen.GetMyAnalyticsRequestObject) (gen.GetMyAnalyticsResponseObject, error) {
	return s.analytics(ctx, me, in.Params.Expand != nil)
}

func (s *Server) UpdateMyAnalytics(ctx context.Context, in gen.UpdateMyAnalyticsRequestObject) (gen.UpdateMyAnalyticsResponseObject, error) {
	return s.updateAnalytics(ctx, me, in.Body, precondition{in.Params.IfMatch, in.Params.IfNoneMatch}, parsePrefer(in.Params.Prefer))
}

func (s *Server) GetUserStatisticProperty(ctx context.Context, in gen.GetUserStatisticPropertyRequestObject) (gen.GetUserStatisticPropertyResponseObject, error) {
	return s.property(ctx, in.UserID, in.ActivityStatisticsID, in.Property, false)
}

func (s *Server) GetUserStatisticPropertyValue(ctx context.Context, in gen.GetUserStatisticPropertyValueRequestObject) (gen.GetUserStatisticPropertyValueResponseObject, error) {
	return s.property(ctx, in.UserID, in.ActivityStatisticsID, in.Property, true)
}

func (s *Server) UpdateUserSettings(ctx context.Context, in gen.UpdateUserSettingsRequestObject) (gen.UpdateUserSettingsResponseObject, error) {
	return s.updateSettings(ctx, in.UserID, in.Body, precondition{in.Params.IfMatch, in.Params.IfNoneMatch}, parsePrefer(in.Params.Prefer))
}

func (s *Server) GetUserAnalytics(ctx context.Context, in gen.GetUserAnalyticsRequestObject) (gen.GetUserAnalyticsResponseObject, error) {
	return s.analytics(ctx, in.UserID, in.Params.Expand != nil)
}

func (s *Server) UpdateUserAnalytics(ctx context.Context, in gen.UpdateUserAnalyticsRequestObject) (gen.UpdateUserAnalyticsResponseObject, error) {
	return s.updateAnalytics(ctx, in.UserID, in.Body, precondition{in.Params.IfMatch, in.Params.IfNoneMatch}, parsePrefer(in.Params.Prefer))
}

func (s *Server) GetServiceDocument(ctx context.Context, _ gen.GetServiceDocumentRequestObject) (gen.GetServiceDocumentResponseObject, error) {
	_, known := begin(ctx)
	return s.serviceDocument(known)
}

func (s *Server) GetMetadata(context.Context, gen.GetMetadataRequestObject) (gen.GetMetadataResponseObject, error) {
	return s.metadata(), nil
}

func (s *Server) RunBatch(ctx context.Context, in gen.RunBatchRequestObject) (gen.RunBatchResponseObject, error) {
	return s.runBatch(ctx, in.Body)
}
