package handlers_test

import (
	"fmt"
	"strings"
	"testing"

	"afterhours/store/edm"
	"afterhours/store/memory"
)

// The URLs of the collection that most tests are about, and of the documented object.
const (
	collection = "/beta/me/analytics/activityStatistics"
	seedItem   = collection + "/" + seedID
)

// testClient sends requests of megan to a fresh server that has the documented object.
type testClient struct {
	*testServer
	token string
}

func newTestClient(t *testing.T) testClient {
	t.Helper()
	ts := newTestServer(t, memory.New())
	ts.createSeed()
	return testClient{ts, ts.userToken(megan, "Analytics.ReadWrite")}
}

func (c testClient) send(method, path, body string, header ...string) testResponse {
	c.t.Helper()
	given := map[string]string{}
	for i := 0; i < len(header); i += 2 {
		given[header[i]] = header[i+1]
	}
	return c.do(call{method: method, path: path, token: c.token, body: body, header: given})
}

// want fails unless the response has the status and every part in its text.
func (r testResponse) want(t testing.TB, status int, parts ...string) testResponse {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(r.text, part) {
			t.Errorf("no %s in %s", part, r.text)
		}
	}
	if r.status != status {
		t.Errorf("%d, want %d: %s", r.status, status, r.text)
	}
	return r
}

// fill stores a week of all five types for megan, as serve --demo does.
func (c testClient) fill() {
	c.t.Helper()
	for day := range 7 {
		for _, name := range []string{"call", "chat", "email", "focus", "meeting"} {
			start := edm.Date(737225 + day) // 2019-06-16
			body := fmt.Sprintf(`{"@odata.type":"#microsoft.graph.%sActivityStatistics","startDate":"%s","endDate":"%s","duration":"PT%dH","timeZoneUsed":"Zone %d"}`,
				name, start, start.AddDays(1), day, day%2)
			c.send("POST", collection, body).want(c.t, 201)
		}
	}
}

// onEveryClient is onEveryStore for tests that send requests of megan.
func onEveryClient(t *testing.T, test func(t *testing.T, c testClient)) {
	onEveryStore(t, func(t *testing.T, ts *testServer) {
		test(t, testClient{ts, ts.userToken(megan, "Analytics.ReadWrite")})
	})
}
