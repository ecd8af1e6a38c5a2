package operations

import (
	"context"
	"encoding/json"

	"afterhours/gen"
	"afterhours/handlers/wire"
	"afterhours/store"
)

// Analytics is GET on the analytics of a user: the settings and, if expanded, the first page of the
// statistics.
func (s *Service) Analytics(ctx context.Context, req *Request, userID string, expanded bool) (*Response, error) {
	owner, err := s.owner(ctx, req, userID)
	if err != nil {
		return nil, err
	}
	stored, err := s.storeFor(req).Settings(ctx, owner)
	if err != nil {
		return nil, err
	}
	if !expanded {
		return analyticsResponse(req, owner, stored, nil, "")
	}
	if err := privacy(stored); err != nil {
		return nil, err
	}
	wanted, err := s.pageOf(req, gen.ListUserStatisticsParams{})
	if err != nil {
		return nil, err
	}
	var found []store.Statistic
	var next string
	err = s.withinTime(ctx, "$expand", func(ctx context.Context) (err error) {
		found, next, err = s.fetch(ctx, req, owner, wanted, gen.ListUserStatisticsParams{})
		return err
	})
	if err != nil {
		return nil, err
	}
	response, err := analyticsResponse(req, owner, stored, s.appendStatistics(nil, req, owner, found, wanted.form), next)
	if err == nil {
		response.Preference = req.Form.Preference()
	}
	return response, err
}

// UpdateAnalytics is PATCH on the analytics: only their settings can change.
func (s *Service) UpdateAnalytics(ctx context.Context, req *Request, userID string, body *gen.UserAnalyticsUpdate, params gen.UpdateUserAnalyticsParams) (*Response, error) {
	if body.Settings == nil {
		body.Settings = &gen.SettingsUpdate{}
	}
	patch := settingsPatch{body.ID, body.Settings, precondition{params.IfMatch, params.IfNoneMatch}, parsePrefer(params.Prefer)}
	return s.changeSettings(ctx, req, userID, patch, func(req *Request, owner store.Owner, stored store.Settings) (*Response, error) {
		return analyticsResponse(req, owner, stored, nil, "")
	})
}

// analyticsResponse returns 200 with the analytics. The statistics are a JSON array, nil for none;
// next is the URL of the next page, "" for none.
func analyticsResponse(req *Request, owner store.Owner, stored store.Settings, statistics []byte, next string) (*Response, error) {
	value := struct {
		gen.UserAnalytics
		Statistics json.RawMessage `json:"activityStatistics,omitempty"`
	}{gen.UserAnalytics{OdataContext: req.Form.Context(req.contextURL(owner, "/$entity")), ID: owner.User, Settings: wire.Settings(stored)}, statistics}
	if next != "" {
		value.ActivityStatisticsOdataNextLink = &next
	}
	return jsonResponse(req, value)
}
