package auth_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"afterhours/handlers/auth"
)

// TestAnIssuerThatHangsHoldsNobodyForLong checks who waits for an issuer that never responds or whose response never
// ends: the tokens of the first 3 s until then, and later one token at a time, for 3 s.
func TestAnIssuerThatHangsHoldsNobodyForLong(t *testing.T) {
	for name, response := range map[string]string{
		"silence":          "",
		"a header without": "HTTP/1.1 200 OK\r\nX-Endless: ",
		"a body without":   "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n",
	} {
		t.Run(name+" end", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				issuer := newIssuer(t, "http://localhost", &http.Client{Transport: &http.Transport{DialContext: dribble(response)}})
				v, err := auth.NewVerifier(time.Now, issuer)
				if err != nil {
					t.Fatal(err)
				}
				start := time.Now()
				wantAt := func(asked, answered time.Duration, reason string) {
					time.Sleep(time.Until(start.Add(asked)))
					_, err := v.Verify(t.Context(), ecToken(object{"iss": "http://localhost", "tid": tenantA}))
					var unavailable *auth.UnavailableError
					if !errors.As(err, &unavailable) || unavailable.Issuer != "http://localhost" || !strings.Contains(err.Error(), reason) {
						t.Errorf("asked after %v: %v, want an UnavailableError that says %q", asked, err, reason)
					}
					if took := time.Since(start); took != answered {
						t.Errorf("asked after %v, answered after %v, want %v", asked, took, answered)
					}
				}
				const slow, ended = "has not answered for 3s", "context deadline exceeded"
				wantAt(0, 3*time.Second, slow)
				wantAt(4*time.Second, 4*time.Second, slow)
				wantAt(10500*time.Millisecond, 10500*time.Millisecond, ended) // in the pause
				go wantAt(11*time.Second, 14*time.Second, slow)               // tries the issuer again
				wantAt(12*time.Second, 12*time.Second, ended)                 // meanwhile
				wantAt(22*time.Second, 22*time.Second, ended)                 // the second pause is from 21 to 23 s
				time.Sleep(2 * time.Second)                                   // time for dribble to notice the closed connection and end
			})
		})
	}
}

// TestFetchKeysDoesNotWait checks that the fetch at the start of a server waits for nothing, and that tokens wait for
// that fetch instead of starting another.
func TestFetchKeysDoesNotWait(t *testing.T) {
	w := newTestVerifier(t)
	g := w.remote.hold()
	w.verifier.FetchKeys()
	w.verifier.FetchKeys()
	<-g.entered
	w.remote.release(g)
	if _, err := w.verify(token(w.claims())); err != nil {
		t.Error(err)
	}
	w.verifier.FetchKeys()
	if n := w.remote.fetches.Load(); n != 1 {
		t.Errorf("the key set was fetched %d times, want once", n)
	}
}

// dribble returns a dial function for a host that responds to a request with the text, followed by a space a second for
// ever. If the text is empty, the host never responds.
func dribble(response string) func(context.Context, string, string) (net.Conn, error) {
	return func(context.Context, string, string) (net.Conn, error) {
		client, server := net.Pipe()
		go func() {
			request := make([]byte, 4096)
			if _, err := server.Read(request); err != nil || response == "" {
				return
			}
			for _, err := server.Write([]byte(response)); err == nil; _, err = server.Write([]byte(" ")) {
				time.Sleep(time.Second)
			}
		}()
		return client, nil
	}
}
