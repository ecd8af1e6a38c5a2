package handlers_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"afterhours/contract/checked"
	"afterhours/handlers"
	"afterhours/store"
	"afterhours/store/memory"
)

// unavailable is a store that fails.
type unavailable struct{ store.Store }

func (unavailable) Get(context.Context, store.Key) (store.Statistic, store.Settings, error) {
	return store.Statistic{}, store.Settings{}, store.ErrUnavailable
}

// TestObserve: each request is told once, by its operation and its status. Nothing of it is the caller's
// text.
func TestObserve(t *testing.T) {
	ts := newTestServer(t, memory.New())
	var told []string
	observe := func(config *handlers.Config) {
		config.Observe = func(operation, status string, took time.Duration) {
			if took <= 0 {
				status = took.String()
			}
			told = append(told, operation+" "+status)
		}
	}
	token := ts.userToken(megan, "Analytics.ReadWrite")
	working := newServer(t, ts.store, ts.issuer, t.Output(), observe)
	failing := newServer(t, unavailable{ts.store}, ts.issuer, t.Output(), observe)
	over, end := context.WithCancel(t.Context())
	end()
	for _, row := range []struct {
		name, method, path, token, body string
		server                          *handlers.Server
		ctx                             context.Context
		want                            []string
	}{
		{name: "a list", method: "GET", path: collection, token: token, want: []string{"listMyStatistics 200"}},
		{name: "another base", method: "GET", path: "/v1.0/me/analytics/activityStatistics", token: token, want: []string{"listMyStatistics 200"}},
		{name: "no token", method: "GET", path: collection, want: []string{"listMyStatistics 401"}},
		{name: "no such statistic", method: "GET", path: collection + "/secret", token: token, want: []string{"getMyStatistic 404"}},
		{name: "no route", method: "GET", path: "/secret", token: token, want: []string{"other 404"}},
		{name: "another method", method: "PUT", path: collection, token: token, want: []string{"other 405"}},
		{name: "a method that HTTP does not have", method: "SECRET", path: collection, token: token, want: []string{"other 405"}},
		{name: "a probe", method: "GET", path: "/livez", want: []string{"other 200"}},
		{name: "a batch", method: "POST", path: "/beta/$batch", token: token, body: `{"requests":[{"id":"1","method":"GET","url":"/me/analytics/activityStatistics/secret"}]}`,
			want: []string{"getMyStatistic 404", "runBatch 200"}},
		{name: "the store fails", method: "GET", path: collection + "/secret", token: token, server: failing, want: []string{"getMyStatistic 503"}},
		{name: "the caller is gone", method: "GET", path: collection + "/secret", token: token, server: failing, ctx: over, want: []string{"getMyStatistic gone"}},
	} {
		told = nil
		if row.server == nil {
			row.server = working
		}
		if row.ctx == nil {
			row.ctx = t.Context()
		}
		request := httptest.NewRequestWithContext(row.ctx, row.method, row.path, strings.NewReader(row.body))
		request.Header.Set("Content-Type", "application/json")
		if row.token != "" {
			request.Header.Set("Authorization", "Bearer "+row.token)
		}
		checked.Serve(t, row.server, request)
		if !slices.Equal(told, row.want) {
			t.Errorf("%s: told is %q, want %q", row.name, told, row.want)
		}
	}
}

// TestDebugLines: at the level debug, the line of a request has more.
func TestDebugLines(t *testing.T) {
	ts := newTestServer(t, memory.New())
	var log bytes.Buffer
	server := newServer(t, ts.store, ts.issuer, &log, func(config *handlers.Config) {
		config.Logger = slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	request := httptest.NewRequestWithContext(t.Context(), "GET", collection, nil)
	request.Header.Set("Authorization", "Bearer "+ts.userToken(megan, "Analytics.ReadWrite"))
	checked.Serve(t, server, request)
	const want = `"operation":"listMyStatistics","issuer":"https://afterhours.internal","application":false,"waited_ms":`
	if !strings.Contains(log.String(), want) {
		t.Errorf("the log is %s; want %s", log.String(), want)
	}
}
