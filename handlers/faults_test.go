package handlers_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	api "afterhours/control"
	"afterhours/store/memory"
)

// newFaultServer is a server with the control API that has a statistic a of megan, and megan's token.
func newFaultServer(t testing.TB) (controlServer, testClient) {
	t.Helper()
	c := newControlServer(t, memory.New())
	token := c.tokenOf(tenant, megan)
	c.put(token, "a", "PT1H")
	return c, testClient{c.testServer, token}
}

// fail creates a rule and returns its id.
func (c controlServer) fail(rule string) string {
	c.t.Helper()
	return c.steer("POST", "/faults", rule).want(c.t, 201).object(c.t)["id"].(string)
}

// counts returns how often the rules matched and applied, as in 3/2.
func (c controlServer) counts() string {
	c.t.Helper()
	var all []string
	for _, one := range c.faults() {
		all = append(all, fmt.Sprintf("%d/%d", one.Matched, one.Applied))
	}
	return strings.Join(all, " ")
}

func (c controlServer) faults() []api.Fault {
	c.t.Helper()
	var kept api.FaultCollection
	if err := json.Unmarshal([]byte(c.steer("GET", "/faults", "").want(c.t, 200).text), &kept); err != nil {
		c.t.Fatal(err)
	}
	return kept.Value
}

func TestFaultAnswersInPlaceOfTheOperation(t *testing.T) {
	c, user := newFaultServer(t)
	id := c.fail(`{"match":{"method":"PATCH","tenant":"` + strings.ToUpper(tenant) + `"},"times":1,"answer":{"status":429,"retryAfter":2.128,"headers":{"x-ms-extra":"yes"}}}`)
	failed := user.send("PATCH", collection+"/a", `{"duration":"PT2H"}`, "client-request-id", "mine")
	failed.wantRefused(t, 429, "TooManyRequests", "", "Please retry again later.")
	for name, want := range map[string]string{"Retry-After": "2.128", "x-ms-extra": "yes", "Content-Length": fmt.Sprint(len(failed.text)),
		"client-request-id": "mine", "Afterhours-Fault": id, "OData-Version": "4.0"} {
		if got := failed.header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if !strings.Contains(failed.text, `"innerError":{"client-request-id":"mine","date":"`) && !strings.Contains(failed.text, `"innerError":{"date":"`) {
		t.Errorf("no innerError: %s", failed.text)
	}
	user.send("GET", collection+"/a", "").want(t, 200, `"duration":"PT1H"`)
	fine := user.send("PATCH", collection+"/a", `{"duration":"PT2H"}`).want(t, 200)
	if fine.header.Get("Afterhours-Fault") != "" || fine.header.Get("Retry-After") != "" {
		t.Errorf("a request after the fault has %v", fine.header)
	}
	if got := c.counts(); got != "2/1" {
		t.Errorf("the rule matched and applied %s", got)
	}
	found := c.requests("?method=PATCH")
	if len(found) != 2 || found[0].Faults == nil || fmt.Sprint(*found[0].Faults) != "["+id+"]" || found[0].Status != 429 || found[1].Faults != nil {
		t.Errorf("the journal has %+v", found)
	}
}

// TestFaultComesAfterAuthentication: nobody gets a fault who may not call, and a fault comes before
// anything is said about the request itself.
func TestFaultComesAfterAuthentication(t *testing.T) {
	c, user := newFaultServer(t)
	c.fail(`{"answer":{"status":503}}`)
	c.do(call{method: "GET", path: collection}).want(t, 401)
	c.do(call{method: "PATCH", path: collection + "/a", token: c.userToken(megan, "Analytics.Read"), body: "{}"}).want(t, 403)
	user.send("PATCH", collection+"/a", `{"wrong":`).wantRefused(t, 503, "serviceNotAvailable", "", "")
	user.send("GET", "/beta/me/nothing", "").want(t, 404)
	user.do(call{method: "GET", path: "/livez"}).want(t, 200)
	user.do(call{method: "GET", path: "/readyz"}).want(t, 200)
	user.do(call{method: "GET", path: "/beta/$metadata"}).want(t, 503)
	c.steer("GET", "/clock", "").want(t, 200)
	if got := c.counts(); got != "2/2" {
		t.Errorf("the rule matched and applied %s", got)
	}
}

// TestFaultOf503HasNoRetryAfter: only the rule decides about the header.
func TestFaultOf503HasNoRetryAfter(t *testing.T) {
	c, user := newFaultServer(t)
	c.fail(`{"times":1,"answer":{"status":503}}`)
	c.fail(`{"times":1,"answer":{"status":504}}`)
	c.fail(`{"times":1,"answer":{"status":503,"code":"UnknownError"}}`)
	c.fail(`{"times":1,"answer":{"status":401}}`)
	for _, want := range []string{"503 serviceNotAvailable The service is not available. Try again later.", "504 UnknownError ", "503 UnknownError "} {
		got := user.send("GET", collection+"/a", "")
		failed := got.failure(t)
		if text := fmt.Sprintf("%d %s %s", got.status, failed.Code, failed.Message); text != want || got.header.Get("Retry-After") != "" {
			t.Errorf("%q, Retry-After %q, want %q", text, got.header.Get("Retry-After"), want)
		}
	}
	expired := user.send("GET", collection+"/a", "")
	if challenge := expired.header.Get("WWW-Authenticate"); expired.status != 401 || !strings.HasPrefix(challenge, `Bearer realm="", authorization_uri="`+c.url+`/common/oauth2/v2.0/authorize", client_id="`) {
		t.Errorf("%d, %s", expired.status, challenge)
	}
}

// TestFaultsChangeSuccessfulResponses: without a status the operation is done, and its response differs.
func TestFaultsChangeSuccessfulResponses(t *testing.T) {
	c, user := newFaultServer(t)
	for _, one := range []struct{ answer, method, path, status, contentType, body string }{
		{`{"contentType":"text/html"}`, "GET", collection + "/a", "200", "text/html", `"duration":"PT1H"`},
		{`{"contentType":""}`, "GET", collection + "/a", "200", "", `"duration":"PT1H"`},
		{`{"headers":{"Retry-After":"soon","etag":"W/\"other\""}}`, "GET", collection + "/a", "200", "application/json", `"duration":"PT1H"`},
		{`{"body":"emptyPage"}`, "GET", collection + "?$top=5", "200", "application/json", `"@odata.nextLink":"` + c.url + collection + `?$top=5","value":[]}`},
		{`{"body":"repeatedNextLink"}`, "GET", collection + "?$top=5", "200", "application/json", `"@odata.nextLink":"` + c.url + collection + `?$top=5","value":[{`},
		{`{"body":"malformed"}`, "GET", "/beta/$metadata", "200", "application/xml", `</edmx:Edmx>`},
		{`{"status":500,"body":"malformed","contentType":"text/plain"}`, "GET", collection + "/a", "500", "text/plain", `{"error":{"code":`},
		{`{"headers":{"x-a":"b"}}`, "HEAD", collection + "/a", "200", "application/json", ``},
		{`{"status":429}`, "HEAD", collection + "/a", "429", "application/json", ``},
		{`{"headers":{"x-a":"b"}}`, "DELETE", collection + "/a", "204", "", ``},
	} {
		id := c.fail(`{"times":1,"answer":` + one.answer + `}`)
		got := user.send(one.method, one.path, "", "Accept-Encoding", "identity") // else the client unpacks gzip and drops its length
		if fmt.Sprint(got.status) != one.status || !strings.HasPrefix(got.header.Get("Content-Type"), one.contentType) || one.contentType == "" && got.header.Get("Content-Type") != "" ||
			!strings.Contains(got.text, one.body) || one.body == "" && got.text != "" || got.header.Get("Afterhours-Fault") != id {
			t.Errorf("%s: %d %v %s", one.answer, got.status, got.header, got.text)
		}
		if strings.Contains(one.answer, "malformed") && one.status == "500" && json.Valid([]byte(got.text)) {
			t.Errorf("the body is valid: %s", got.text)
		}
		if strings.Contains(one.answer, "etag") && (got.header.Get("ETag") != `W/"other"` || len(got.header.Values("ETag")) != 1 || got.header.Get("Retry-After") != "soon") {
			t.Errorf("the headers are %v", got.header)
		}
		if length := got.header.Get("Content-Length"); one.method == "GET" && length != fmt.Sprint(len(got.text)) {
			t.Errorf("Content-Length is %s of %d bytes", length, len(got.text))
		}
		c.steer("DELETE", "/faults/"+id, "").want(t, 204)
	}
	user.send("GET", collection+"/a", "").want(t, 404) // it was deleted
}

// TestListFaultsAreForLists: a rule with a page for a body does not count other requests.
func TestListFaultsAreForLists(t *testing.T) {
	c, user := newFaultServer(t)
	c.fail(`{"times":1,"answer":{"body":"emptyPage"}}`)
	user.send("GET", collection+"/a", "").want(t, 200, `"PT1H"`)
	user.send("GET", collection+"/$count", "").want(t, 200)
	page := user.send("GET", collection, "").want(t, 200, `"value":[]`).object(t)
	next := strings.TrimPrefix(page["@odata.nextLink"].(string), c.url)
	user.send("GET", next, "").want(t, 200, `"PT1H"`)
}

func TestSimulateHeader(t *testing.T) {
	c, user := newFaultServer(t)
	c.fail(`{"answer":{"status":418}}`)
	simulate := func(value string) testResponse {
		return user.send("GET", collection+"/a", "", "Afterhours-Simulate", value)
	}
	throttled := simulate(" 429 ; Retry-After=1; message=\"a; \\\"b\\\"\"")
	throttled.wantRefused(t, 429, "TooManyRequests", "", `a; "b"`)
	if throttled.header.Get("Retry-After") != "1" || throttled.header.Get("Afterhours-Fault") != "Afterhours-Simulate" {
		t.Errorf("the headers are %v", throttled.header)
	}
	simulate("quota").wantRefused(t, 507, "quotaLimitReached", "", "quota")
	simulate("unavailable;code=UnknownError;content-type=text/plain").want(t, 503, `"message":""`)
	start := time.Now()
	simulate(";delay=PT0.2S").want(t, 200)
	if took := time.Since(start); took < 200*time.Millisecond {
		t.Errorf("it took %v", took)
	}
	simulate(" none").want(t, 200)
	if got := c.counts(); got != "0/0" {
		t.Errorf("the rule counted requests with the header: %s", got)
	}
	for value, message := range map[string]string{
		"":                       "at least one of",
		"200":                    "from 400 to 599",
		"throtled":               "Did you mean 'throttled'?",
		"flaky":                  "/control/faults/presets/flaky",
		"429;retry=1":            "there is no 'retry'",
		"429;retryafter=1":       "Did you mean 'retry-after'?",
		"429;retry-after=x":      "seconds from 0 to 86400",
		"429;retry-after":        "has no value",
		"429;code=a;code=b":      "twice",
		"429;connection=drop":    "one of reset, cut",
		"429;delay=1s":           "as in PT0.3S",
		"429;delay=PT31S":        "at most PT30S",
		"429;body=emptyPage":     "page of a list",
		"code=x":                 "neither a status nor a preset",
		";code=x":                "Give the answer a status",
		"429;retry-after-form=x": "one of seconds, date",
		`429;message="a`:         "not closed",
		`429;message=a"b"`:       "double quotes",
	} {
		got := simulate(value)
		got.wantRefused(t, 400, "BadRequest", "Afterhours-Simulate", message)
	}
	plain := testClient{newTestServer(t, memory.New()), ""}
	plain.token = plain.userToken(megan, "Analytics.Read")
	plain.send("GET", collection, "", "Afterhours-Simulate", "nonsense").want(t, 200)
	preflight := user.do(call{method: "OPTIONS", path: collection, header: map[string]string{"Origin": "https://app.example",
		"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization,afterhours-simulate"}})
	if allowed := preflight.header.Get("Access-Control-Allow-Headers"); !strings.Contains(allowed, "afterhours-simulate") {
		t.Errorf("a browser may send %s", allowed)
	}
}

// TestFaultsInBatches: each request of a batch gets its own fault, with headers as strings, and dependents
// get 424.
func TestFaultsInBatches(t *testing.T) {
	c, user := newFaultServer(t)
	id := c.fail(`{"match":{"operation":"updateMyStatistic"},"answer":{"status":429,"retryAfter":1}}`)
	got := user.send("POST", "/beta/$batch", `{"requests":[
		{"id":"1","method":"PATCH","url":"/me/analytics/activityStatistics/a","headers":{"Content-Type":"application/json"},"body":{"duration":"PT2H"}},
		{"id":"2","method":"GET","url":"/me/analytics/activityStatistics/a","dependsOn":["1"]},
		{"id":"3","method":"GET","url":"/me/analytics/activityStatistics/a","headers":{"Afterhours-Simulate":"gateway-timeout"}},
		{"id":"4","method":"GET","url":"/me/analytics/activityStatistics/a"}]}`).want(t, 200)
	var batch struct {
		Responses []struct {
			Status  int
			Headers map[string]string
			Body    json.RawMessage
		}
	}
	if err := json.Unmarshal([]byte(got.text), &batch); err != nil {
		t.Fatal(err)
	}
	var statuses []int
	for _, one := range batch.Responses {
		statuses = append(statuses, one.Status)
	}
	if fmt.Sprint(statuses) != "[429 424 504 200]" {
		t.Fatalf("the statuses are %v", statuses)
	}
	first := batch.Responses[0]
	if first.Headers["Retry-After"] != "1" || first.Headers["Afterhours-Fault"] != id || !strings.HasPrefix(first.Headers["Content-Type"], "application/json") ||
		!strings.Contains(string(first.Body), `"code":"TooManyRequests"`) {
		t.Errorf("%v %s", first.Headers, first.Body)
	}
	c.steer("DELETE", "/faults", "").want(t, 204)
	c.fail(`{"match":{"operation":"runBatch"},"times":1,"answer":{"status":503}}`)
	user.send("POST", "/beta/$batch", `{"requests":[]}`).want(t, 503)
}

// TestFaultsKeepAtomicityGroups: a fault of one request of a group undoes the others.
func TestFaultsKeepAtomicityGroups(t *testing.T) {
	c, user := newFaultServer(t)
	c.fail(`{"match":{"method":"DELETE"},"answer":{"status":500}}`)
	user.send("POST", "/beta/$batch", `{"requests":[
		{"id":"1","atomicityGroup":"g","method":"PATCH","url":"/me/analytics/activityStatistics/a","headers":{"Content-Type":"application/json"},"body":{"duration":"PT2H"}},
		{"id":"2","atomicityGroup":"g","method":"DELETE","url":"/me/analytics/activityStatistics/a"}]}`).want(t, 200, `"status":424`, `"status":500`)
	user.send("GET", collection+"/a", "").want(t, 200, `"PT1H"`)
}

func TestResetRemovesFaults(t *testing.T) {
	c, _ := newFaultServer(t)
	c.fail(`{"match":{"tenant":"` + tenant + `"},"answer":{"status":500}}`)
	c.fail(`{"match":{"tenant":"` + strings.ToUpper(otherTenant) + `"},"answer":{"status":500}}`)
	everybody := c.fail(`{"match":{"user":"` + megan + `"},"answer":{"status":500}}`)
	c.steer("POST", "/reset", `{"tenant":"`+otherTenant+`"}`).want(t, 204)
	if left := c.faults(); len(left) != 2 || left[1].ID != everybody {
		t.Errorf("after the reset of a tenant there are %+v", left)
	}
	c.steer("DELETE", "/faults/"+everybody, "").want(t, 204)
	c.steer("DELETE", "/faults/"+everybody, "").wantRefused(t, 404, "ResourceNotFound", "id", "There is no rule")
	c.steer("POST", "/reset", "").want(t, 204)
	if left := c.faults(); len(left) != 0 {
		t.Errorf("after a reset there are %+v", left)
	}
}
