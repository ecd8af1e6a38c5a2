package handlers_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"afterhours/contract/bounded"
	"afterhours/contract/checked"
	"afterhours/handlers/spec"
	"afterhours/store/memory"
)

// FuzzPath checks that a request for any path gets the response of the contract's operation at the
// canonical path, never a redirect and never a 5xx.
func FuzzPath(f *testing.F) {
	for _, path := range []string{
		"/beta/me/analytics/activityStatistics('a''b')/microsoft.graph.callActivityStatistics", "/beta//users/%2F%00/../callactivitystatistics/x",
		"/beta/$metadata/", "/V1.0", "/beta/me/analytics/activityStatistics/$count", "/beta/Me/Analytics/", "/beta/users/x'y@z/analytics/settings",
		"/beta/me/analytics/activityStatistics/microsoft.graph.callActivityStatistics/$count", "/beta/callactivitystatistics/a/duration/$value",
		"/beta/users('" + lee + "')/analytics/activityStatistics", "/openapi.yaml/", "/.well-known/jwks.json", "//evil.example/%2e%2e/", "/beta/me/analytics/.",
	} {
		f.Add(path)
	}
	text, err := checked.Text()
	if err != nil {
		f.Fatal(err)
	}
	contract, err := spec.Load(text)
	if err != nil {
		f.Fatal(err)
	}
	ts := newTestServer(f, memory.New())
	server, token := newServer(f, ts.store, ts.issuer, io.Discard), ts.userToken(megan, "Analytics.ReadWrite")
	f.Fuzz(func(t *testing.T, given string) {
		defer bounded.Input(t)()
		address, err := url.ParseRequestURI(given)
		if err != nil || given[0] != '/' {
			return // net/http refuses it
		}
		path, _, _ := contract.CanonicalURL(address.EscapedPath()) // without a query
		request := httptest.NewRequestWithContext(checked.As(t.Context(), path), http.MethodGet, "/", nil)
		request.URL = address
		request.Header.Set("Authorization", "Bearer "+token)
		if got := checked.Serve(t, server, request).Code; got >= 300 && got < 400 || got >= 500 && got != http.StatusNotImplemented {
			t.Errorf("%q: %d", given, got)
		}
	})
}
