package handlers_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// seedBody is the body of the documented request, with valid values for its placeholders.
const seedBody = `{
  "@odata.type": "#microsoft.graph.callActivityStatistics",
  "activity": "Call",
  "startDate": "2019-07-03",
  "endDate": "2019-07-04",
  "timeZoneUsed": "Time Zone Used value",
  "duration": "-PT1M55.0810357S",
  "afterHours": "-PT1M34.3242013S"
}`

func TestDocumentedPatch(t *testing.T) {
	onEveryStore(t, func(t *testing.T, ts *testServer) {
		for _, base := range []string{"/beta", "/v1.0", "/localtest"} {
			for _, who := range []string{"/me", "/users/" + megan} {
				t.Run(base+who, func(t *testing.T) {
					ts := &testServer{t: t, store: ts.store, issuer: ts.issuer, url: ts.url, client: ts.client}
					before := ts.createSeed()
					token := ts.userToken(megan, "Analytics.ReadWrite")
					item := base + who + "/analytics/activityStatistics/" + seedID

					got := ts.do(call{method: "PATCH", path: item, token: token, body: seedBody})

					want := fmt.Sprintf(`{"@odata.context":"%s%s/$metadata#users('%s')/analytics/activityStatistics/microsoft.graph.callActivityStatistics/$entity",`+
						`"@odata.type":"#microsoft.graph.callActivityStatistics","@odata.etag":%q,"id":"%s","activity":"Call",`+
						`"startDate":"2019-07-03","endDate":"2019-07-04","timeZoneUsed":"Time Zone Used value",`+
						`"duration":"-PT1M55.0810357S","afterHours":"-PT1M34.3242013S"}`, ts.url, base, megan, got.header.Get("ETag"), seedID)
					if got.status != http.StatusOK || got.text != want {
						t.Errorf("got %d\n%s\nwant\n%s", got.status, got.text, want)
					}
					if got.header.Get("ETag") == before {
						t.Error("the entity tag did not change")
					}
					if read := ts.do(call{method: "GET", path: item, token: token}); read.text != want {
						t.Errorf("GET after it: %s", read.text)
					}
					if gone := ts.do(call{method: "DELETE", path: item, token: token}); gone.status != http.StatusNoContent {
						t.Errorf("DELETE: %d %s", gone.status, gone.text)
					}
				})
			}
		}
	})
}

func TestDocumentedPlaceholdersAreInvalid(t *testing.T) {
	onEveryStore(t, func(t *testing.T, ts *testServer) {
		ts.createSeed()
		got := ts.do(call{method: "PATCH", path: "/beta/me/analytics/activityStatistics/" + seedID,
			token: ts.userToken(megan, "Analytics.ReadWrite"), body: `{
				"@odata.type": "#microsoft.graph.callActivityStatistics", "activity": "String", "startDate": "Date",
				"endDate": "Date", "timeZoneUsed": "Time Zone Used value", "duration": "-PT1M55.0810357S", "afterHours": "-PT1M34.3242013S"}`})
		failed := got.failure(t)
		if got.status != http.StatusBadRequest || strings.Join(failed.targets(), " ") != "activity endDate startDate" {
			t.Errorf("got %d, details %v", got.status, failed.Details)
		}
	})
}

// TestUpdateByEverySpellingOfURL sends the documented PATCH to every spelling of its URL.
func TestUpdateByEverySpellingOfURL(t *testing.T) {
	ts := newTestServer(t, openSQLite(t))
	ts.createSeed()
	token := ts.userToken(megan, "Analytics.ReadWrite")
	const own = "/beta/me/analytics/activityStatistics/" + seedID
	const users = "/beta/users/" + megan + "/analytics/activityStatistics/" + seedID
	for path, as := range map[string]string{
		"/beta/callactivitystatistics/" + seedID:                                            own,
		"/beta/callActivityStatistics('" + seedID + "')":                                    own,
		"/beta/me/analytics/callactivitystatistics/" + seedID:                               own,
		"/beta/me/analytics/callactivitystatistics('" + seedID + "')":                       own,
		own + "/microsoft.graph.callActivityStatistics":                                     own,
		own + "/Microsoft.Graph.CALLactivitystatistics":                                     own,
		"/BETA/ME/Analytics/ACTIVITYSTATISTICS/" + seedID:                                   own,
		"/beta//me///analytics//activityStatistics//" + seedID + "/":                        own,
		"/beta/me/analytics/activityStatistics('" + seedID + "')":                           own,
		"/beta/me/analytics/activityStatistics(%27" + seedID + "%27)":                       own,
		"/beta/me/analytics/activityStatistics%28'" + seedID + "'%29":                       own,
		"/beta/me/analytics/activityStatistics/945f7e0b%2D7e0b-945f-0b7e-5f940b7e5f94":      own,
		"/beta/users('" + megan + "')/analytics/activitystatistics('" + seedID + "')":       users,
		"/beta/users/" + strings.ToUpper(megan) + "/analytics/activityStatistics/" + seedID: users,
		"//localtest/users/" + megan + "/analytics/callactivitystatistics/" + seedID:        users,
	} {
		got := ts.do(call{method: "PATCH", path: path, as: as, token: token, body: seedBody})
		if got.status != http.StatusOK || !strings.Contains(got.text, `"duration":"-PT1M55.0810357S"`) {
			t.Errorf("PATCH %s: %d %s", path, got.status, got.text)
		}
	}
	// Keys keep their case, and a cast to another type finds nothing.
	for _, path := range []string{
		"/beta/me/analytics/activityStatistics/" + strings.ToUpper(seedID),
		own + "/microsoft.graph.emailActivityStatistics",
	} {
		if got := ts.do(call{method: "PATCH", path: path, as: own, token: token, body: seedBody}); got.status != http.StatusNotFound {
			t.Errorf("PATCH %s: %d %s", path, got.status, got.text)
		}
	}
}

func TestUpdateMerges(t *testing.T) {
	onEveryStore(t, func(t *testing.T, ts *testServer) {
		token := ts.userToken(megan, "Analytics.ReadWrite")
		item := "/beta/me/analytics/activityStatistics/" + seedID
		patch := func(body string, header map[string]string) testResponse {
			return ts.do(call{method: "PATCH", path: item, token: token, body: body, header: header})
		}
		tag := ts.createSeed()

		t.Run("absent stays, null clears", func(t *testing.T) {
			got := patch(`{"timeZoneUsed":null,"afterHours":null,"startDate":null}`, nil).object(t)
			if got["timeZoneUsed"] != nil || got["afterHours"] != nil || got["startDate"] != nil ||
				got["duration"] != "PT1H" || got["endDate"] != "2019-06-17" || got["activity"] != "Call" {
				t.Errorf("got %v", got)
			}
			if got["@odata.etag"] == tag {
				t.Error("the entity tag did not change")
			}
		})
		for name, body := range map[string]string{
			"empty object":     `{}`,
			"annotations only": `{"@odata.context":"x","@odata.etag":"W/\"y\"","duration@odata.type":"#Duration"}`,
			"same values":      `{"duration":"PT60M","id":"` + seedID + `","@odata.type":"#microsoft.graph.callActivityStatistics"}`,
		} {
			t.Run("nothing to change: "+name, func(t *testing.T) {
				before := ts.do(call{method: "GET", path: item, token: token})
				got := patch(body, nil)
				if got.status != http.StatusOK || got.text != before.text {
					t.Errorf("got %d %s, want 200 %s", got.status, got.text, before.text)
				}
			})
		}
		t.Run("of a member that stands twice the last counts", func(t *testing.T) {
			if got := patch(`{"duration":null,"duration":"PT2H"}`, nil).object(t); got["duration"] != "PT2H" {
				t.Errorf("got %v", got)
			}
		})
		t.Run("canonical form", func(t *testing.T) {
			if got := patch(`{"duration":"PT36H90M0.5000000S"}`, nil).object(t); got["duration"] != "P1DT13H30M0.5S" {
				t.Errorf("got %v", got)
			}
		})
		t.Run("return=minimal", func(t *testing.T) {
			got := patch(`{"duration":"PT3H"}`, map[string]string{"Prefer": "return=minimal"})
			if got.status != http.StatusNoContent || got.text != "" || got.header.Get("Preference-Applied") != "return=minimal" || got.header.Get("ETag") == "" {
				t.Errorf("got %d %v %s", got.status, got.header, got.text)
			}
		})
	})
}

func TestCreateIfMissing(t *testing.T) {
	onEveryStore(t, func(t *testing.T, ts *testServer) {
		token := ts.userToken(megan, "Analytics.ReadWrite")
		patch := func(id, body string, header map[string]string) testResponse {
			return ts.do(call{method: "PATCH", path: "/beta/me/analytics/activityStatistics/" + id, token: token, body: body, header: header})
		}
		upsert := map[string]string{"Prefer": "create-if-missing"}
		created := patch("new", seedBody, upsert)
		if created.status != http.StatusCreated || created.header.Get("Preference-Applied") != "create-if-missing" {
			t.Errorf("create: %d %v", created.status, created.header)
		}
		if location := created.header.Get("Location"); ts.do(call{method: "GET", path: strings.TrimPrefix(location, ts.url), token: token}).status != http.StatusOK {
			t.Errorf("nothing at Location %q", location)
		}
		if again := patch("new", seedBody, upsert); again.status != http.StatusOK {
			t.Errorf("again: %d %s", again.status, again.text)
		}
		if got := patch("new", seedBody, map[string]string{"Prefer": "create-if-missing", "If-None-Match": "*"}); got.status != http.StatusPreconditionFailed {
			t.Errorf("insert only, but it exists: %d %s", got.status, got.text)
		}
		if got := patch("other", seedBody, map[string]string{"Prefer": "create-if-missing", "If-Match": "*"}); got.status != http.StatusPreconditionFailed {
			t.Errorf("update only, but it is missing: %d %s", got.status, got.text)
		}
		if got := patch("other", `{"duration":"PT1S"}`, upsert); got.status != http.StatusBadRequest || got.failure(t).Target != "@odata.type" {
			t.Errorf("without a type: %d %s", got.status, got.text)
		}
		minimal := patch("third", seedBody, map[string]string{"Prefer": "return=minimal, create-if-missing"})
		if minimal.status != http.StatusNoContent || minimal.header.Get("OData-EntityId") == "" || minimal.header.Get("Location") == "" {
			t.Errorf("minimal: %d %v", minimal.status, minimal.header)
		}
	})
}
