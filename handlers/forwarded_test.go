package handlers_test

import (
	"net/http"
	"testing"

	"afterhours/store/memory"
)

// TestForwardingHeadersAreNotBelieved: what a proxy would say of host, scheme, path and
// method changes no answer, since any client can say it; --public-url tells instead.
func TestForwardingHeadersAreNotBelieved(t *testing.T) {
	w := newWorld(t, memory.New())
	w.createSeed()
	read := call{method: http.MethodGet, path: collection + "/" + seedID, token: w.userToken(megan, "Analytics.ReadWrite")}
	want := w.do(read)
	for name, value := range map[string]string{
		"Forwarded": "for=10.0.0.1;host=attacker.example;proto=https", "X-Forwarded-Host": "attacker.example",
		"X-Forwarded-Proto": "https", "X-Forwarded-Prefix": "/attacker", "X-Forwarded-For": "10.0.0.1", "X-Real-Ip": "10.0.0.1",
		"X-Original-Url": "/openapi.yaml", "X-Rewrite-Url": "/openapi.yaml", "X-Http-Method": "DELETE",
		"X-Http-Method-Override": "DELETE", "X-Method-Override": "DELETE", "X-Ms-Client-Principal-Id": lee,
	} {
		read.header = map[string]string{name: value}
		if got := w.do(read); got.status != http.StatusOK || got.text != want.text {
			t.Errorf("%s: %d %s, want %s", name, got.status, got.text, want.text)
		}
	}
}
