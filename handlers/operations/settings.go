package operations

import (
	"context"

	"afterhours/gen"
	"afterhours/handlers/problem"
	"afterhours/handlers/wire"
	"afterhours/store"
)

// Settings is GET on the analytics settings.
func (s *Service) Settings(ctx context.Context, req *Request, userID string) (*Response, error) {
	owner, err := s.owner(ctx, req, userID)
	if err != nil {
		return nil, err
	}
	stored, err := s.storeFor(req).Settings(ctx, owner)
	if err != nil {
		return nil, err
	}
	return settingsResponse(req, owner, stored)
}

func settingsResponse(req *Request, owner store.Owner, stored store.Settings) (*Response, error) {
	settings := wire.Settings(stored)
	settings.OdataContext = req.Form.Context(req.contextURL(owner, "/settings"))
	return jsonResponse(req, settings)
}

// UpdateSettings is PATCH on the settings.
func (s *Service) UpdateSettings(ctx context.Context, req *Request, userID string, body *gen.SettingsUpdate, params gen.UpdateUserSettingsParams) (*Response, error) {
	return s.changeSettings(ctx, req, userID, settingsPatch{nil, body, precondition{params.IfMatch, params.IfNoneMatch}, parsePrefer(params.Prefer)}, settingsResponse)
}

// settingsPatch is a PATCH on the settings. Its id is the one that the body repeats, nil for none.
type settingsPatch struct {
	id        *string
	body      *gen.SettingsUpdate
	condition precondition
	prefer    preferences
}

// changeSettings merges the body into the settings in one step of the store. The last argument makes
// the response.
func (s *Service) changeSettings(ctx context.Context, req *Request, userID string, patch settingsPatch,
	respond func(*Request, store.Owner, store.Settings) (*Response, error)) (*Response, error) {
	owner, err := s.owner(ctx, req, userID)
	if err != nil {
		return nil, err
	}
	if patch.id != nil && *patch.id != owner.User {
		return nil, problem.Invalid(problem.Fault(gen.PropertyNotUpdateable, "id", "'id' is '%s'; it must be '%s', as an id cannot be changed.", problem.Shown(*patch.id), owner.User))
	}
	if err := patch.condition.checkUntagged(); err != nil {
		return nil, err
	}
	stored, err := s.storeFor(req).UpdateSettings(ctx, owner, wire.SettingsChange(patch.body))
	if err != nil {
		return nil, err
	}
	response := noContent()
	if !patch.prefer.minimal {
		if response, err = respond(req, owner, stored); err != nil {
			return nil, err
		}
	}
	response.Preference = patch.prefer.applied(false)
	return response, nil
}
