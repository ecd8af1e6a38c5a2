package auth_test

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"afterhours/handlers/auth"
)

// TestIssuerInTrouble checks, with an issuer on a real socket that hangs, resets or answers garbage, that its tokens get
// an error that names it, and that after a pause one of many tokens tries it again.
func TestIssuerInTrouble(t *testing.T) {
	for name, trouble := range map[string]func(http.ResponseWriter, *http.Request){
		"hangs": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"resets": func(rw http.ResponseWriter, _ *http.Request) {
			connection, _, err := http.NewResponseController(rw).Hijack()
			if err == nil {
				_ = connection.(*net.TCPConn).SetLinger(0)
				_ = connection.Close()
			}
		},
		"answers garbage": func(rw http.ResponseWriter, _ *http.Request) {
			connection, _, err := http.NewResponseController(rw).Hijack()
			if err == nil {
				_, _ = io.WriteString(connection, "\x16\x03\x01 SSH-2.0-\r\n\r\n")
				_ = connection.Close()
			}
		},
		"answers a page": func(rw http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(rw, "<html>") },
	} {
		t.Run(name, func(t *testing.T) {
			w := newTestVerifier(t)
			var tries atomic.Int64
			server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				tries.Add(1)
				trouble(rw, r)
			}))
			defer server.Close()
			client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 300 * time.Millisecond}
			w.verifier = newVerifier(t, w.clock, newIssuer(t, server.URL, client))
			ask := func() {
				_, err := w.verify(ecToken(w.claims().with(object{"iss": server.URL})))
				var unavailable *auth.UnavailableError
				if !errors.As(err, &unavailable) || unavailable.Issuer != server.URL || !strings.Contains(err.Error(), server.URL) {
					t.Errorf("got %v, want an UnavailableError of %s", err, server.URL)
				}
			}
			w.verifier.FetchKeys()
			ask()
			ask() // in the pause
			wantTries(t, &tries, 1)

			w.advance(time.Second)
			var together sync.WaitGroup
			for range 50 {
				together.Go(ask)
			}
			together.Wait()
			wantTries(t, &tries, 2)
		})
	}
}

func wantTries(t *testing.T, tries *atomic.Int64, want int64) {
	t.Helper()
	if got := tries.Load(); got != want {
		t.Errorf("the issuer was asked %d times, want %d", got, want)
	}
}
