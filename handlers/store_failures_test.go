package handlers_test

import (
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

// hanging is a store that gives up a write after as long as one may take.
type hanging struct{ store.Store }

func (hanging) Put(ctx context.Context, _ store.Key, _ store.Record, _ store.Revision) (store.Revision, store.Settings, error) {
	select {
	case <-time.After(8 * time.Second):
		return store.NoRevision, store.Settings{}, store.ErrUnavailable
	case <-ctx.Done():
		return store.NoRevision, store.Settings{}, ctx.Err()
	}
}

// TestWaitingWritersGetResponseInTime: while the store hangs, whoever waits in a line of writers of one
// statistic is told so before the connection is closed, after 60 s.
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
		server := newServer(t, hanging{over}, issuer, io.Discard)
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
			answer := checked.Serve(t, server, request)
			text := answer.Body.String()
			if took := time.Since(begun); took > 55*time.Second || answer.Code != http.StatusServiceUnavailable && strings.Count(text, `"status":503`) != len(all) {
				t.Errorf("%s after %v: %d %.200s", method, took, answer.Code, text)
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

// roomless is a store without the room in which to sort.
type roomless struct{ store.Store }

func (roomless) List(context.Context, store.Owner, store.Query) ([]store.Statistic, error) {
	return nil, store.ErrFull
}

// TestFullStoreOnReadIsUnavailable: a read that finds no room, as a database needs some to sort, is no
// write that did not happen.
func TestFullStoreOnReadIsUnavailable(t *testing.T) {
	w := newWorld(t, roomless{memory.New()})
	got := w.do(call{method: "GET", path: collection + "?$orderby=duration", token: w.userToken(megan, "Analytics.Read")})
	if got.status != http.StatusServiceUnavailable {
		t.Errorf("%d %s", got.status, got.text)
	}
}
