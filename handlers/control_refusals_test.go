package handlers_test

import (
	"strings"
	"testing"

	"afterhours/store/memory"
)

// TestControlRefusals sends what the control contract does not allow. Each response names what is wrong.
func TestControlRefusals(t *testing.T) {
	c := newControlServer(t, memory.New())
	const guid, unknown = "a GUID", "There is no property"
	for _, one := range []struct{ method, path, body, target, message string }{
		{"POST", "/reset", `{"tenant":"x"}`, "tenant", guid},
		{"POST", "/reset", `{"tenant":""}`, "tenant", guid},
		{"POST", "/reset", `{"tenant":7}`, "tenant", "text"},
		{"POST", "/reset", `{"Tenant":"` + tenant + `"}`, "Tenant", "tenant"},
		{"POST", "/reset", `[]`, "", "object"},
		{"POST", "/reset", `{`, "", "ends"},
		{"POST", "/reset?tenant=x", ``, "tenant", "no query option"},
		{"PUT", "/snapshots/a", `{"tenant":"x"}`, "tenant", guid},
		{"PUT", "/snapshots/a", `{"of":"x"}`, "of", unknown},
		{"PUT", "/snapshots/-a", ``, "name", "the name of a snapshot"},
		{"PUT", "/snapshots/a%2Fb", ``, "name", "the name of a snapshot"},
		{"PUT", "/snapshots/" + strings.Repeat("a", 65), ``, "name", "64"},
		{"DELETE", "/snapshots/-a", ``, "name", "the name of a snapshot"},
		{"POST", "/snapshots/-a/restore", ``, "name", "the name of a snapshot"},
		{"GET", "/snapshots?top=1", ``, "top", "no query option"},
		{"POST", "/tokens", `{"tenant":"x"}`, "tenant", guid},
		{"POST", "/tokens", `{"user":"x"}`, "user", guid},
		{"POST", "/tokens", `{"user":null}`, "user", "null"},
		{"POST", "/tokens", `{"upn":""}`, "upn", "empty"},
		{"POST", "/tokens", `{"upn":"a b"}`, "upn", "a user principal name"},
		{"POST", "/tokens", `{"scopes":"Analytics.Read"}`, "scopes", "array"},
		{"POST", "/tokens", `{"scopes":["a b"]}`, "scopes/0", "one word"},
		{"POST", "/tokens", `{"roles":[""]}`, "roles/0", "empty"},
		{"POST", "/tokens", `{"roles":["a"],"scopes":["b"]}`, "roles", "either"},
		{"POST", "/tokens", `{"roles":["a"],"upn":"b"}`, "upn", "application"},
		{"POST", "/tokens", `{"expiresIn":"1h"}`, "expiresIn", "PT1H30M"},
		{"POST", "/tokens", `{"expiresIn":3600}`, "expiresIn", "text"},
		{"POST", "/tokens", `{"expiresIn":"PT0.9S"}`, "expiresIn", "a second"},
		{"POST", "/tokens", `{"expiresIn":"P10675199D"}`, "expiresIn", "9999"},
		{"POST", "/tokens", `{"expiresIn":"-P36500D"}`, "expiresIn", "1970"},
		{"POST", "/tokens", `{"notBefore":"today"}`, "notBefore", "2026-11-23T14:00:00Z"},
		{"POST", "/tokens", `{"notBefore":"2026-02-30T00:00:00Z"}`, "notBefore", "2026-11-23T14:00:00Z"},
		{"POST", "/tokens", `{"notBefore":"1969-01-01T00:00:00Z"}`, "notBefore", "1970"},
		{"POST", "/tokens", `{"audience":""}`, "audience", "empty"},
		{"POST", "/tokens", `{"cae":"yes"}`, "cae", "true or false"},
		{"POST", "/tokens", `{"scope":"x"}`, "scope", unknown},
		{"PUT", "/clock", `{}`, "now", "now"},
		{"PUT", "/clock", `{"now":"noon"}`, "now", "2026-11-23T14:00:00Z"},
		{"PUT", "/clock", `{"now":"1969-12-31T00:00:00Z"}`, "now", "1970"},
		{"PUT", "/clock", `{"now":"2026-11-23T14:00:00"}`, "now", "2026-11-23T14:00:00Z"},
		{"PUT", "/clock", ``, "", ""},
		{"POST", "/clock/advance", `{}`, "by", "by"},
		{"POST", "/clock/advance", `{"by":"1h"}`, "by", "PT1H30M"},
		{"POST", "/clock/advance", `{"by":null}`, "by", "null"},
		{"POST", "/clock/advance", `{"by":"P10675199D"}`, "by", "9999"},
		{"POST", "/clock/advance", `{"by":"-P36500D"}`, "by", "1970"},
		{"GET", "/requests?method=PACTH", ``, "method", "PATCH"},
		{"GET", "/requests?status=99", ``, "status", "100"},
		{"GET", "/requests?status=ok", ``, "status", "status"},
		{"GET", "/requests?tenant=x", ``, "tenant", guid},
		{"GET", "/requests?user=x", ``, "user", guid},
		{"GET", "/requests?client-request-id=a%20b", ``, "client-request-id", "an id of a request"},
		{"GET", "/requests?count=0", ``, "count", "1"},
		{"GET", "/requests?count=1001", ``, "count", "1000"},
		{"GET", "/requests?wait=10", ``, "wait", "PT1H30M"},
		{"GET", "/requests?wait=PT31S", ``, "wait", "PT30S"},
		{"GET", "/requests?wait=-PT1S", ``, "wait", "PT30S"},
		{"GET", "/requests?wait=P10675199D", ``, "wait", "PT30S"},
		{"GET", "/requests?wait=PT1S&wait=PT1S", ``, "wait", "2 times"},
		{"GET", "/requests?route=" + strings.Repeat("a", 201), ``, "route", "200"},
		{"GET", "/requests?rout=/me", ``, "rout", "no query option"},
	} {
		if one.body == "" && one.message == "" { // a body that must be there, of no type
			c.steer(one.method, one.path, "").wantRefused(t, 415, "UnsupportedMediaType", "Content-Type", "application/json")
			continue
		}
		got := c.steer(one.method, one.path, one.body)
		if failed := got.failure(t); got.status != 400 || !strings.Contains(got.text, one.message) || failed.Target != one.target {
			t.Errorf("%s %s %s: %d, target %q: %.400s\nwant 400, %q, %q", one.method, one.path, one.body, got.status, failed.Target, got.text, one.target, one.message)
		}
	}
	c.steer("POST", "/reset", strings.Repeat(" ", 1<<20)+"{}").wantRefused(t, 413, "RequestEntityTooLarge", "", "1048576")
	c.steer("PATCH", "/reset", "{}").wantRefused(t, 405, "Request_BadRequest", "", "POST")
	c.steer("GET", "/reset", "").wantRefused(t, 405, "Request_BadRequest", "", "POST")
	c.steer("GET", "/nothing", "").wantRefused(t, 404, "ResourceNotFound", "", "")
}
