package auth_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"afterhours/handlers/auth"
)

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// countingClient counts the requests for discovery documents.
func countingClient(client *http.Client, attempts *int) *http.Client {
	var mu sync.Mutex
	return &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		if strings.HasSuffix(r.URL.Path, auth.DiscoveryPath) {
			mu.Lock()
			*attempts++
			mu.Unlock()
		}
		return client.Transport.RoundTrip(r)
	})}
}

// publisher is a client that returns an issuer's documents without a network.
func publisher(name string, keySet []byte) *http.Client {
	return &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		rw := httptest.NewRecorder()
		if r.URL.Path == "/keys" {
			_, _ = rw.Write(keySet)
		} else {
			writeJSON(rw, object{"issuer": name, "jwks_uri": name + "/keys"})
		}
		return rw.Result(), nil
	})}
}

func TestIssuerWithoutTenantInItsName(t *testing.T) {
	const name = "https://id.example"
	w := newTestVerifier(t)
	keySet := must(json.Marshal(object{"keys": []object{publicJWK(keys().ec, "ec", nil)}}))
	w.verifier = newVerifier(t, w.clock, newIssuer(t, name, publisher(name, keySet)))
	good := w.claims().with(object{"iss": name})
	if _, err := w.verify(ecToken(good)); err != nil {
		t.Error(err)
	}
	for _, tid := range []any{nil, "", "contoso", "{" + tenantA + "}"} {
		token := ecToken(good.with(object{"tid": tid}))
		_, err := w.verify(token)
		wantRefused(t, err, token, "(tid) by a GUID")
	}
}

func TestNewIssuerRefusesWhatCannotBeSafe(t *testing.T) {
	one := []string{audience}
	for _, c := range []struct {
		name      string
		audiences []string
		want      string // "" if it is good
	}{
		{"https://id.example.com/realms/work", one, ""},
		{"https://login.microsoftonline.com/{tenantid}/v2.0", one, ""},
		{"https://login.microsoftonline.com/" + tenantA + "/v2.0", one, ""},
		{"https://sts.windows.net/" + tenantA + "/", one, ""},
		{"http://localhost:5556", one, ""},
		{"http://127.0.0.1:5556", one, ""},
		{"http://[::1]:5556", one, ""},
		{"https://id.example.com", nil, "at least one audience"},
		{"https://id.example.com", []string{""}, "at least one audience"},
		{"http://id.example.com", one, "must begin with https"},
		{"http://localhost.example.com", one, "must begin with https"},
		{"http://127.0.0.1.example.com", one, "must begin with https"},
		{"ftp://127.0.0.1", one, "must begin with https"},
		{"id.example.com", one, "absolute URL"},
		{"", one, "absolute URL"},
		{"https://", one, "absolute URL"},
		{"https://user:secret@id.example.com", one, "absolute URL"},
		{"https://id.example.com?tenant=a", one, "absolute URL"},
		{"https://id.example.com/#a", one, "absolute URL"},
		{"https://id.example.com/{realm}", one, "only template"},
		{"https://{tenantid}.example.com", one, "not a URL"},
		{"https://login.microsoftonline.com/common/v2.0", one, "no token of Entra ID has this issuer"},
		{"https://login.microsoftonline.com/" + tenantA, one, "no token of Entra ID has this issuer"},
		{"https://login.microsoftonline.com/contoso.example/v2.0", one, "no token of Entra ID has this issuer"},
	} {
		_, err := auth.NewIssuer(auth.IssuerConfig{Name: c.name, Audiences: c.audiences})
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%q: %v", c.name, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%q: got %v, want it to say %q", c.name, err, c.want)
		}
	}
}

// TestIssuerOfOneTenantSpeaksForNoOther checks that an issuer with a tenant in its name cannot sign for another tenant,
// even with its own key.
func TestIssuerOfOneTenantSpeaksForNoOther(t *testing.T) {
	w := newTestVerifier(t)
	name := w.remote.iss(tenantA)
	mux := http.NewServeMux()
	mux.HandleFunc("/"+tenantA+"/v2.0"+auth.DiscoveryPath, func(rw http.ResponseWriter, _ *http.Request) {
		writeJSON(rw, object{"issuer": name, "jwks_uri": w.remote.server.URL + "/keys"})
	})
	mux.Handle("/keys", w.remote.server.Config.Handler)
	w.remote.server.Config.Handler = mux
	w.verifier = newVerifier(t, w.clock, w.remoteNamed(t, name))

	if _, err := w.verify(token(w.claims())); err != nil {
		t.Fatal(err)
	}
	foreign := token(w.claims().with(object{"tid": tenantB}))
	_, err := w.verify(foreign)
	wantRefused(t, err, foreign, "not trusted here")
}

func (w testVerifier) remoteNamed(t *testing.T, name string) *auth.Issuer {
	return newIssuer(t, name, w.remote.server.Client())
}

func TestDocumentsThatCannotBeTrusted(t *testing.T) {
	w := newTestVerifier(t)
	stray := httptest.NewServer(w.remote.server.Config.Handler)
	t.Cleanup(stray.Close)

	good := func(base string) object { return object{"issuer": base, "jwks_uri": w.remote.server.URL + "/keys"} }
	serve := func(document func(base string) object) http.HandlerFunc {
		return func(rw http.ResponseWriter, r *http.Request) { writeJSON(rw, document("http://"+r.Host)) }
	}
	for _, c := range []struct {
		name      string
		discovery http.HandlerFunc
		want      string // "" if it is good
	}{
		{"good", serve(good), ""},
		{"redirect on the same host", func(rw http.ResponseWriter, r *http.Request) {
			if r.URL.RawQuery == "" {
				http.Redirect(rw, r, r.URL.Path+"?moved", http.StatusFound)
				return
			}
			serve(good)(rw, r)
		}, ""},
		{"redirect to another host", func(rw http.ResponseWriter, r *http.Request) {
			http.Redirect(rw, r, stray.URL+r.URL.Path, http.StatusFound)
		}, "own host only"},
		{"endless redirects", func(rw http.ResponseWriter, r *http.Request) {
			http.Redirect(rw, r, r.URL.Path, http.StatusFound)
		}, "more than 3 times"},
		{"another issuer's document", serve(func(string) object { return good("https://other.example") }), `calls itself "https://other.example"`},
		{"slash at the end", serve(func(base string) object { return good(base + "/") }), "character by character"},
		{"keys in the clear", serve(func(base string) object {
			return object{"issuer": base, "jwks_uri": "http://keys.example/keys"}
		}), "must be an https URL"},
		{"keys in a file", serve(func(base string) object {
			return object{"issuer": base, "jwks_uri": "file:///etc/keys"}
		}), "must be an https URL"},
		{"no keys", serve(func(base string) object { return object{"issuer": base} }), "must be an https URL"},
		{"not JSON", func(rw http.ResponseWriter, _ *http.Request) { _, _ = rw.Write([]byte("<html>")) }, "not a discovery document"},
		{"too long", func(rw http.ResponseWriter, _ *http.Request) {
			_, _ = rw.Write([]byte(strings.Repeat(" ", 1<<20) + "{}"))
		}, "longer than 1 MiB"},
		{"not found", http.NotFound, "404"},
		{"key set is not found", serve(func(base string) object {
			return object{"issuer": base, "jwks_uri": w.remote.server.URL + "/nowhere"}
		}), "/nowhere: status 404"},
		{"key set redirects to another host", serve(func(base string) object {
			return object{"issuer": base, "jwks_uri": base + "/moved?" + stray.URL + "/keys"}
		}), "own host only"},
		{"key set redirects to a link-local address", serve(func(base string) object {
			return object{"issuer": base, "jwks_uri": base + "/moved?http://169.254.169.254/keys"}
		}), "own host only"},
		{"key set redirects to a file", serve(func(base string) object {
			return object{"issuer": base, "jwks_uri": base + "/moved?file:///etc/keys"}
		}), "own host only"},
		{"key set without end", serve(func(base string) object {
			return object{"issuer": base, "jwks_uri": base + "/endless"}
		}), "longer than 1 MiB"},
		{"key set is no key set", serve(func(base string) object {
			return object{"issuer": base, "jwks_uri": base + auth.DiscoveryPath}
		}), "no key that can verify"},
	} {
		t.Run(c.name, func(t *testing.T) {
			mux := http.NewServeMux()
			mux.HandleFunc(auth.DiscoveryPath, c.discovery)
			mux.HandleFunc("/moved", func(rw http.ResponseWriter, r *http.Request) {
				http.Redirect(rw, r, r.URL.RawQuery, http.StatusFound)
			})
			mux.HandleFunc("/endless", func(rw http.ResponseWriter, r *http.Request) {
				for r.Context().Err() == nil {
					_, _ = rw.Write(make([]byte, 1<<16))
				}
			})
			server := httptest.NewServer(mux)
			defer server.Close()
			// The RSA key in the key set is restricted to other issuers, so the token uses the elliptic curve key.
			issuer := newIssuer(t, server.URL, server.Client())
			v := newVerifier(t, w.clock, issuer)
			_, err := v.Verify(context.Background(), ecToken(w.claims().with(object{"iss": server.URL})))
			switch {
			case c.want == "" && err != nil:
				t.Error(err)
			case c.want != "" && (!errors.Is(err, auth.ErrUnavailable) || !strings.Contains(err.Error(), c.want)):
				t.Errorf("got %v, want ErrUnavailable that says %q", err, c.want)
			}
		})
	}
}
