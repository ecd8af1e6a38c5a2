package handlers_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"afterhours/contract/bounded"
	"afterhours/contract/checked"
	api "afterhours/control"
	"afterhours/handlers"
)

// FuzzFaultRule checks that any rule is refused with the field that is wrong, or is added and shown as it
// was given. A request then gets what the rule says, or what it gets without a rule.
func FuzzFaultRule(f *testing.F) {
	for _, rule := range []string{
		`{"match":{"method":"GET","tenant":"` + tenant + `"},"times":2,"answer":{"status":429,"retryAfter":2.128}}`,
		`{"throttle":{"by":"application","units":100,"unitsPer":"PT10S","writes":7,"writesPer":"PT1M","retryAfter":false}}`,
		`{"match":{"operation":"listMyStatistics"},"skip":1,"times":1,"connection":"cut"}`, `{"connection":"reset"}`,
		`{"rate":0.1,"seed":7,"delay":"PT0.3S"}`, `{"answer":{"body":"emptyPage"}}`, `{"answer":{"body":"repeatedNextLink","contentType":""}}`,
		`{"answer":{"status":401,"claims":true}}`, `{"answer":{"claims":true,"body":"malformed"}}`, `{"answer":{"status":503,"code":"UnknownError","message":""}}`,
		`{"match":{"header":{"name":"User-Agent","value":"x"},"user":"` + megan + `","application":"` + daemon + `"},"answer":{"status":599,"retryAfter":1,"retryAfterForm":"date"}}`,
		`{"answer":{"headers":{"X-A":"1","retry-after":"soon"},"contentType":"text/html"}}`, `{"answer":{"headers":{"Connection":"close"}}}`,
		`{"delay":"PT31S"}`, `{"answer":{}}`, `{}`, `[]`, `{"match":null}`, `{"rate":0}`, `{"rate":1e-300,"seed":-9223372036854775808,"delay":"PT1S"}`,
	} {
		f.Add([]byte(rule))
	}
	z := newFuzzServer(f)
	c := newControlServer(f, z.store, func(config *handlers.Config) { config.Control.Faults.EndWaits() }) // no delay is waited for
	z.server, z.token = c.handler, c.tokenOf(tenant, megan)
	steer := func(t fuzzTest, method, path string, body []byte) testResponse {
		request := httptest.NewRequest(method, "/control"+path, strings.NewReader(string(body)))
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Authorization", "Bearer "+c.token)
		return z.send(t, request)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		defer bounded.Input(t)()
		z.restore(t)
		steer(t, http.MethodDelete, "/faults", nil)
		added := steer(t, http.MethodPost, "/faults", body)
		if added.status != http.StatusCreated {
			isObject := !strings.Contains(added.text, "JSON")
			if failed := added.failure(t); isObject && failed.Target == "" && len(failed.Details) == 0 {
				t.Errorf("%s: no field is named: %s", body, added.text)
			}
			return
		}
		var rule api.Fault
		if err := json.Unmarshal([]byte(added.text), &rule); err != nil {
			t.Fatal(err)
		}
		if again := steer(t, http.MethodGet, "/faults", nil); !strings.Contains(again.text, added.text) {
			t.Errorf("%s: %s is not in %s", body, added.text, again.text)
		}
		checkFaulty(t, z, &rule)
	})
}

// checkFaulty sends a request and fails unless the response is what the rule says or the usual one.
func checkFaulty(t *testing.T, z *fuzzServer, added *api.Fault) {
	t.Helper()
	request := httptest.NewRequest(http.MethodGet, collection+"?$top=2", nil)
	request.Header.Set("Authorization", "Bearer "+z.token)
	request.Header.Set("User-Agent", "x")
	defer func() {
		if cause := recover(); cause != nil && (cause != http.ErrAbortHandler || added.Rule.Connection == nil) {
			t.Errorf("a panic: %v", cause)
		}
	}()
	got := checked.Serve(t, z.server, request)
	want, answer := http.StatusOK, added.Rule.Answer
	if got.Header().Get("Afterhours-Fault") != "" {
		switch {
		case answer != nil && answer.Status != nil:
			want = int(*answer.Status)
		case answer != nil && answer.Claims != nil && *answer.Claims:
			want = http.StatusUnauthorized
		case added.Rule.Throttle != nil:
			want = http.StatusTooManyRequests
		}
	}
	if got.Code != want {
		t.Errorf("%d, want %d: %v %s", got.Code, want, got.Header(), got.Body)
	}
}
