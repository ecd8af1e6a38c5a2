package handlers

import (
	"context"
	"encoding/json"
	"net/http"

	"afterhours/gen"
)

// settings answers GET on the analytics settings.
func (s *Server) settings(ctx context.Context, userID string) (*answer, error) {
	ctx, known := begin(ctx)
	owner, err := s.owner(ctx, known, userID)
	if err != nil {
		return nil, err
	}
	stored, err := s.store.Settings(ctx, owner)
	if err != nil {
		return nil, err
	}
	described := contextURL(known, owner, "/settings")
	body, err := json.Marshal(gen.Settings{
		OdataContext:    &described,
		HasGraphMailbox: stored.HasGraphMailbox,
		HasLicense:      stored.HasLicense,
		HasOptedOut:     stored.HasOptedOut,
	})
	return &answer{status: http.StatusOK, contentType: contentTypeJSON, body: body}, err
}
