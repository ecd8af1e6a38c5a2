package handlers_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"afterhours/contract/checked"
	"afterhours/handlers/auth"
	"afterhours/store"
	"afterhours/store/memory"
)

// slowStore is a store whose write fails after the longest time that a write may take.
type slowStore struct{ store.Store }

func (slowStore) Put(ctx context.Context, _ store.Key, _ store.Record, _ store.Revision) (store.Revision, store.Settings, error) {
	select {
	case <-time.After(8 * time.Second):
		return store.NoRevision, store.Settings{}, store.ErrUnavailable
	case <-ctx.Done():
		return store.NoRevision, store.Settings{}, ctx.Err()
	}
}

// TestWaitingWritersGetResponseInTime checks that writers who wait for the lock of one statistic get
// 503 before the connection is closed, after 60 s, while the store does not respond.
func TestWaitingWritersGetResponseInTime(t *testing.T) {
	issuer, err := auth.OpenLocalIssuer(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	one := `{"id":"%d","method":"PATCH","url":"/me/analytics/activityStatistics/a","headers":{"Content-Type":"application/json"},"body":{"duration":"PT%dS"}}`
	var all []string
	for i := range 20 {
		all = append(all, fmt.Sprintf(one, i, i+1))
	}
	synctest.Test(t, func(t *testing.T) {
		over := memory.New()
		server := newServer(t, slowStore{over}, issuer, io.Discard)
		token, err := issuer.Mint(auth.Claims{Tenant: tenant, User: megan, Scopes: []string{"Analytics.ReadWrite"}, Expires: time.Hour}, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		key := store.Key{Owner: store.Owner{Tenant: tenant, User: megan}, ID: "a"}
		if _, _, err := over.Put(t.Context(), key, store.Record{Type: "call", Activity: "Call"}, store.NoRevision); err != nil {
			t.Fatal(err)
		}
		ask := func(method, url, body string) {
			request := httptest.NewRequest(method, url, strings.NewReader(body))
			request.Header.Set("Authorization", "Bearer "+token)
			request.Header.Set("Content-Type", "application/json")
			begun := time.Now()
			response := checked.Serve(t, server, request)
			text := response.Body.String()
			if took := time.Since(begun); took > 55*time.Second || response.Code != http.StatusServiceUnavailable && strings.Count(text, `"status":503`) != len(all) {
				t.Errorf("%s after %v: %d %.200s", method, took, response.Code, text)
			}
		}
		var writers sync.WaitGroup
		for i := range 10 {
			writers.Go(func() { ask("PATCH", collection+"/a", fmt.Sprintf(`{"duration":"PT%dS"}`, i+1)) })
		}
		writers.Go(func() { ask("POST", "/beta/$batch", `{"requests":[`+strings.Join(all, ",")+`]}`) })
		writers.Wait()
	})
}

// fullStore is a store without room to sort.
type fullStore struct{ store.Store }

func (fullStore) List(context.Context, store.Owner, store.Query) ([]store.Statistic, error) {
	return nil, store.ErrFull
}

// TestFullStoreOnReadIsUnavailable checks that a read for which the database finds no room to sort is
// 503, not the 507 of a write.
func TestFullStoreOnReadIsUnavailable(t *testing.T) {
	ts := newTestServer(t, fullStore{memory.New()})
	token := ts.userToken(megan, "Analytics.Read")
	for _, one := range []call{
		{method: "GET", path: collection + "?$orderby=duration", token: token},
		{method: "POST", path: queryPath, body: "$orderby=duration", header: map[string]string{"Content-Type": "text/plain"}, token: token},
	} {
		if got := ts.do(one); got.status != http.StatusServiceUnavailable {
			t.Errorf("%s: %d %s", one.method, got.status, got.text)
		}
	}
}

// TestClosedStoreIsUnavailable checks that readiness and requests are 503 if the store is closed.
func TestClosedStoreIsUnavailable(t *testing.T) {
	over := memory.New()
	ts := newTestServer(t, over)
	if err := over.Close(); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/readyz", collection} {
		got := ts.do(call{method: "GET", path: path, token: ts.userToken(megan, "Analytics.Read")})
		if got.status != http.StatusServiceUnavailable || got.header.Get("Retry-After") == "" || got.failure(t).Code != "serviceNotAvailable" {
			t.Errorf("%s: %d %s", path, got.status, got.text)
		}
	}
}

// damagedStore is a store whose list meets damage, and which writes no more.
type damagedStore struct{ store.Store }

func (damagedStore) List(context.Context, store.Owner, store.Query) ([]store.Statistic, error) {
	return nil, fmt.Errorf("listing: %w: page 7", store.ErrDamaged)
}

func (damagedStore) Put(context.Context, store.Key, store.Record, store.Revision) (store.Revision, store.Settings, error) {
	return store.NoRevision, store.Settings{}, fmt.Errorf("%w: %w: the folder is gone", store.ErrStopped, store.ErrTold)
}

// TestDamageIsToldOnce checks that a request that meets damage is 503 in plain words, that the
// server is not ready from then on, and that the log has the damage once. What the store tells by
// Watch is not logged at all for a request.
func TestDamageIsToldOnce(t *testing.T) {
	ts := newTestServer(t, damagedStore{memory.New()})
	var log bytes.Buffer
	server := newServer(t, ts.store, ts.issuer, &log)
	ask := func(method, path, body string, status int, words string) {
		t.Helper()
		request := httptest.NewRequest(method, path, strings.NewReader(body))
		request.Header.Set("Authorization", "Bearer "+ts.userToken(megan, "Analytics.ReadWrite"))
		request.Header.Set("Content-Type", "application/json")
		response := checked.Serve(t, server, request)
		if response.Code != status || !strings.Contains(response.Body.String(), words) {
			t.Errorf("%s %s: %d %s; want %d with %q", method, path, response.Code, response.Body, status, words)
		}
	}
	ask("GET", "/readyz", "", http.StatusOK, "ok")
	for range 3 {
		ask("GET", collection, "", http.StatusServiceUnavailable, "database is damaged")
		ask("GET", "/readyz", "", http.StatusServiceUnavailable, "database is damaged")
		ask("POST", collection, `{"@odata.type":"#microsoft.graph.callActivityStatistics","id":"a"}`, http.StatusServiceUnavailable, "has stopped writing")
	}
	if text := log.String(); strings.Count(text, "page 7") != 1 || strings.Contains(text, "folder is gone") {
		t.Errorf("the log is %s", text)
	}
}
