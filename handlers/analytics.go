package handlers

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"afterhours/gen"
	"afterhours/store"
)

// settings answers GET on the analytics settings.
func (s *Server) settings(ctx context.Context, userID string) (*answer, error) {
	ctx, known := begin(ctx)
	owner, err := s.owner(ctx, known, userID)
	if err != nil {
		return nil, err
	}
	stored, err := known.store.Settings(ctx, owner)
	if err != nil {
		return nil, err
	}
	return settingsAnswer(known, owner, stored)
}

func settingsAnswer(known *request, owner store.Owner, stored store.Settings) (*answer, error) {
	settings := wireSettings(stored)
	settings.OdataContext = known.form.context(contextURL(known, owner, "/settings"))
	return jsonAnswer(known, settings)
}

func wireSettings(stored store.Settings) gen.Settings {
	return gen.Settings{HasGraphMailbox: stored.HasGraphMailbox, HasLicense: stored.HasLicense, HasOptedOut: stored.HasOptedOut}
}

// jsonAnswer returns 200 with a value of gen's.
func jsonAnswer(known *request, value any) (*answer, error) {
	body, err := json.Marshal(value)
	return &answer{status: http.StatusOK, contentType: known.form.contentType(), body: body}, err
}

// updateSettings answers PATCH on the settings.
func (s *Server) updateSettings(ctx context.Context, userID string, update *gen.SettingsUpdate, condition precondition, prefer preferences) (*answer, error) {
	return s.changeSettings(ctx, userID, nil, update, condition, prefer, settingsAnswer)
}

// updateAnalytics answers PATCH on the analytics, which is one of their settings.
func (s *Server) updateAnalytics(ctx context.Context, userID string, update *gen.UserAnalyticsUpdate, condition precondition, prefer preferences) (*answer, error) {
	if update.Settings == nil {
		update.Settings = &gen.SettingsUpdate{}
	}
	return s.changeSettings(ctx, userID, update.ID, update.Settings, condition, prefer, func(known *request, owner store.Owner, stored store.Settings) (*answer, error) {
		return analyticsAnswer(known, owner, stored, nil, "")
	})
}

// changeSettings merges the update into the settings in one step of the store. The
// id is the one that the body repeats, nil for none.
func (s *Server) changeSettings(ctx context.Context, userID string, id *string, update *gen.SettingsUpdate, condition precondition, prefer preferences,
	answered func(*request, store.Owner, store.Settings) (*answer, error)) (*answer, error) {
	ctx, known := begin(ctx)
	owner, err := s.owner(ctx, known, userID)
	if err != nil {
		return nil, err
	}
	if id != nil && *id != owner.User {
		return nil, invalid([]gen.ErrorDetail{fault(gen.PropertyNotUpdateable, "id", "The id is '%s', and cannot be changed.", owner.User)})
	}
	if err := condition.checkUntagged(); err != nil {
		return nil, err
	}
	stored, err := known.store.UpdateSettings(ctx, owner, store.SettingsChange{
		HasGraphMailbox: nullOf(update.HasGraphMailbox),
		HasLicense:      nullOf(update.HasLicense),
		HasOptedOut:     nullOf(update.HasOptedOut),
	})
	if err != nil {
		return nil, err
	}
	result := &answer{status: http.StatusNoContent}
	if !prefer.minimal {
		if result, err = answered(known, owner, stored); err != nil {
			return nil, err
		}
	}
	result.preference = prefer.applied(false)
	return result, nil
}

func nullOf(value *bool) store.Null[bool] {
	if value == nil {
		return store.Null[bool]{}
	}
	return store.Of(*value)
}

// analytics answers GET on the analytics of a user: the settings and, expanded, the
// first page of the statistics.
func (s *Server) analytics(ctx context.Context, userID string, expanded bool) (*answer, error) {
	ctx, known := begin(ctx)
	owner, err := s.owner(ctx, known, userID)
	if err != nil {
		return nil, err
	}
	stored, err := known.store.Settings(ctx, owner)
	if err != nil {
		return nil, err
	}
	if !expanded {
		return analyticsAnswer(known, owner, stored, nil, "")
	}
	if err := policy(stored); err != nil {
		return nil, err
	}
	wanted, err := s.pageOf(known, listOptions{})
	if err != nil {
		return nil, err
	}
	found, next, err := s.fetch(ctx, known, owner, wanted, listOptions{})
	if err != nil {
		return nil, err
	}
	return analyticsAnswer(known, owner, stored, s.appendStatistics(nil, known, owner, found, wanted.form), next)
}

// analyticsAnswer returns 200 with the analytics; statistics is a JSON array, nil
// for none, next the URL of what follows it.
func analyticsAnswer(known *request, owner store.Owner, stored store.Settings, statistics []byte, next string) (*answer, error) {
	value := struct {
		gen.UserAnalytics
		Statistics json.RawMessage `json:"activityStatistics,omitempty"`
	}{gen.UserAnalytics{OdataContext: known.form.context(contextURL(known, owner, "/$entity")), ID: owner.User, Settings: wireSettings(stored)}, statistics}
	if next != "" {
		value.ActivityStatisticsOdataNextLink = &next
	}
	return jsonAnswer(known, value)
}

// policy returns the refusal with which Graph answers a read of the statistics of a
// user who may not have any, nil for everybody else. Its odd form, an error within
// the message, is as it was seen in Graph's answers; the name of the requirement of a
// licence is Graph's, the others are ours.
func policy(settings store.Settings) error {
	var unmet []string
	for _, requirement := range []struct {
		met  bool
		name string
	}{
		{settings.HasLicense, "UserRequireAdvancedMyALicense"},
		{settings.HasGraphMailbox, "UserRequireGraphMailbox"},
		{!settings.HasOptedOut, "UserRequireNotOptedOut"},
	} {
		if !requirement.met {
			unmet = append(unmet, requirement.name)
		}
	}
	if len(unmet) == 0 {
		return nil
	}
	type detail struct{ Code, Message string }
	text, err := json.Marshal(struct {
		Code, Message, Target string
		Details               []detail
	}{
		"Forbidden", "Access to the requested resource is forbidden.", "ReadUserAnalyticsV2",
		[]detail{{"PolicyNotSatisfied", "The following authorization requirements are not satisfied: " + strings.Join(unmet, ", ") + "."}},
	})
	if err != nil {
		return err
	}
	return refuse(errPolicy, "", "%s", text)
}
