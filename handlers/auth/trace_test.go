package auth_test

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"
)

// TestFetchIsInTheTraceOfItsToken: the requests for keys have the values of the context of the token that needs
// them, such as its trace, and do not end with it.
func TestFetchIsInTheTraceOfItsToken(t *testing.T) {
	type traceKey struct{}
	const name = "https://id.example"
	w := newTestVerifier(t)
	client := publisher(name, must(json.Marshal(object{"keys": []object{publicJWK(keys().ec, "ec", nil)}})))
	ctx, cancel := context.WithCancel(context.WithValue(t.Context(), traceKey{}, "trace"))
	requests := 0
	over := client.Transport
	client.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
		cancel()
		if requests++; r.Context().Value(traceKey{}) != "trace" || r.Context().Err() != nil {
			t.Errorf("%s: %v, %v", r.URL, r.Context().Value(traceKey{}), r.Context().Err())
		}
		return over.RoundTrip(r)
	})
	w.verifier = newVerifier(t, w.clock, newIssuer(t, name, client))
	token := ecToken(w.claims().with(object{"iss": name}))
	_, _ = w.verifier.Verify(ctx, token) // the fetch goes on without it
	eventually(t, "the fetch has ended", func() bool {
		_, err := w.verify(token)
		return err == nil
	})
	if requests != 2 {
		t.Errorf("%d requests, want one for the discovery document and one for the keys", requests)
	}
}
