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

// batchAnswer is what a request of a batch is answered.
type batchAnswer struct {
	Status         int
	AtomicityGroup string
	Headers        map[string]string
	Body           struct {
		ID, Duration string
		Error        failure
	}
}

// batched returns a request of the group ("" for none) on megan's statistic, or on
// her whole collection if the id is "". Its id is what counts in the batch.
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

// tryBatch sends a batch and returns the answers in the order of the requests.
func (w *world) tryBatch(ctx context.Context, token string, requests ...string) ([]batchAnswer, error) {
	got, err := w.try(ctx, call{method: "POST", path: "/beta/$batch", token: token, body: `{"requests":[` + strings.Join(requests, ",") + `]}`})
	if err != nil {
		return nil, err
	}
	var body struct{ Responses []batchAnswer }
	if err := json.Unmarshal([]byte(got.text), &body); err != nil || len(body.Responses) != len(requests) {
		return nil, fmt.Errorf("%d %s: %w", got.status, got.text, err)
	}
	return body.Responses, nil
}

func (w *world) batch(token string, requests ...string) []batchAnswer {
	w.t.Helper()
	answers, err := w.tryBatch(w.t.Context(), token, requests...)
	if err != nil {
		w.t.Fatal(err)
	}
	return answers
}

func statusesOf(answers []batchAnswer) string {
	text := make([]string, len(answers))
	for i, answer := range answers {
		text[i] = fmt.Sprint(answer.Status)
	}
	return strings.Join(text, " ")
}

// createCall stores a call of megan's and returns its entity tag.
func (w *world) createCall(id, duration string) string {
	w.t.Helper()
	got := w.do(call{method: "POST", path: collection, token: w.userToken(megan, "Analytics.ReadWrite"),
		body: fmt.Sprintf(`{%s,"id":%q,"duration":%q}`, callType, id, duration)})
	if got.status != http.StatusCreated {
		w.t.Fatal(got.text)
	}
	return got.header.Get("ETag")
}

// wantCall checks the stored duration, nil for null, and the entity tag, "" for any.
func (w *world) wantCall(id string, duration any, etag string) {
	w.t.Helper()
	got := w.do(call{method: "GET", path: collection + "/" + id, token: w.userToken(megan, "Analytics.Read")})
	if got.status != http.StatusOK || got.object(w.t)["duration"] != duration || etag != "" && got.header.Get("ETag") != etag {
		w.t.Errorf("%s is %s at %s; want %s at %s", id, got.text, got.header.Get("ETag"), duration, etag)
	}
}

func (w *world) wantNoCall(id string) {
	w.t.Helper()
	if got := w.do(call{method: "GET", path: collection + "/" + id, token: w.userToken(megan, "Analytics.Read")}); got.status != http.StatusNotFound {
		w.t.Errorf("%s: %d %s", id, got.status, got.text)
	}
}

// TestGroupIsAllOrNothing: whatever fails in it, and whoever fails it.
func TestGroupIsAllOrNothing(t *testing.T) {
	onEveryStore(t, func(t *testing.T, w *world) {
		token := w.userToken(megan, "Analytics.ReadWrite")
		tagA, tagB := w.createCall("a", "PT1H"), w.createCall("b", "PT2H")
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
			got := w.batch(token, first, row.failing, batched("3", "", "GET", "absent", ""), batched("4", "", "GET", "a", "", `"dependsOn":["g"]`))
			if statusesOf(got) != row.want+" 404 424" || got[0].AtomicityGroup != "g" || got[1].AtomicityGroup != "g" || got[2].AtomicityGroup != "" {
				t.Errorf("%s: %+v, want %s", name, got, row.want)
			}
			if name == "list" && !strings.Contains(got[1].Body.Error.Message, "atomicityGroup") {
				t.Errorf("list: %+v", got[1])
			}
			w.wantCall("a", "PT1H", tagA)
			w.wantCall("b", "PT2H", tagB)
			w.wantNoCall("c")
		}
		got := w.batch(token, first, batched("2", "g", "PATCH", "b", `{"duration":"PT6M"}`), batched("3", "g", "GET", "a", ""),
			batched("4", "", "GET", "b", "", `"dependsOn":["g"]`))
		if statusesOf(got) != "200 200 200 200" || got[2].Body.Duration != "PT5M" || got[3].Body.Duration != "PT6M" {
			t.Errorf("%+v", got)
		}
		w.wantCall("a", "PT5M", got[0].Headers["ETag"])
		w.wantCall("b", "PT6M", got[1].Headers["ETag"])
	})
}

// TestGroupSeesItself: its requests see what those before them wrote, and its own
// entity tags, which are those that are stored.
func TestGroupSeesItself(t *testing.T) {
	onEveryStore(t, func(t *testing.T, w *world) {
		token := w.userToken(megan, "Analytics.ReadWrite")
		tag := w.createCall("kept", "PT1H")
		got := w.batch(token,
			batched("1", "g", "POST", "", `{`+callType+`,"id":"x","duration":"PT1M"}`),
			batched("2", "g", "PATCH", "x", `{"duration":"PT2M"}`, `"headers":{"If-Match":"$1"}`, `"dependsOn":["1"]`),
			batched("3", "g", "GET", "x", ""),
			batched("4", "g", "DELETE", "x", "", `"headers":{"If-Match":"$3"}`, `"dependsOn":["3"]`),
			batched("5", "g", "PATCH", "kept", `{"duration":"PT3M"}`, `"headers":{"If-Match":`+fmt.Sprintf("%q", tag)+`}`),
			batched("6", "g", "PATCH", "up", `{`+callType+`,"duration":"PT4M"}`, `"headers":{"Prefer":"create-if-missing"}`))
		if statusesOf(got) != "201 200 200 204 200 201" || got[2].Body.Duration != "PT2M" || got[2].Headers["ETag"] != got[1].Headers["ETag"] {
			t.Errorf("%+v", got)
		}
		w.wantNoCall("x")
		w.wantCall("kept", "PT3M", got[4].Headers["ETag"])
		w.wantCall("up", "PT4M", got[5].Headers["ETag"])
		if got := w.batch(token, batched("1", "g", "PATCH", "up", `{"duration":"PT5M"}`), batched("2", "g", "GET", "up", "", `"headers":{"If-Match":`+fmt.Sprintf("%q", tag)+`}`)); statusesOf(got) != "424 412" {
			t.Errorf("%+v", got)
		}
	})
}

// TestGroupAfterRestart: what was answered is there, and nothing of what was refused.
func TestGroupAfterRestart(t *testing.T) {
	dir := t.TempDir()
	open := func() *world {
		opened, err := sqlite.Open(t.Context(), dir, sqlite.Full)
		if err != nil {
			t.Fatal(err)
		}
		return newWorld(t, opened)
	}
	w := open()
	token := w.userToken(megan, "Analytics.ReadWrite")
	tag := w.createCall("a", "PT1H")
	refused := w.batch(token, batched("1", "g", "PATCH", "a", `{"duration":"PT5M"}`),
		batched("2", "g", "POST", "", `{`+callType+`,"id":"b"}`), batched("3", "g", "DELETE", "absent", ""))
	done := w.batch(token, batched("1", "g", "POST", "", `{`+callType+`,"id":"c","duration":"PT7M"}`), batched("2", "g", "GET", "a", ""))
	if statusesOf(refused) != "424 424 404" || statusesOf(done) != "201 200" {
		t.Errorf("%+v %+v", refused, done)
	}
	if err := w.store.Close(); err != nil {
		t.Fatal(err)
	}
	w = open()
	w.wantCall("a", "PT1H", tag)
	w.wantNoCall("b")
	w.wantCall("c", "PT7M", done[0].Headers["ETag"])
}

// TestGroupOverSeveralUsers: a group may be of several users, each of whom the token
// must reach, and a reader's cannot write in it.
func TestGroupOverSeveralUsers(t *testing.T) {
	onEveryStore(t, func(t *testing.T, w *world) {
		create := func(id, user string) string {
			return fmt.Sprintf(`{"id":%q,"atomicityGroup":"g","method":"POST","url":"/users/%s/analytics/activityStatistics","body":{%s,"id":"x"}}`, id, user, callType)
		}
		if got := w.batch(w.appToken("Analytics.ReadWrite.All"), create("1", megan), create("2", lee)); statusesOf(got) != "201 201" {
			t.Errorf("%+v", got)
		}
		reader := w.userToken(megan, "Analytics.Read")
		if got := w.batch(reader, batched("1", "g", "GET", "x", ""), batched("2", "g", "DELETE", "x", "")); statusesOf(got) != "424 403" {
			t.Errorf("%+v", got)
		}
		w.wantCall("x", nil, "")
	})
}
