package auth_test

import (
	"context"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"afterhours/handlers/auth"
)

// TestFetchEndsInTime checks that a token waits 10 seconds and no longer for an issuer that never responds or whose
// response never ends.
func TestFetchEndsInTime(t *testing.T) {
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
				begun := time.Now()
				_, err = v.Verify(t.Context(), ecToken(object{"iss": "http://localhost", "tid": tenantA}))
				if took := time.Since(begun); err == nil || took != 10*time.Second {
					t.Errorf("%v after %v, want an error after 10 s", err, took)
				}
				time.Sleep(2 * time.Second) // time for dribble to notice the closed connection and end
			})
		})
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
