package handlers_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"afterhours/store/sqlite"
)

const callType = `"@odata.type":"#microsoft.graph.callActivityStatistics"`

// batchResponse is the response to one request of a batch.
type batchResponse struct {
	Status         int
	AtomicityGroup string
	Headers        map[string]string
	Body           struct {
		ID, Duration string
		Error        failure
	}
}

// batched returns a request of a batch that belongs to the group, "" for none. It is about one of
// megan's statistics, or about her whole collection if the statistic is "".
func batched(id, group, method, statistic, body string, further ...string) string {
	url := strings.TrimSuffix("/me/analytics/activityStatistics/"+statistic, "/")
	text := fmt.Sprintf(`{"id":%q,"method":%q,"url":%q`, id, method, url)
	if group != "" {
		text += fmt.Sprintf(`,"atomicityGroup":%q`, group)
	}
	if body != "" {
		text += `,"body":` + body
	}
	return strings.Join(append([]string{text}, further...), ",") + "}"
}

// tryBatch sends a batch and returns the responses in the order of the requests.
func (ts *testServer) tryBatch(ctx context.Context, token string, requests ...string) ([]batchResponse, error) {
	got, err := ts.try(ctx, call{method: "POST", path: "/beta/$batch", token: token, body: `{"requests":[` + strings.Join(requests, ",") + `]}`})
	if err != nil {
		return nil, err
	}
	var body struct{ Responses []batchResponse }
	if err := json.Unmarshal([]byte(got.text), &body); err != nil || len(body.Responses) != len(requests) {
		return nil, fmt.Errorf("%d %s: %w", got.status, got.text, err)
	}
	return body.Responses, nil
}

func (ts *testServer) batch(token string, requests ...string) []batchResponse {
	ts.t.Helper()
	responses, err := ts.tryBatch(ts.t.Context(), token, requests...)
	if err != nil {
		ts.t.Fatal(err)
	}
	return responses
}

func statusesOf(responses []batchResponse) string {
	text := make([]string, len(responses))
	for i, response := range responses {
		text[i] = fmt.Sprint(response.Status)
	}
	return strings.Join(text, " ")
}

// createCall stores a call for megan and returns its entity tag.
func (ts *testServer) createCall(id, duration string) string {
	ts.t.Helper()
	got := ts.do(call{method: "POST", path: collection, token: ts.userToken(megan, "Analytics.ReadWrite"),
		body: fmt.Sprintf(`{%s,"id":%q,"duration":%q}`, callType, id, duration)})
	if got.status != http.StatusCreated {
		ts.t.Fatal(got.text)
	}
	return got.header.Get("ETag")
}

// wantCall checks the stored duration, nil for null, and the entity tag. Any entity tag will do if it
// is "".
func (ts *testServer) wantCall(id string, duration any, etag string) {
	ts.t.Helper()
	got := ts.do(call{method: "GET", path: collection + "/" + id, token: ts.userToken(megan, "Analytics.Read")})
	if got.status != http.StatusOK || got.object(ts.t)["duration"] != duration || etag != "" && got.header.Get("ETag") != etag {
		ts.t.Errorf("%s is %s at %s; want %s at %s", id, got.text, got.header.Get("ETag"), duration, etag)
	}
}

func (ts *testServer) wantNoCall(id string) {
	ts.t.Helper()
	if got := ts.do(call{method: "GET", path: collection + "/" + id, token: ts.userToken(megan, "Analytics.Read")}); got.status != http.StatusNotFound {
		ts.t.Errorf("%s: %d %s", id, got.status, got.text)
	}
}

// TestGroupIsAllOrNothing fails one request of a group in every way, and checks that the group
// changes nothing. A group without a failure changes everything.
func TestGroupIsAllOrNothing(t *testing.T) {
	onEveryStore(t, func(t *testing.T, ts *testServer) {
		token := ts.userToken(megan, "Analytics.ReadWrite")
		tagA, tagB := ts.createCall("a", "PT1H"), ts.createCall("b", "PT2H")
		first := batched("1", "g", "PATCH", "a", `{"duration":"PT5M"}`)
		for name, row := range map[string]struct{ failing, want string }{
			"invalid":          {batched("2", "g", "PATCH", "b", `{"duration":"long"}`), "424 400"},
			"absent":           {batched("2", "g", "PATCH", "c", `{"duration":"PT1M"}`), "424 404"},
			"taken":            {batched("2", "g", "POST", "", `{`+callType+`,"id":"b"}`), "424 409"},
			"stale":            {batched("2", "g", "DELETE", "b", "", `"headers":{"If-Match":"W/\"AAAAAAAAAAA\""}`), "424 412"},
			"list":             {batched("2", "g", "GET", "", ""), "424 400"},
			"count":            {batched("2", "g", "GET", "$count", ""), "424 400"},
			"settings":         {`{"id":"2","atomicityGroup":"g","method":"PATCH","url":"/me/analytics/settings","body":{"hasOptedOut":true}}`, "424 400"},
			"somebody's":       {`{"id":"2","atomicityGroup":"g","method":"GET","url":"/users/` + lee + `/analytics/activityStatistics/a"}`, "424 403"},
			"dependency":       {batched("2", "g", "GET", "b", "", `"dependsOn":["3"]`), "424 424"},
			"a batch in batch": {`{"id":"2","atomicityGroup":"g","method":"POST","url":"/$batch","body":{"requests":[]}}`, "424 400"},
		} {
			got := ts.batch(token, first, row.failing, batched("3", "", "GET", "absent", ""), batched("4", "", "GET", "a", "", `"dependsOn":["g"]`))
			if statusesOf(got) != row.want+" 404 424" || got[0].AtomicityGroup != "g" || got[1].AtomicityGroup != "g" || got[2].AtomicityGroup != "" {
				t.Errorf("%s: %+v, want %s", name, got, row.want)
			}
			if name == "list" && !strings.Contains(got[1].Body.Error.Message, "atomicityGroup") {
				t.Errorf("list: %+v", got[1])
			}
			ts.wantCall("a", "PT1H", tagA)
			ts.wantCall("b", "PT2H", tagB)
			ts.wantNoCall("c")
		}
		got := ts.batch(token, first, batched("2", "g", "PATCH", "b", `{"duration":"PT6M"}`), batched("3", "g", "GET", "a", ""),
			batched("4", "", "GET", "b", "", `"dependsOn":["g"]`))
		if statusesOf(got) != "200 200 200 200" || got[2].Body.Duration != "PT5M" || got[3].Body.Duration != "PT6M" {
			t.Errorf("%+v", got)
		}
		ts.wantCall("a", "PT5M", got[0].Headers["ETag"])
		ts.wantCall("b", "PT6M", got[1].Headers["ETag"])
	})
}

// TestGroupSeesItself checks that a request of a group sees the writes and the entity tags of the
// requests before it. The entity tags in the responses are the stored ones.
func TestGroupSeesItself(t *testing.T) {
	onEveryStore(t, func(t *testing.T, ts *testServer) {
		token := ts.userToken(megan, "Analytics.ReadWrite")
		tag := ts.createCall("kept", "PT1H")
		got := ts.batch(token,
			batched("1", "g", "POST", "", `{`+callType+`,"id":"x","duration":"PT1M"}`),
			batched("2", "g", "PATCH", "x", `{"duration":"PT2M"}`, `"headers":{"If-Match":"$1"}`, `"dependsOn":["1"]`),
			batched("3", "g", "GET", "x", ""),
			batched("4", "g", "DELETE", "x", "", `"headers":{"If-Match":"$3"}`, `"dependsOn":["3"]`),
			batched("5", "g", "PATCH", "kept", `{"duration":"PT3M"}`, `"headers":{"If-Match":`+fmt.Sprintf("%q", tag)+`}`),
			batched("6", "g", "PATCH", "up", `{`+callType+`,"duration":"PT4M"}`, `"headers":{"Prefer":"create-if-missing"}`))
		if statusesOf(got) != "201 200 200 204 200 201" || got[2].Body.Duration != "PT2M" || got[2].Headers["ETag"] != got[1].Headers["ETag"] {
			t.Errorf("%+v", got)
		}
		ts.wantNoCall("x")
		ts.wantCall("kept", "PT3M", got[4].Headers["ETag"])
		ts.wantCall("up", "PT4M", got[5].Headers["ETag"])
		if got := ts.batch(token, batched("1", "g", "PATCH", "up", `{"duration":"PT5M"}`), batched("2", "g", "GET", "up", "", `"headers":{"If-Match":`+fmt.Sprintf("%q", tag)+`}`)); statusesOf(got) != "424 412" {
			t.Errorf("%+v", got)
		}
	})
}

// TestGroupAfterRestart checks that a group that was answered with success is there after a restart
// of the store, and that nothing of a refused group is.
func TestGroupAfterRestart(t *testing.T) {
	dir := t.TempDir()
	open := func() *testServer {
		opened, err := sqlite.Open(t.Context(), dir, sqlite.Full)
		if err != nil {
			t.Fatal(err)
		}
		return newTestServer(t, opened)
	}
	ts := open()
	token := ts.userToken(megan, "Analytics.ReadWrite")
	tag := ts.createCall("a", "PT1H")
	refused := ts.batch(token, batched("1", "g", "PATCH", "a", `{"duration":"PT5M"}`),
		batched("2", "g", "POST", "", `{`+callType+`,"id":"b"}`), batched("3", "g", "DELETE", "absent", ""))
	done := ts.batch(token, batched("1", "g", "POST", "", `{`+callType+`,"id":"c","duration":"PT7M"}`), batched("2", "g", "GET", "a", ""))
	if statusesOf(refused) != "424 424 404" || statusesOf(done) != "201 200" {
		t.Errorf("%+v %+v", refused, done)
	}
	if err := ts.store.Close(); err != nil {
		t.Fatal(err)
	}
	ts = open()
	ts.wantCall("a", "PT1H", tag)
	ts.wantNoCall("b")
	ts.wantCall("c", "PT7M", done[0].Headers["ETag"])
}

// TestGroupOverSeveralUsers checks that an application's group may write for several users, or is refused whole by a
// store that is partitioned, and that a token without the scope to write cannot write in a group.
func TestGroupOverSeveralUsers(t *testing.T) {
	onEveryStore(t, func(t *testing.T, ts *testServer) {
		create := func(id, user string) string {
			return fmt.Sprintf(`{"id":%q,"atomicityGroup":"g","method":"POST","url":"/users/%s/analytics/activityStatistics","body":{%s,"id":"x"}}`, id, user, callType)
		}
		app := ts.appToken("Analytics.ReadWrite.All")
		got := ts.batch(app, create("1", megan), create("2", lee))
		switch {
		case !ts.isPartitioned():
			if statusesOf(got) != "201 201" {
				t.Errorf("%+v", got)
			}
		case statusesOf(got) != "400 400" || !strings.Contains(got[0].Body.Error.Message+got[1].Body.Error.Message, "send one for each user"):
			t.Errorf("of two users: %+v", got)
		default: // nothing was made
			for _, user := range []string{megan, lee} {
				if got := ts.batch(app, create("1", user)); statusesOf(got) != "201" {
					t.Errorf("of one user: %+v", got)
				}
			}
		}
		reader := ts.userToken(megan, "Analytics.Read")
		if got := ts.batch(reader, batched("1", "g", "GET", "x", ""), batched("2", "g", "DELETE", "x", "")); statusesOf(got) != "424 403" {
			t.Errorf("%+v", got)
		}
		ts.wantCall("x", nil, "")
	})
}
