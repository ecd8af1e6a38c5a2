package handlers_test

import (
	"strings"
	"testing"
)

// TestCORS checks that scripts of any origin may call with a token and read errors.
func TestCORS(t *testing.T) {
	c := newTestClient(t)
	preflight := c.do(call{method: "OPTIONS", path: seedItem, header: map[string]string{"Origin": "https://app.example",
		"Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "authorization,content-type,if-match"}})
	if preflight.status != 200 || preflight.header.Get("Access-Control-Allow-Origin") != "*" || preflight.header.Get("Access-Control-Allow-Methods") != "DELETE, GET, HEAD, PATCH, POST, PUT" ||
		preflight.header.Get("Access-Control-Allow-Headers") != "authorization,content-type,if-match" || preflight.header.Get("Access-Control-Allow-Credentials") != "" {
		t.Errorf("preflight: %d %v", preflight.status, preflight.header)
	}
	got := c.send("GET", seedItem, "", "Origin", "https://app.example")
	if got.header.Get("Access-Control-Allow-Origin") != "*" || !strings.Contains(got.header.Get("Access-Control-Expose-Headers"), "ETag") {
		t.Errorf("%v", got.header)
	}
	refused := c.do(call{method: "GET", path: seedItem, header: map[string]string{"Origin": "https://app.example"}}).want(t, 401)
	if refused.header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("a refusal that code cannot read: %v", refused.header)
	}
	if plain := c.send("GET", seedItem, ""); plain.header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("without an origin: %v", plain.header)
	}
}

// TestPreflightOfAnyMethod checks that a browser lets a page send a method that the address does not have,
// so that the page reads the 405 or the 404.
func TestPreflightOfAnyMethod(t *testing.T) {
	c := newTestClient(t)
	for path, status := range map[string]int{collection: 405, "/beta/nowhere": 404} {
		header := map[string]string{"Origin": "https://app.example", "Access-Control-Request-Method": "PUT"}
		if got := c.do(call{method: "OPTIONS", path: path, header: header}); !strings.Contains(got.header.Get("Access-Control-Allow-Methods"), "PUT") {
			t.Errorf("%s: preflight: %v", path, got.header)
		}
		refused := c.send("PUT", path, "{}", "Origin", "https://app.example").want(t, status)
		if refused.header.Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s: %v", path, refused.header)
		}
	}
}
