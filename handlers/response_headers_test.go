package handlers_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"afterhours/store/memory"
)

// TestResponseHeaders checks the headers of every response, errors included, and the endpoints other than
// the API.
func TestResponseHeaders(t *testing.T) {
	ts := newTestServer(t, memory.New())
	token := ts.userToken(megan, "Analytics.Read")
	for _, path := range []string{collection, collection + "/none", "/nowhere"} {
		for given, echoed := range map[string]string{
			"2f5d1c7e-8a2b-4c6f-9d3e-1b0a5c4d6e7f": "2f5d1c7e-8a2b-4c6f-9d3e-1b0a5c4d6e7f",
			"not one\tof ours":                     "", strings.Repeat("a", 65): "",
		} {
			got := ts.do(call{method: "GET", path: path, token: token, header: map[string]string{"client-request-id": given}})
			if got.header.Get("client-request-id") != echoed || len(got.header.Get("request-id")) != 36 || got.header.Get("OData-Version") != "4.0" ||
				!strings.HasPrefix(got.header.Get("Content-Type"), "application/json") || !json.Valid([]byte(got.header.Get("x-ms-ags-diagnostic"))) {
				t.Errorf("%s with %q: %v", path, given, got.header)
			}
		}
	}
	for _, path := range []string{"/livez", "/readyz"} {
		if got := ts.do(call{method: "GET", path: path}); got.status != http.StatusOK || got.text != "ok" {
			t.Errorf("%s: %d %s", path, got.status, got.text)
		}
	}
	contract, err := os.ReadFile("../openapi.yaml")
	if got := ts.do(call{method: "GET", path: "/openapi.yaml"}); err != nil || got.text != string(contract) || strings.Contains(got.text, "x-go-") {
		t.Errorf("/openapi.yaml: %v: %.80s", err, got.text)
	}
	discovery := ts.do(call{method: "GET", path: "/.well-known/openid-configuration"}).object(t)
	keys := ts.do(call{method: "GET", path: strings.TrimPrefix(discovery["jwks_uri"].(string), ts.url)}).object(t)
	if len(keys["keys"].([]any)) != 1 {
		t.Errorf("keys: %v", keys)
	}
}

// TestLinksUseHostHeader checks that links begin with the Host of the request, and that forwarding
// headers do not change them.
func TestLinksUseHostHeader(t *testing.T) {
	ts := newTestServer(t, memory.New())
	ts.createSeed()
	mine := ts.userToken(megan, "Analytics.ReadWrite")
	for _, host := range []string{"graph.example.com", "a_b-c.example:8443", "[::1]:8080", "127.0.0.1"} {
		got := ts.sendAttack(attack{name: host, bytes: message(mine, "POST "+collection+" HTTP/1.1", `{"@odata.type":"#microsoft.graph.callActivityStatistics"}`, "Host: "+host, "X-Forwarded-Host: evil.example", "Forwarded: host=evil.example")})
		got.want(t, 201, `"@odata.context":"http://`+host+`/beta/`)
		if !strings.HasPrefix(got.header.Get("Location"), "http://"+host+"/beta/users/") || strings.Contains(fmt.Sprint(got.header), "evil") {
			t.Errorf("%s: %v", host, got.header)
		}
	}
}

// TestForwardingHeadersAreIgnored checks that forwarding headers change no response, since any client
// can send them. A proxy's URL is set by --public-url.
func TestForwardingHeadersAreIgnored(t *testing.T) {
	ts := newTestServer(t, memory.New())
	ts.createSeed()
	read := call{method: http.MethodGet, path: seedItem, token: ts.userToken(megan, "Analytics.ReadWrite")}
	want := ts.do(read)
	for name, value := range map[string]string{
		"Forwarded": "for=10.0.0.1;host=attacker.example;proto=https", "X-Forwarded-Host": "attacker.example",
		"X-Forwarded-Proto": "https", "X-Forwarded-Prefix": "/attacker", "X-Forwarded-For": "10.0.0.1", "X-Real-Ip": "10.0.0.1",
		"X-Original-Url": "/openapi.yaml", "X-Rewrite-Url": "/openapi.yaml", "X-Http-Method": "DELETE",
		"X-Http-Method-Override": "DELETE", "X-Method-Override": "DELETE", "X-Ms-Client-Principal-Id": lee,
	} {
		read.header = map[string]string{name: value}
		if got := ts.do(read); got.status != http.StatusOK || got.text != want.text {
			t.Errorf("%s: %d %s, want %s", name, got.status, got.text, want.text)
		}
	}
}
