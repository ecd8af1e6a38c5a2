package handlers_test

import (
	"strings"
	"testing"

	"afterhours/store/memory"
)

// TestWrongRulesAreRefused: each response names the field that is wrong, and no rule is added.
func TestWrongRulesAreRefused(t *testing.T) {
	c := newControlServer(t, memory.New())
	long := strings.Repeat("a", 2000)
	for _, one := range []struct{ rule, target, message string }{
		{`{}`, "answer", "at least one of"},
		{`{"times":1}`, "answer", "at least one of"},
		{`{"answer":{"status":503},"throttle":{}}`, "throttle", "either"},
		{`{"anser":{"status":503}}`, "anser", "answer"},
		{`{"match":{"operation":"updateStatistic"},"delay":"PT1S"}`, "match/operation", "Did you mean"},
		{`{"match":{"operation":"nonsense"},"delay":"PT1S"}`, "match/operation", "as updateMyStatistic"},
		{`{"match":{"operation":"createFault"},"delay":"PT1S"}`, "match/operation", "There is no operation"},
		{`{"match":{"header":{"name":"host"}},"delay":"PT1S"}`, "match/header/name", "each request has it"},
		{`{"match":{"operation":""},"delay":"PT1S"}`, "match/operation", "empty"},
		{`{"match":{"method":"TRACE"},"delay":"PT1S"}`, "match/method", "PATCH"},
		{`{"match":{"tenant":"x"},"delay":"PT1S"}`, "match/tenant", "GUID"},
		{`{"match":{"user":"x"},"delay":"PT1S"}`, "match/user", "GUID"},
		{`{"match":{"application":"x"},"delay":"PT1S"}`, "match/application", "GUID"},
		{`{"match":{"header":{"value":"x"}},"delay":"PT1S"}`, "match/header/name", "name"},
		{`{"match":{"header":{"name":"a b"}},"delay":"PT1S"}`, "match/header/name", "the name of a header"},
		{`{"match":{"path":"/me"},"delay":"PT1S"}`, "match/path", "operation"},
		{`{"skip":-1,"delay":"PT1S"}`, "skip", "0"},
		{`{"skip":2147483648,"delay":"PT1S"}`, "skip", "2147483647"},
		{`{"times":0,"delay":"PT1S"}`, "times", "1"},
		{`{"times":1.5,"delay":"PT1S"}`, "times", "whole"},
		{`{"rate":0,"delay":"PT1S"}`, "rate", "it must be more than 0"},
		{`{"rate":1.1,"delay":"PT1S"}`, "rate", "1"},
		{`{"rate":"0.5","delay":"PT1S"}`, "rate", "a number from 0 to 1"},
		{`{"seed":0.5,"delay":"PT1S"}`, "seed", "whole"},
		{`{"seed":9007199254740993,"delay":"PT1S"}`, "seed", "9007199254740991"},
		{`{"delay":"300ms"}`, "delay", "PT1H30M"},
		{`{"delay":"PT0S"}`, "delay", "more than PT0S"},
		{`{"delay":"-PT1S"}`, "delay", "more than PT0S"},
		{`{"delay":"PT30.0000001S"}`, "delay", "at most PT30S"},
		{`{"delay":"P10675199D"}`, "delay", "at most PT30S"},
		{`{"connection":"drop"}`, "connection", "reset"},
		{`{"connection":"reset","answer":{"status":503}}`, "connection", "has no response"},
		{`{"answer":{}}`, "answer", "must differ"},
		{`{"answer":{"claims":false}}`, "answer", "must differ"},
		{`{"answer":{"status":200}}`, "answer/status", "400"},
		{`{"answer":{"status":600}}`, "answer/status", "599"},
		{`{"answer":{"code":"x"}}`, "answer/code", "Only an error"},
		{`{"answer":{"status":400,"code":""}}`, "answer/code", "empty"},
		{`{"answer":{"status":400,"code":"` + long + `"}}`, "answer/code", "128"},
		{`{"answer":{"message":"x"}}`, "answer/message", "Only an error"},
		{`{"answer":{"status":400,"message":"` + long + `"}}`, "answer/message", "1000"},
		{`{"answer":{"status":429,"retryAfter":-1}}`, "answer/retryAfter", "0"},
		{`{"answer":{"status":429,"retryAfter":86401}}`, "answer/retryAfter", "86400"},
		{`{"answer":{"status":429,"retryAfterForm":"date"}}`, "answer/retryAfterForm", "needs retryAfter"},
		{`{"answer":{"status":429,"retryAfter":1,"retryAfterForm":"minutes"}}`, "answer/retryAfterForm", "date"},
		{`{"answer":{"status":403,"claims":true}}`, "answer/claims", "401"},
		{`{"answer":{"claims":"yes"}}`, "answer/claims", "true or false"},
		{`{"answer":{"status":503,"body":"emptyPage"}}`, "answer/body", "page of a list"},
		{`{"answer":{"claims":true,"body":"repeatedNextLink"}}`, "answer/body", "page of a list"},
		{`{"match":{"operation":"getMyStatistic"},"answer":{"body":"emptyPage"}}`, "answer/body", "listMyStatistics, "},
		{`{"answer":{"body":"html"}}`, "answer/body", "malformed"},
		{`{"answer":{"contentType":"text/html\r\nx: y"}}`, "answer/contentType", "printable ASCII"},
		{`{"answer":{"contentType":"tëxt"}}`, "answer/contentType", "printable ASCII"},
		{`{"answer":{"headers":{"Content-Length":"1"}}}`, "answer/headers/Content-Length", "the length"},
		{`{"answer":{"headers":{"transfer-encoding":"chunked"}}}`, "answer/headers/transfer-encoding", "the length"},
		{`{"answer":{"headers":{"Connection":"close"}}}`, "answer/headers/Connection", "connection"},
		{`{"answer":{"headers":{"content-type":"text/html"}}}`, "answer/headers/content-type", "contentType"},
		{`{"answer":{"headers":{"afterhours-fault":"x"}}}`, "answer/headers/afterhours-fault", "the server's own"},
		{`{"answer":{"headers":{"a b":"x"}}}`, "answer/headers/a b", "not the name of a header"},
		{`{"answer":{"headers":{"":"x"}}}`, "answer/headers/", "not the name of a header"},
		{`{"answer":{"headers":{"X-A":"1","x-a":"2"}}}`, "answer/headers/x-a", "twice"},
		{`{"answer":{"headers":{"X-A":"1\n2"}}}`, "answer/headers/X-A", "printable ASCII"},
		{`{"answer":{"headers":{"X-A":7}}}`, "answer/headers/X-A", "text"},
		{`{"answer":{"headers":{"X-A":"` + long + `"}}}`, "answer/headers/X-A", "1000"},
		{`[]`, "", "object"},
		{`{`, "", "ends"},
	} {
		got := c.steer("POST", "/faults", one.rule)
		failed := got.failure(t)
		if got.status != 400 || failed.Target != one.target || !strings.Contains(got.text, one.message) {
			t.Errorf("%.200s: %d, target %q: %.400s\nwant 400, %q, %q", one.rule, got.status, failed.Target, got.text, one.target, one.message)
		}
	}
	for _, one := range []struct{ path, rule, target, message string }{
		{"/faults/presets/throtled", "", "name", "throttled"},
		{"/faults/presets/cae", `{"match":{"operation":"x"}}`, "match/operation", "There is no operation"},
		{"/faults/presets/cae", `{"times":0}`, "times", "1"},
		{"/faults/presets/cae", `{"rate":0.5}`, "rate", "match"},
		{"/faults?top=1", `{"delay":"PT1S"}`, "top", "no query option"},
	} {
		got := c.steer("POST", one.path, one.rule)
		if failed := got.failure(t); got.status != 400 || failed.Target != one.target || !strings.Contains(got.text, one.message) {
			t.Errorf("%s %s: %d %s\nwant 400, %q, %q", one.path, one.rule, got.status, got.text, one.target, one.message)
		}
	}
	c.steer("DELETE", "/faults/x", "").wantRefused(t, 400, "BadRequest", "id", "the id of a rule")
	if left := c.faults(); len(left) != 0 {
		t.Errorf("refused rules were added: %+v", left)
	}
}

// TestRulesAtTheBounds: the least and the largest values of the contract make a rule.
func TestRulesAtTheBounds(t *testing.T) {
	c := newControlServer(t, memory.New())
	for _, rule := range []string{
		`{"skip":2147483647,"times":2147483647,"rate":1,"seed":9007199254740991,"delay":"PT30S"}`,
		`{"skip":0,"times":1,"rate":1e-300,"seed":-9007199254740991,"delay":"PT0.0000001S"}`,
		`{"throttle":{"units":2147483647,"unitsPer":"P1D","writes":1000000,"writesPer":"PT0.0000001S"}}`,
		`{"answer":{"status":599,"retryAfter":86400,"retryAfterForm":"date"}}`,
	} {
		c.steer("POST", "/faults", rule).want(t, 201)
	}
}

// TestRetryAfterIsNeverMinusZero: JSON has a minus zero, and HTTP has none.
func TestRetryAfterIsNeverMinusZero(t *testing.T) {
	c, user := newFaultServer(t)
	c.fail(`{"answer":{"status":503,"retryAfter":-0.0}}`)
	if got := user.send("GET", collection, "").want(t, 503).header.Get("Retry-After"); got != "0" {
		t.Errorf("Retry-After is %q", got)
	}
}
