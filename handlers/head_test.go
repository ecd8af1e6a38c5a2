package handlers_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"afterhours/contract/checked"
	"afterhours/store/memory"
)

// TestHead compares HEAD with GET on every address that has GET: the same status and headers, no body.
func TestHead(t *testing.T) {
	c := newTestClient(t)
	paths := []string{
		"/openapi.yaml", "/livez", "/readyz", "/.well-known/jwks.json", "/.well-known/openid-configuration",
		collection + "/none", collection + "?$top=x", "/beta/users/" + lee + "/analytics",
	}
	for _, op := range checked.Operations(t) {
		if op.Method == http.MethodGet {
			paths = append(paths, op.Path("{user-id}", megan, "{activityStatistics-id}", seedID, "{property}", "duration", "{settings-property}", "hasLicense"))
		}
	}
	for _, path := range paths {
		const coding = "Accept-Encoding" // the client would ask for gzip on GET alone
		get, head := c.send("GET", path, "", coding, "identity"), c.send("HEAD", path, "", coding, "identity")
		if head.status != get.status || head.text != "" {
			t.Errorf("HEAD %s: %d %q, GET: %d", path, head.status, head.text, get.status)
		}
		if got, want := stableHeaders(head), stableHeaders(get); !maps.Equal(got, want) {
			t.Errorf("HEAD %s:\n%v\nGET:\n%v", path, got, want)
		}
	}
}

// stableHeaders returns the headers of a testResponse but for those that differ between any two responses.
func stableHeaders(r testResponse) map[string]string {
	headers := map[string]string{}
	for name := range r.header {
		if !slices.Contains([]string{"Request-Id", "Date"}, name) {
			headers[name] = r.header.Get(name)
		}
	}
	return headers
}

// TestHeadIsGuarded checks that HEAD needs the token and the preconditions that GET needs.
func TestHeadIsGuarded(t *testing.T) {
	c := newTestClient(t)
	tag := c.send("HEAD", seedItem, "").header.Get("ETag")
	for name, row := range map[string]struct {
		call   call
		status int
	}{
		"no token":       {call{path: seedItem}, 401},
		"no permission":  {call{path: seedItem, token: c.userToken(megan, "User.Read")}, 403},
		"another's data": {call{path: "/beta/users/" + lee + "/analytics/settings", token: c.token}, 403},
		"an old tag":     {call{path: seedItem, token: c.token, header: map[string]string{"If-Match": `W/"old"`}}, 412},
		"the tag":        {call{path: seedItem, token: c.token, header: map[string]string{"If-None-Match": tag}}, 304},
		"no GET":         {call{path: "/beta/$batch", token: c.token}, 405},
		"no address":     {call{path: "/beta/nowhere", token: c.token}, 404},
	} {
		row.call.method = http.MethodHead
		if got := c.do(row.call); got.status != row.status || got.text != "" {
			t.Errorf("%s: %d %q", name, got.status, got.text)
		}
	}
	if allow := c.send("POST", seedItem, "").header.Get("Allow"); allow != "DELETE, GET, HEAD, PATCH, PUT" {
		t.Errorf("Allow: %s", allow)
	}
	if allow := c.send("PUT", "/openapi.yaml", "").header.Get("Allow"); !strings.Contains(allow, "HEAD") {
		t.Errorf("Allow of a page of the server: %s", allow)
	}
}

// TestHeadInBatch checks that the response to a HEAD in a batch has headers and no body.
func TestHeadInBatch(t *testing.T) {
	w := newTestServer(t, memory.New())
	w.createSeed()
	got := w.do(call{method: "POST", path: "/beta/$batch", token: w.userToken(megan, "Analytics.Read"), body: `{"requests":[
		{"id":"1","method":"HEAD","url":"/me/analytics/activityStatistics/` + seedID + `"},
		{"id":"2","method":"HEAD","url":"/me/analytics/activityStatistics/none"}]}`}).want(t, 200, `"status":200`, `"ETag"`, `"status":404`)
	if strings.Contains(got.text, `"body"`) {
		t.Errorf("a body: %s", got.text)
	}
}
