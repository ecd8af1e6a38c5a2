package handlers_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"afterhours/handlers/auth"
)

// refusal is a request that must be refused, and its error.
type refusal struct {
	name    string
	call    call
	status  int
	code    string
	target  string // the target of the error or of one of its details
	message string // a part of the message of the error or of one of its details
}

// refusals returns requests of megan about the documented object, which exists. She may write it,
// unless the row says otherwise.
func refusals(ts *testServer) []refusal {
	const bad, unauthorized, forbidden = http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden
	mine := ts.userToken(megan, "Analytics.ReadWrite")
	patch := func(body string) call { return call{method: "PATCH", path: seedItem, token: mine, body: body} }
	with := func(c call, name, value string) call {
		c.header = map[string]string{name: value}
		return c
	}
	by := func(token string) call {
		return call{method: "PATCH", path: seedItem, token: token, body: `{"duration":"PT5H"}`}
	}
	at := func(method, path string) call {
		return call{method: method, path: path, token: mine, body: `{"duration":"PT5H"}`}
	}
	elsewhere := auth.Claims{Tenant: otherTenant, User: megan, Scopes: []string{"Analytics.ReadWrite"}, Expires: time.Hour}
	expired := auth.Claims{Tenant: tenant, User: megan, Scopes: []string{"Analytics.ReadWrite"}, Expires: -time.Hour}
	personal := auth.Claims{Tenant: "9188040d-6c67-4c5b-b112-36a304b66dad", User: megan, Scopes: []string{"Analytics.ReadWrite"}, Expires: time.Hour}
	long := strings.Repeat("x", 129)

	return []refusal{
		{"unknown property", patch(`{"duration":"PT5H","color":"red"}`), bad, "BadRequest", "color", "There is no property 'color'"},
		{"property in another case", patch(`{"Duration":"PT5H"}`), bad, "BadRequest", "Duration", "There is no property 'Duration'"},
		{"wrong type", patch(`{"duration":300}`), bad, "BadRequest", "duration", "is 300; it must be a text, as in PT1H30M"},
		{"wrong type of a string", patch(`{"timeZoneUsed":["x"]}`), bad, "BadRequest", "timeZoneUsed", "is an array; it must be a text"},
		{"property of another type", patch(`{"readEmail":"PT5M"}`), bad, "BadRequest", "readEmail", "does not exist on type 'microsoft.graph.callActivityStatistics'"},
		{"null property of another type", patch(`{"readEmail":null}`), bad, "BadRequest", "readEmail", "does not exist on type"},
		{"null for activity", patch(`{"activity":null}`), bad, "BadRequest", "activity", "'activity' is null; it must be one of"},
		{"unknown activity", patch(`{"activity":"call"}`), bad, "BadRequest", "activity", "'activity' is 'call'; it must be one of Email, Meeting, Focus, Chat, Call"},
		{"the string null for activity", patch(`{"activity":"null"}`), bad, "BadRequest", "activity", "it must be one of"},
		{"body id that differs", patch(`{"id":"other","duration":"PT5H"}`), bad, "BadRequest", "id", "cannot be changed"},
		{"type that differs", patch(`{"@odata.type":"#microsoft.graph.emailActivityStatistics"}`), bad, "BadRequest", "@odata.type", "type cannot be changed"},
		{"type that does not exist", patch(`{"@odata.type":"#microsoft.graph.user"}`), bad, "BadRequest", "@odata.type", "it must be one of"},
		{"text with a control character", patch(`{"timeZoneUsed":"a\u0000b"}`), bad, "BadRequest", "timeZoneUsed", "it must be"},
		{"text that is too long", patch(`{"timeZoneUsed":"` + strings.Repeat("ä", 257) + `"}`), bad, "BadRequest", "timeZoneUsed", "longer than 256"},

		{"duration PT", patch(`{"duration":"PT"}`), bad, "BadRequest", "duration", "expected hours, minutes or seconds after the T"},
		{"duration P1Y", patch(`{"duration":"P1Y"}`), bad, "BadRequest", "duration", "years have no fixed length"},
		{"duration 1h", patch(`{"duration":"1h"}`), bad, "BadRequest", "duration", "expected a P"},
		{"duration of 8 significant digits", patch(`{"duration":"PT0.12345678S"}`), bad, "BadRequest", "duration", "only zeros can follow the seventh decimal"},
		{"duration out of range", patch(`{"duration":"P10675199DT2H48M5.4775808S"}`), bad, "BadRequest", "duration", "range"},
		{"duration out of range below", patch(`{"duration":"-P10675199DT2H48M5.4775809S"}`), bad, "BadRequest", "duration", "range"},
		{"empty duration", patch(`{"duration":""}`), bad, "BadRequest", "duration", "expected a P"},
		{"duration too long", patch(`{"duration":"P` + strings.Repeat("0", 80) + `1D"}`), bad, "BadRequest", "duration", "longer than 64"},
		{"date 2019-02-30", patch(`{"startDate":"2019-02-30"}`), bad, "BadRequest", "startDate", "2019-02"},
		{"date with a time", patch(`{"startDate":"2019-07-03T00:00:00Z"}`), bad, "BadRequest", "startDate", "YYYY-MM-DD"},
		{"empty date", patch(`{"startDate":""}`), bad, "BadRequest", "startDate", "YYYY-MM-DD"},
		{"year 0", patch(`{"startDate":"0000-01-01"}`), bad, "BadRequest", "startDate", "0001"},

		{"empty body", with(patch(""), "Content-Type", "application/json"), bad, "BadRequest", "", "the body is empty"},
		{"an array", patch(`[]`), bad, "BadRequest", "", "The body is an array; it must be a JSON object"},
		{"null", patch(`null`), bad, "BadRequest", "", "The body is null; it must be a JSON object"},
		{"number out of range", patch(`{"duration":1e999}`), bad, "BadRequest", "", "the number 1e999 is out of range"},
		{"trailing text", patch(`{"duration":"PT5H"} and more`), bad, "BadRequest", "", "Unable to read JSON"},
		{"two documents", patch(`{"duration":"PT5H"}{"duration":"PT6H"}`), bad, "BadRequest", "", "Unable to read JSON"},
		{"broken JSON", patch(`{"duration":`), bad, "BadRequest", "", "Unable to read JSON"},
		{"invalid UTF-8", patch("{\"timeZoneUsed\":\"\xff\"}"), bad, "BadRequest", "", "UTF-8"},
		{"lone surrogate", patch(`{"timeZoneUsed":"\ud800"}`), bad, "BadRequest", "", "Unable to read JSON"},
		{"nested too deeply", patch(strings.Repeat(`{"a":`, 20000)), bad, "BadRequest", "", "Unable to read JSON"},
		{"wrong media type", with(patch(`{"duration":"PT5H"}`), "Content-Type", "text/plain"), http.StatusUnsupportedMediaType, "UnsupportedMediaType", "Content-Type", "it must be application/json"},
		{"no media type", with(patch(`{"duration":"PT5H"}`), "Content-Type", ""), http.StatusUnsupportedMediaType, "UnsupportedMediaType", "Content-Type", "it must be application/json"},
		{"unknown encoding", with(patch(`{"duration":"PT5H"}`), "Content-Encoding", "br"), http.StatusUnsupportedMediaType, "UnsupportedMediaType", "Content-Encoding", "gzip"},
		{"body over 1 MiB", patch(`{"timeZoneUsed":"` + strings.Repeat("x", 1<<20) + `"}`), http.StatusRequestEntityTooLarge, "RequestEntityTooLarge", "", "larger than 1048576 bytes"},
		{"gzip body over 1 MiB", with(patch(gzipped(ts.t, `{"timeZoneUsed":"`+strings.Repeat("x", 1<<20)+`"}`)), "Content-Encoding", "gzip"), http.StatusRequestEntityTooLarge, "RequestEntityTooLarge", "", "larger than 1048576 bytes"},
		{"gzip cut short", with(patch(gzipped(ts.t, `{"duration":"PT5H"}`)[:20]), "Content-Encoding", "gzip"), bad, "BadRequest", "", "does not arrive whole"},
		{"no gzip at all", with(patch(strings.Repeat("x", 100)), "Content-Encoding", "gzip"), bad, "BadRequest", "", "Unable to read JSON"},
		{"two encodings", with(patch(`{}`), "Content-Encoding", "gzip, br"), http.StatusUnsupportedMediaType, "UnsupportedMediaType", "Content-Encoding", "it must be gzip"},

		{"no token", by(""), unauthorized, "InvalidAuthenticationToken", "Authorization", "Access token is empty"},
		{"not a bearer token", with(by(""), "Authorization", "Basic bWVnYW46cGFzcw=="), unauthorized, "InvalidAuthenticationToken", "Authorization", "Bearer"},
		{"forged token", by(mine[:len(mine)-6] + "AAAAAA"), unauthorized, "InvalidAuthenticationToken", "Authorization", "signature"},
		{"expired token", by(ts.mint(expired)), unauthorized, "InvalidAuthenticationToken", "Authorization", "expired"},
		{"personal account", by(ts.mint(personal)), unauthorized, "InvalidAuthenticationToken", "Authorization", "Personal Microsoft accounts"},
		{"read scope on a write", by(ts.userToken(megan, "Analytics.Read")), forbidden, "Authorization_RequestDenied", "", "needs one of: Analytics.ReadWrite"},
		{"unknown scope", by(ts.userToken(megan, "User.Read")), forbidden, "Authorization_RequestDenied", "", "needs one of: Analytics.ReadWrite"},
		{"scope in another case", by(ts.userToken(megan, "analytics.readwrite")), forbidden, "Authorization_RequestDenied", "", "needs one of"},
		{"application on /me", by(ts.appToken("Analytics.ReadWrite.All")), forbidden, "Authorization_RequestDenied", "", "Use /users/{user-id}"},
		{"application's role as a user's scope", by(ts.userToken(megan, "Analytics.ReadWrite.All")), forbidden, "Authorization_RequestDenied", "", "needs one of"},
		{"another user's data", at("PATCH", "/beta/users/"+lee+"/analytics/activityStatistics/"+seedID), forbidden, "Authorization_RequestDenied", "user-id", "own statistics alone"},
		{"another user's data by an unknown name", at("PATCH", "/beta/users/nobody@example.com/analytics/activityStatistics/"+seedID), forbidden, "Authorization_RequestDenied", "user-id", "own statistics alone"},
		{"read role on a write", call{method: "PATCH", path: "/beta/users/" + megan + "/analytics/activityStatistics/" + seedID, token: ts.appToken("Analytics.Read.All"), body: `{}`}, forbidden, "Authorization_RequestDenied", "", "Analytics.ReadWrite.All"},
		{"other tenant", by(ts.mint(elsewhere)), http.StatusNotFound, "ResourceNotFound", "", "There is no statistic '" + seedID + "'"},
		{"unknown name", call{method: "PATCH", path: "/beta/users/nobody@example.com/analytics/activityStatistics/" + seedID, token: ts.appToken("Analytics.ReadWrite.All"), body: `{}`}, http.StatusNotFound, "ResourceNotFound", "user-id", "has no user with this name. Write the user's object id"},

		{"unknown id", at("PATCH", "/beta/me/analytics/activityStatistics/none"), http.StatusNotFound, "ResourceNotFound", "", "There is no statistic 'none'"},
		{"unknown id with If-Match", with(at("PATCH", "/beta/me/analytics/activityStatistics/none"), "If-Match", "*"), http.StatusNotFound, "ResourceNotFound", "", "There is no statistic 'none'"},
		{"over-long id", at("PATCH", "/beta/me/analytics/activityStatistics/"+long), bad, "BadRequest", "activityStatistics-id", "longer than 128"},
		{"encoded slash in an id", at("PATCH", "/beta/me/analytics/activityStatistics/a%2Fb"), bad, "BadRequest", "activityStatistics-id", "is 'a/b'; it must be an id"},
		{"encoded null in an id", at("PATCH", "/beta/me/analytics/activityStatistics/a%00b"), bad, "BadRequest", "activityStatistics-id", "it must be"},
		{"plus in an id", at("PATCH", "/beta/me/analytics/activityStatistics/a+b"), bad, "BadRequest", "activityStatistics-id", "is 'a+b'; it must be an id"},
		{"over-long user", at("GET", "/beta/users/"+long+"/analytics/activityStatistics"), bad, "BadRequest", "user-id", "longer than 128"},
		{"unknown segment", at("PATCH", "/beta/me/analytic/activityStatistics/x"), http.StatusNotFound, "ResourceNotFound", "", "Resource not found for the path"},
		{"unknown base", at("GET", "/v2.0/me/analytics/activityStatistics"), http.StatusNotFound, "ResourceNotFound", "", "Resource not found for the path"},
		{"wrong method", at("POST", seedItem), http.StatusMethodNotAllowed, "Request_BadRequest", "", "method is not allowed"},
		{"wrong method at $count", at("DELETE", "/beta/me/analytics/activityStatistics/$count"), http.StatusMethodNotAllowed, "Request_BadRequest", "", "Allowed here: GET"},
		{"unknown $-segment", at("GET", "/beta/me/analytics/activityStatistics/$value"), http.StatusNotFound, "ResourceNotFound", "", "Resource not found for the path"},
		{"key after a name that takes none", at("GET", "/beta/me('x')/analytics/settings"), http.StatusNotFound, "ResourceNotFound", "", "Resource not found for the path"},
		{"older form of $count", at("GET", "/beta/callactivitystatistics/$count"), http.StatusNotFound, "ResourceNotFound", "", "Resource not found for the path"},
		{"overridden method", with(at("POST", seedItem), "X-HTTP-Method-Override", "PATCH"), http.StatusMethodNotAllowed, "Request_BadRequest", "", "method is not allowed"},
		{"unknown query option", at("PATCH", seedItem+"?$expand=x"), bad, "BadRequest", "$expand", "There is no query option '$expand'"},
		{"query option whose name a shell replaced", at("GET", "/beta/me/analytics/activityStatistics?=id%20eq%20%27x%27"), bad, "BadRequest", "query", "put the URL in single quotes"},
		{"two query options whose names a shell replaced", at("GET", "/beta/me/analytics/activityStatistics?=5&=10"), bad, "BadRequest", "query", "put the URL in single quotes"},
		{"query option whose name and word a shell replaced", at("GET", "/beta/me/analytics/activityStatistics?%20eq%20%27x%27"), bad, "BadRequest", "query", "put the URL in single quotes"},
		{"malformed query", at("PATCH", seedItem+"?$top=%zz"), bad, "BadRequest", "query", "two hexadecimal digits"},
		{"$top below 0", at("GET", "/beta/me/analytics/activityStatistics?$top=-1"), bad, "BadRequest", "$top", "at least 0"},
		{"$top of 1001", at("GET", "/beta/me/analytics/activityStatistics?$top=1001"), bad, "BadRequest", "$top", "1000"},
		{"$top in hexadecimal", at("GET", "/beta/me/analytics/activityStatistics?$top=0x10"), bad, "BadRequest", "$top", "a whole number from 0 to 1000"},
		{"$top twice", at("GET", "/beta/me/analytics/activityStatistics?$top=1&$top=2"), bad, "BadRequest", "$top", "given 2 times"},
		{"$skiptoken of others", at("GET", "/beta/me/analytics/activityStatistics?$skiptoken=A"), bad, "BadRequest", "$skiptoken", "one of this server"},

		{"stale If-Match", with(patch(`{"duration":"PT5H"}`), "If-Match", `W/"AAAAAAAAAAA"`), http.StatusPreconditionFailed, "resourceModified", "If-Match", "read it again"},
		{"If-None-Match on DELETE", with(at("DELETE", seedItem), "If-None-Match", `*`), http.StatusPreconditionFailed, "resourceModified", "If-None-Match", "exists"},
		{"stale If-Match on GET", with(at("GET", seedItem), "If-Match", `"x"`), http.StatusPreconditionFailed, "resourceModified", "If-Match", "read it again"},
		{"stale If-Match on DELETE", with(at("DELETE", seedItem), "If-Match", `W/"AAAAAAAAAAA", "x"`), http.StatusPreconditionFailed, "resourceModified", "If-Match", "read it again"},
		{"malformed If-Match", with(patch(`{"duration":"PT5H"}`), "If-Match", `AAAAAAAAAAA`), bad, "BadRequest", "If-Match", "it must be"},
		{"If-None-Match on a write", with(patch(`{"duration":"PT5H"}`), "If-None-Match", `*`), http.StatusPreconditionFailed, "resourceModified", "If-None-Match", "exists"},

		{"upsert of what is of another type than the URL's", with(call{method: "PATCH", path: seedItem + "/microsoft.graph.focusActivityStatistics", as: seedItem, token: mine, body: `{"@odata.type":"#microsoft.graph.focusActivityStatistics"}`}, "Prefer", "create-if-missing"), http.StatusNotFound, "ResourceNotFound", "", "is no microsoft.graph.focusActivityStatistics"},
		{"upsert of another type than the URL's", with(call{method: "PATCH", path: "/beta/callactivitystatistics/new", as: seedItem, token: mine, body: `{"@odata.type":"#microsoft.graph.focusActivityStatistics"}`}, "Prefer", "create-if-missing"), bad, "BadRequest", "@odata.type", "it must be '#microsoft.graph.callActivityStatistics', which is the type in the URL"},
		{"create what exists", call{method: "POST", path: "/beta/me/analytics/activityStatistics", token: mine, body: `{"@odata.type":"#microsoft.graph.callActivityStatistics","id":"` + seedID + `"}`}, http.StatusConflict, "nameAlreadyExists", "id", "already"},
		{"create without a type", call{method: "POST", path: "/beta/me/analytics/activityStatistics", token: mine, body: `{"id":"new"}`}, bad, "BadRequest", "@odata.type", "it must be one of #microsoft.graph.callActivityStatistics"},
		{"create of an unknown type", call{method: "POST", path: "/beta/me/analytics/activityStatistics", token: mine, body: `{"@odata.type":"#microsoft.graph.activityStatistics"}`}, bad, "BadRequest", "@odata.type", "it must be one of #microsoft.graph.callActivityStatistics"},
		{"create with a property of another type", call{method: "POST", path: "/beta/me/analytics/activityStatistics", token: mine, body: `{"@odata.type":"#microsoft.graph.focusActivityStatistics","afterHours":"PT0S"}`}, bad, "BadRequest", "afterHours", "There is no property 'afterHours'"},
		{"create with a bad id", call{method: "POST", path: "/beta/me/analytics/activityStatistics", token: mine, body: `{"@odata.type":"#microsoft.graph.callActivityStatistics","id":"a/b"}`}, bad, "BadRequest", "id", "it must be"},
	}
}

// TestRefusals checks that each request is refused with its status and a message that names what is
// wrong, and changes nothing.
func TestRefusals(t *testing.T) {
	onEveryStore(t, func(t *testing.T, ts *testServer) {
		ts.createSeed()
		everything := func() string {
			return ts.do(call{method: "GET", path: "/beta/me/analytics/activityStatistics?$count=true", token: ts.userToken(megan, "Analytics.Read")}).text
		}
		before := everything()
		for _, row := range refusals(ts) {
			t.Run(row.name, func(t *testing.T) {
				got := ts.do(row.call)
				got.wantRefused(t, row.status, row.code, row.target, row.message)
				challenge := got.header.Get("WWW-Authenticate")
				if (got.status == http.StatusUnauthorized) && !strings.HasPrefix(challenge, "Bearer ") {
					t.Errorf("401 with WWW-Authenticate %q", challenge)
				}
				if got.status == http.StatusMethodNotAllowed && got.header.Get("Allow") == "" {
					t.Error("405 without Allow")
				}
				if after := everything(); after != before {
					t.Errorf("something changed:\n%s\n%s", before, after)
				}
			})
		}
	})
}

// TestResponseNamesFiftyFaultsAtMost checks that a response does not name thousands of faults.
func TestResponseNamesFiftyFaultsAtMost(t *testing.T) {
	ts := newTestServer(t, openSQLite(t))
	ts.createSeed()
	var body strings.Builder
	body.WriteString(`{"duration":"PT","startDate":"Date"`)
	for i := range 4000 {
		fmt.Fprintf(&body, `,"p%d":1`, i)
	}
	got := ts.do(call{method: "PATCH", path: seedItem,
		token: ts.userToken(megan, "Analytics.ReadWrite"), body: body.String() + "}"})
	failed := got.failure(t)
	if got.status != http.StatusBadRequest || len(failed.Details) != 50 || !strings.Contains(failed.Message, "many places") {
		t.Errorf("%d, %d details, %s", got.status, len(failed.Details), failed.Message)
	}
}
