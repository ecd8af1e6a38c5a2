package operations

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"afterhours/gen"
	"afterhours/store"
)

// SettingsProperty is GET on one of the settings: its value in an object, or bare (OData 11.2.4). No
// setting is null.
func (s *Service) SettingsProperty(ctx context.Context, req *Request, userID string, name gen.SettingsPropertyName, bare bool) (*Response, error) {
	owner, err := s.owner(ctx, req, userID)
	if err != nil {
		return nil, err
	}
	settings, err := s.storeFor(req).Settings(ctx, owner)
	if err != nil {
		return nil, err
	}
	value, err := settingOf(settings, name)
	if err != nil {
		return nil, err
	}
	if bare {
		return &Response{Status: http.StatusOK, ContentType: "text/plain;charset=utf-8", Body: strconv.AppendBool(nil, value)}, nil
	}
	return jsonResponse(req, gen.Setting{
		OdataContext: req.Form.Context(req.contextURL(owner, "/settings/"+string(name))),
		Value:        value,
	})
}

// settingOf returns the value of a setting. The error is for a setting that the contract has and this
// function does not.
func settingOf(settings store.Settings, name gen.SettingsPropertyName) (bool, error) {
	switch name {
	case gen.HasGraphMailbox:
		return settings.HasGraphMailbox, nil
	case gen.HasLicense:
		return settings.HasLicense, nil
	case gen.HasOptedOut:
		return settings.HasOptedOut, nil
	}
	return false, fmt.Errorf("no setting %q", name)
}
