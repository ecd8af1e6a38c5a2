package handlers_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"afterhours/contract/checked"
	"afterhours/handlers"
	"afterhours/handlers/pages"
	"afterhours/handlers/signin"
	"afterhours/store/memory"
)

// browser is the Accept header of a browser that opens a page.
const browser = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"

// TestWeekPage asks for the page and its files as a browser does, and follows what the page names.
func TestWeekPage(t *testing.T) {
	ts := newTestServer(t, memory.New())
	for path, contentType := range map[string]string{
		"/": "text/html; charset=utf-8", "/pages/week.js": "text/javascript; charset=utf-8", "/pages/week.css": "text/css; charset=utf-8",
	} {
		got := ts.do(call{method: http.MethodGet, path: path, header: map[string]string{"Accept": browser, "Accept-Encoding": "gzip"}})
		if got.status != http.StatusOK || got.header.Get("Content-Type") != contentType || got.header.Get("Content-Encoding") != "gzip" {
			t.Errorf("%s: %d %v", path, got.status, got.header)
		}
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
			"X-Content-Type-Options":  "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-cache",
		} {
			if got.header.Get(name) != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got.header.Get(name), want)
			}
		}
		tag := got.header.Get("ETag")
		again := ts.do(call{method: http.MethodGet, path: path, header: map[string]string{"Accept": browser, "Accept-Encoding": "gzip", "If-None-Match": tag}})
		if !strings.HasPrefix(tag, `"`) || again.status != http.StatusNotModified || again.text != "" {
			t.Errorf("%s: the tag is %s, then %d", path, tag, again.status)
		}
		head := ts.do(call{method: http.MethodHead, path: path, header: map[string]string{"Accept": browser}})
		if head.status != http.StatusOK || head.text != "" {
			t.Errorf("HEAD %s: %d %s", path, head.status, head.text)
		}
		if path == "/" {
			page := unzip(t, got.text)
			for _, file := range []string{"/pages/week.js", "/pages/week.css"} {
				if !strings.Contains(page, `"`+file+`"`) {
					t.Errorf("the page does not name %s", file)
				}
			}
			if strings.Contains(page, "<style") || strings.Contains(page, " style=") || strings.Contains(page, "<script>") {
				t.Error("the page has a style or script of its own, which its policy forbids")
			}
		}
	}
}

// TestWeekPageIsForBrowsers: a client that does not ask for HTML gets the API's error at /, as at any path that
// is not the API's.
func TestWeekPageIsForBrowsers(t *testing.T) {
	ts := newTestServer(t, memory.New())
	for accept, status := range map[string]int{
		"":                                  http.StatusNotFound,
		"*/*":                               http.StatusNotFound,
		"application/json":                  http.StatusNotFound,
		"application/json, text/html;q=0.9": http.StatusNotFound,
		"text/html;q=0":                     http.StatusNotFound,
		"text/html;q=no":                    http.StatusNotFound,
		"text/*":                            http.StatusNotFound,
		browser:                             http.StatusOK,
		"TEXT/HTML; level=1; Q=0.5":         http.StatusOK,
		"application/json, text/html":       http.StatusOK,
	} {
		got := ts.do(call{method: http.MethodGet, path: "/", header: map[string]string{"Accept": accept}})
		isPage := strings.HasPrefix(got.text, "<!doctype html>")
		if got.status != status || isPage != (status == http.StatusOK) || !strings.Contains(strings.Join(got.header.Values("Vary"), ","), "Accept") {
			t.Errorf("Accept %q: %d %v %.80s", accept, got.status, got.header, got.text)
		}
		if !isPage && !strings.Contains(got.text, `"code":"ResourceNotFound"`) {
			t.Errorf("Accept %q: %s", accept, got.text)
		}
	}
	if got := ts.do(call{method: http.MethodPost, path: "/", header: map[string]string{"Accept": browser}}); got.status != http.StatusMethodNotAllowed || got.header.Get("Allow") == "" {
		t.Errorf("POST: %d %v", got.status, got.header)
	}
}

// TestWeekPageProviders: the page learns where people sign in, and its policy lets it call these origins.
func TestWeekPageProviders(t *testing.T) {
	ts := newTestServer(t, memory.New())
	others := []pages.Provider{
		{Issuer: "https://id.example.com/realms/work", Client: "page", Scope: "openid", Audience: "api"},
		{Issuer: "https://id.example.com/realms/play", Client: "page", Scope: "openid"},
	}
	service := signin.New(signin.Config{Issuer: ts.issuer, Users: ts.store, Tenant: tenant})
	known := signin.New(signin.Config{Issuer: ts.issuer, Users: ts.store, Tenant: tenant, Clients: signin.Clients{"a": {ID: "a"}}})
	for _, one := range []struct {
		name      string
		providers []pages.Provider
		service   *signin.Service
		want      string
		connect   string
	}{
		{"none", nil, nil, `{"providers":[]}`, "connect-src 'self';"},
		{"others", others, nil, `{"providers":[{"issuer":"https://id.example.com/realms/work","client":"page","scope":"openid","audience":"api"},` +
			`{"issuer":"https://id.example.com/realms/play","client":"page","scope":"openid"}]}`, "connect-src 'self' https://id.example.com;"},
		{"the server's own", nil, service, `{"providers":[{"issuer":"http://localhost:7/` + tenant + `/v2.0","client":"afterhours-week-page","scope":"openid offline_access Analytics.ReadWrite"}]}`, "connect-src 'self';"},
		{"the server's own, for registered clients", nil, known, `{"providers":[]}`, "connect-src 'self';"},
	} {
		handler := newServer(t, ts.store, ts.issuer, io.Discard, func(config *handlers.Config) {
			config.PageProviders, config.SignIn = one.providers, one.service
		})
		request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://localhost:7"+pages.SignIn, nil)
		got := checked.Serve(t, handler, request)
		if got.Code != http.StatusOK || got.Body.String() != one.want || got.Header().Get("Content-Type") != "application/json" {
			t.Errorf("%s: %d %v %s", one.name, got.Code, got.Header(), got.Body)
		}
		if policy := got.Header().Get("Content-Security-Policy"); !strings.Contains(policy, one.connect) {
			t.Errorf("%s: %s", one.name, policy)
		}
	}
}
