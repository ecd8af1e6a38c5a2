package handlers_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"afterhours/store/edm"
)

// seedBody is the documented request's, with real dates and the enumeration's own
// value for the placeholders.
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
	onEveryStore(t, func(t *testing.T, w *world) {
		for _, base := range []string{"/beta", "/v1.0", "/localtest"} {
			for _, who := range []string{"/me", "/users/" + megan} {
				t.Run(base+who, func(t *testing.T) {
					w := &world{t: t, store: w.store, issuer: w.issuer, url: w.url, client: w.client}
					before := w.createSeed()
					token := w.userToken(megan, "Analytics.ReadWrite")
					item := base + who + "/analytics/activityStatistics/" + seedID

					got := w.do(call{method: "PATCH", path: item, token: token, body: seedBody})

					want := fmt.Sprintf(`{"@odata.context":"%s%s/$metadata#users('%s')/analytics/activityStatistics/microsoft.graph.callActivityStatistics/$entity",`+
						`"@odata.type":"#microsoft.graph.callActivityStatistics","@odata.etag":%q,"id":"%s","activity":"Call",`+
						`"startDate":"2019-07-03","endDate":"2019-07-04","timeZoneUsed":"Time Zone Used value",`+
						`"duration":"-PT1M55.0810357S","afterHours":"-PT1M34.3242013S"}`, w.url, base, megan, got.header.Get("ETag"), seedID)
					if got.status != http.StatusOK || got.text != want {
						t.Errorf("got %d\n%s\nwant\n%s", got.status, got.text, want)
					}
					if got.header.Get("ETag") == before {
						t.Error("the entity tag did not change")
					}
					if read := w.do(call{method: "GET", path: item, token: token}); read.text != want {
						t.Errorf("GET after it: %s", read.text)
					}
					if gone := w.do(call{method: "DELETE", path: item, token: token}); gone.status != http.StatusNoContent {
						t.Errorf("DELETE: %d %s", gone.status, gone.text)
					}
				})
			}
		}
	})
}

func TestDocumentedPlaceholdersAreNamed(t *testing.T) {
	onEveryStore(t, func(t *testing.T, w *world) {
		w.createSeed()
		got := w.do(call{method: "PATCH", path: "/beta/me/analytics/activityStatistics/" + seedID,
			token: w.userToken(megan, "Analytics.ReadWrite"), body: `{
				"@odata.type": "#microsoft.graph.callActivityStatistics", "activity": "String", "startDate": "Date",
				"endDate": "Date", "timeZoneUsed": "Time Zone Used value", "duration": "-PT1M55.0810357S", "afterHours": "-PT1M34.3242013S"}`})
		failed := got.failure(t)
		if got.status != http.StatusBadRequest || strings.Join(failed.targets(), " ") != "activity endDate startDate" {
			t.Errorf("got %d, details %v", got.status, failed.Details)
		}
	})
}

// TestOtherSpellings sends the documented PATCH to every spelling of its address.
func TestOtherSpellings(t *testing.T) {
	w := newWorld(t, openSQLite(t))
	w.createSeed()
	token := w.userToken(megan, "Analytics.ReadWrite")
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
		got := w.do(call{method: "PATCH", path: path, as: as, token: token, body: seedBody})
		if got.status != http.StatusOK || !strings.Contains(got.text, `"duration":"-PT1M55.0810357S"`) {
			t.Errorf("PATCH %s: %d %s", path, got.status, got.text)
		}
	}
	// Keys keep their case, and a cast to another type finds nothing.
	for _, path := range []string{
		"/beta/me/analytics/activityStatistics/" + strings.ToUpper(seedID),
		own + "/microsoft.graph.emailActivityStatistics",
	} {
		if got := w.do(call{method: "PATCH", path: path, as: own, token: token, body: seedBody}); got.status != http.StatusNotFound {
			t.Errorf("PATCH %s: %d %s", path, got.status, got.text)
		}
	}
}

func TestMerge(t *testing.T) {
	onEveryStore(t, func(t *testing.T, w *world) {
		token := w.userToken(megan, "Analytics.ReadWrite")
		item := "/beta/me/analytics/activityStatistics/" + seedID
		patch := func(body string, header map[string]string) reply {
			return w.do(call{method: "PATCH", path: item, token: token, body: body, header: header})
		}
		tag := w.createSeed()

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
				before := w.do(call{method: "GET", path: item, token: token})
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
	onEveryStore(t, func(t *testing.T, w *world) {
		token := w.userToken(megan, "Analytics.ReadWrite")
		patch := func(id, body string, header map[string]string) reply {
			return w.do(call{method: "PATCH", path: "/beta/me/analytics/activityStatistics/" + id, token: token, body: body, header: header})
		}
		upsert := map[string]string{"Prefer": "create-if-missing"}
		created := patch("new", seedBody, upsert)
		if created.status != http.StatusCreated || created.header.Get("Preference-Applied") != "create-if-missing" {
			t.Errorf("create: %d %v", created.status, created.header)
		}
		if location := created.header.Get("Location"); w.do(call{method: "GET", path: strings.TrimPrefix(location, w.url), token: token}).status != http.StatusOK {
			t.Errorf("nothing at Location %q", location)
		}
		if again := patch("new", seedBody, upsert); again.status != http.StatusOK {
			t.Errorf("again: %d %s", again.status, again.text)
		}
		if got := patch("new", seedBody, map[string]string{"Prefer": "create-if-missing", "If-None-Match": "*"}); got.status != http.StatusPreconditionFailed {
			t.Errorf("insert only, but it is there: %d %s", got.status, got.text)
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

// TestIncrementsWithIfMatch: 100 clients make 100 increments each by GET and PATCH
// with If-Match; what is stored counts exactly the PATCHes that answered 200.
func TestIncrementsWithIfMatch(t *testing.T) {
	onEveryStore(t, func(t *testing.T, w *world) {
		w.createSeed()
		token := w.userToken(megan, "Analytics.ReadWrite")
		item := "/beta/me/analytics/activityStatistics/" + seedID
		if got := w.do(call{method: "PATCH", path: item, token: token, body: `{"duration":"PT0S"}`}); got.status != http.StatusOK {
			t.Fatal(got.text)
		}
		var succeeded, conflicted counter
		inParallel(t, 100, func(ctx context.Context, _ int) error {
			for range 100 {
				read, err := w.try(ctx, call{method: "GET", path: item, token: token})
				if err != nil {
					return err
				}
				got, err := w.try(ctx, call{method: "PATCH", path: item, token: token,
					header: map[string]string{"If-Match": read.header.Get("ETag")},
					body:   fmt.Sprintf(`{"duration":"PT%dS"}`, seconds(read.text)+1)})
				switch {
				case err != nil:
					return err
				case got.status == http.StatusOK:
					succeeded.add()
				case got.status == http.StatusPreconditionFailed:
					conflicted.add()
				default:
					return fmt.Errorf("PATCH: %d %s", got.status, got.text)
				}
			}
			return nil
		})
		final := w.do(call{method: "GET", path: item, token: token})
		if kept := seconds(final.text); kept != succeeded.n || succeeded.n+conflicted.n != 10000 || succeeded.n == 0 {
			t.Errorf("%d increments kept of %d that answered 200 (%d answered 412)", kept, succeeded.n, conflicted.n)
		}
	})
}

// TestConcurrentPatchesOfDifferentProperties: 10,000 PATCHes without If-Match, in
// rounds in which the writers of all eight properties of one statistic write at
// once, through two servers over one store. After each round all are there.
func TestConcurrentPatchesOfDifferentProperties(t *testing.T) {
	properties := []string{"duration", "afterHours", "conflicting", "long", "multitasking", "organized", "recurring", "timeZoneUsed"}
	onEveryStore(t, func(t *testing.T, w *world) {
		token := w.userToken(megan, "Analytics.ReadWrite")
		const item = "/beta/me/analytics/activityStatistics/busy"
		if got := w.do(call{method: "PATCH", path: item, token: token, header: map[string]string{"Prefer": "create-if-missing"},
			body: `{"@odata.type":"#microsoft.graph.meetingActivityStatistics"}`}); got.status != http.StatusCreated {
			t.Fatal(got.text)
		}
		servers := []*world{w, w.another()}
		for round := range 10000 / len(properties) {
			value := edm.Duration(round + 1).String()
			inParallel(t, len(properties), func(ctx context.Context, i int) error {
				got, err := servers[i%2].try(ctx, call{method: "PATCH", path: item, token: token, body: fmt.Sprintf(`{"%s":"%s"}`, properties[i], value)})
				if want := fmt.Sprintf(`"%s":"%s"`, properties[i], value); err != nil || got.status != http.StatusOK || !strings.Contains(got.text, want) {
					return fmt.Errorf("PATCH: %d %s %w", got.status, got.text, err)
				}
				return nil
			})
			after := w.do(call{method: "GET", path: item, token: token}).object(t)
			for _, property := range properties {
				if after[property] != value {
					t.Fatalf("round %d: %s is %v, want %s", round, property, after[property], value)
				}
			}
		}
	})
}

// TestWritersOfAllKinds: PATCH, POST and DELETE of one statistic at once, through
// two servers, answer nothing but what they may, and leave what the last one says.
func TestWritersOfAllKinds(t *testing.T) {
	onEveryStore(t, func(t *testing.T, w *world) {
		token := w.userToken(megan, "Analytics.ReadWrite")
		servers := []*world{w, w.another()}
		var created, deleted counter
		inParallel(t, 16, func(ctx context.Context, i int) error {
			for range 100 {
				c := call{method: "PATCH", path: collection + "/one", token: token, body: seedBody, header: map[string]string{"Prefer": "create-if-missing"}}
				switch i % 4 {
				case 1:
					c = call{method: "POST", path: collection, token: token, body: `{"@odata.type":"#microsoft.graph.callActivityStatistics","id":"one"}`}
				case 2:
					c = call{method: "DELETE", path: collection + "/one", token: token}
				}
				got, err := servers[i/4%2].try(ctx, c)
				switch {
				case err != nil:
					return err
				case got.status == http.StatusCreated:
					created.add()
				case got.status == http.StatusNoContent:
					deleted.add()
				case got.status != http.StatusOK && got.status != http.StatusConflict && got.status != http.StatusNotFound:
					return fmt.Errorf("%s: %d %s", c.method, got.status, got.text)
				}
			}
			return nil
		})
		left := 0
		if w.do(call{method: "GET", path: collection + "/one", token: token}).status == http.StatusOK {
			left = 1
		}
		if created.n-deleted.n != left {
			t.Errorf("%d created, %d deleted, %d left", created.n, deleted.n, left)
		}
	})
}

// counter counts from many goroutines.
type counter struct {
	mu sync.Mutex
	n  int
}

func (c *counter) add() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n++
}

// inParallel runs work n times at once and reports the errors.
func inParallel(t *testing.T, n int, work func(ctx context.Context, i int) error) {
	t.Helper()
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() {
			if err := work(t.Context(), i); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
}

// seconds returns the duration of a statistic in its JSON, in whole seconds.
func seconds(text string) int {
	_, rest, _ := strings.Cut(text, `"duration":"PT`)
	total, number := 0, 0
	for _, c := range rest {
		switch {
		case '0' <= c && c <= '9':
			number = number*10 + int(c-'0')
		case c == 'H':
			total, number = total+number*3600, 0
		case c == 'M':
			total, number = total+number*60, 0
		case c == 'S':
			return total + number
		default:
			return total
		}
	}
	return total
}
