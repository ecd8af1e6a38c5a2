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
	return s.list(ctx, me, pageOptions{in.Params.Top, in.Params.Skiptoken, in.Params.Count, in.Params.Prefer})
}

func (s *Server) ListUserStatistics(ctx context.Context, in gen.ListUserStatisticsRequestObject) (gen.ListUserStatisticsResponseObject, error) {
	return s.list(ctx, in.UserID, pageOptions{in.Params.Top, in.Params.Skiptoken, in.Params.Count, in.Params.Prefer})
}

func (s *Server) CountMyStatistics(ctx context.Context, _ gen.CountMyStatisticsRequestObject) (gen.CountMyStatisticsResponseObject, error) {
	return s.count(ctx, me)
}

func (s *Server) CountUserStatistics(ctx context.Context, in gen.CountUserStatisticsRequestObject) (gen.CountUserStatisticsResponseObject, error) {
	return s.count(ctx, in.UserID)
}

func (s *Server) GetMyStatistic(ctx context.Context, in gen.GetMyStatisticRequestObject) (gen.GetMyStatisticResponseObject, error) {
	return s.get(ctx, me, in.ActivityStatisticsID, precondition{in.Params.IfMatch, in.Params.IfNoneMatch})
}

func (s *Server) GetUserStatistic(ctx context.Context, in gen.GetUserStatisticRequestObject) (gen.GetUserStatisticResponseObject, error) {
	return s.get(ctx, in.UserID, in.ActivityStatisticsID, precondition{in.Params.IfMatch, in.Params.IfNoneMatch})
}

func (s *Server) CreateMyStatistic(ctx context.Context, in gen.CreateMyStatisticRequestObject) (gen.CreateMyStatisticResponseObject, error) {
	return s.create(ctx, me, in.Body, parsePrefer(in.Params.Prefer))
}

func (s *Server) CreateUserStatistic(ctx context.Context, in gen.CreateUserStatisticRequestObject) (gen.CreateUserStatisticResponseObject, error) {
	return s.create(ctx, in.UserID, in.Body, parsePrefer(in.Params.Prefer))
}

func (s *Server) UpdateMyStatistic(ctx context.Context, in gen.UpdateMyStatisticRequestObject) (gen.UpdateMyStatisticResponseObject, error) {
	return s.update(ctx, me, in.ActivityStatisticsID, in.Body,
		precondition{in.Params.IfMatch, in.Params.IfNoneMatch}, parsePrefer(in.Params.Prefer))
}

func (s *Server) UpdateUserStatistic(ctx context.Context, in gen.UpdateUserStatisticRequestObject) (gen.UpdateUserStatisticResponseObject, error) {
	return s.update(ctx, in.UserID, in.ActivityStatisticsID, in.Body,
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
