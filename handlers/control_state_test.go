package handlers_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"afterhours/handlers/auth"
	"afterhours/store"
	"afterhours/store/memory"
)

// onEveryControlServer is onEveryStore for a server with the control API.
func onEveryControlServer(t *testing.T, test func(t *testing.T, c controlServer)) {
	t.Run("memory", func(t *testing.T) { test(t, newControlServer(t, memory.New())) })
	t.Run("sqlite", func(t *testing.T) { test(t, newControlServer(t, openSQLite(t))) })
	t.Run("postgres", func(t *testing.T) { test(t, newControlServer(t, openPostgres(t))) })
}

// user is a user of a tenant with a token that permits everything to a user.
func (c controlServer) tokenOf(tenant, user string) string {
	return c.mint(auth.Claims{Tenant: tenant, User: user, UPN: "name-" + user[:4] + "@example.com", Scopes: []string{"Analytics.ReadWrite"}, Expires: time.Hour})
}

// put creates a focus statistic with a duration, and returns its entity tag.
func (c controlServer) put(token, id, duration string) string {
	c.t.Helper()
	body := fmt.Sprintf(`{"@odata.type":"#microsoft.graph.focusActivityStatistics","id":%q,"duration":%q}`, id, duration)
	created := c.do(call{method: "POST", path: collection, token: token, body: body})
	created.want(c.t, http.StatusCreated)
	return created.header.Get("ETag")
}

// list returns the ids and durations of the token's user, as in a=PT1H b=null.
func (c controlServer) list(token string) string {
	c.t.Helper()
	return listed(c.t, c.do(call{method: "GET", path: collection + "?$top=1000", token: token}).want(c.t, 200))
}

func listed(t testing.TB, got testResponse) string {
	var page struct {
		Value []struct {
			ID       string
			Duration *string
		}
	}
	if err := json.Unmarshal([]byte(got.text), &page); err != nil {
		t.Errorf("%v: %s", err, got.text)
	}
	var all []string
	for _, one := range page.Value {
		duration := "null"
		if one.Duration != nil {
			duration = *one.Duration
		}
		all = append(all, one.ID+"="+duration)
	}
	return strings.Join(all, " ")
}

func (c controlServer) wantList(token, want string) {
	c.t.Helper()
	if got := c.list(token); got != want {
		c.t.Errorf("stored are %q, want %q", got, want)
	}
}

func TestReset(t *testing.T) {
	onEveryControlServer(t, func(t *testing.T, c controlServer) {
		meganHere, meganThere, leeHere := c.tokenOf(tenant, megan), c.tokenOf(otherTenant, megan), c.tokenOf(tenant, lee)
		tag := c.put(meganHere, "a", "PT1H")
		c.put(meganThere, "a", "PT2H")
		c.do(call{method: "PATCH", path: "/beta/me/analytics/settings", token: meganThere, body: `{"hasLicense":false}`}).want(t, 200)

		c.steer("POST", "/reset", `{"tenant":"`+strings.ToUpper(tenant)+`"}`).want(t, 204)
		c.wantList(meganHere, "")
		c.wantList(leeHere, "start=null")
		c.do(call{method: "GET", path: "/beta/me/analytics/settings", token: meganThere}).want(t, 200, `"hasLicense":false`)

		again := c.put(meganHere, "a", "PT1H")
		if again == tag {
			t.Errorf("the entity tag %s came again", tag)
		}
		c.do(call{method: "PATCH", path: collection + "/a", token: meganHere, body: `{"duration":"PT3H"}`, header: map[string]string{"If-Match": tag}}).want(t, 412)

		c.steer("POST", "/reset", "").want(t, 204) // without a body: everything
		c.do(call{method: "GET", path: "/beta/me/analytics/settings", token: meganThere}).want(t, 200, `"hasLicense":true`)
		c.wantList(meganThere, "")
		c.wantList(meganHere, "")
		c.wantList(c.tokenOf(otherTenant, lee), "start=null")
		c.steer("POST", "/reset", `{"tenant":null}`).want(t, 204)
	})
}

// TestResetGivesNewTags: the statistics of the start have other tags after each reset.
func TestResetGivesNewTags(t *testing.T) {
	onEveryControlServer(t, func(t *testing.T, c controlServer) {
		seen := map[string]bool{}
		for range 5 {
			c.steer("POST", "/reset", "{}").want(t, 204)
			tag := c.do(call{method: "GET", path: collection + "/start", token: c.tokenOf(tenant, lee)}).want(t, 200).header.Get("ETag")
			if seen[tag] {
				t.Fatalf("the entity tag %s came again", tag)
			}
			seen[tag] = true
		}
	})
}

func TestResetFollowsTheClock(t *testing.T) {
	c := newControlServer(t, memory.New())
	c.steer("PUT", "/clock", `{"now":"2031-02-03T04:05:06Z"}`).want(t, 200)
	c.steer("POST", "/reset", "").want(t, 204)
	token := c.steer("POST", "/tokens", `{"user":"`+lee+`"}`).want(t, 201).object(t)["token"].(string)
	c.do(call{method: "GET", path: collection + "/start", token: token}).want(t, 200, `"startDate":"2031-02-03"`)
}

// TestNamesAreLearnedAgain: a name that a token brought before a reset is stored again after it.
func TestNamesAreLearnedAgain(t *testing.T) {
	c := newControlServer(t, memory.New())
	token := c.tokenOf(tenant, megan)
	byName := call{method: "GET", path: "/beta/users/name-" + megan[:4] + "@example.com/analytics/settings", token: c.appToken("Analytics.Read.All")}
	for range 3 {
		c.list(token)
		c.do(byName).want(t, 200)
		c.steer("POST", "/reset", "").want(t, 204)
		c.do(byName).want(t, 404)
	}
}

func TestSnapshots(t *testing.T) {
	onEveryControlServer(t, func(t *testing.T, c controlServer) {
		here, there := c.tokenOf(tenant, megan), c.tokenOf(otherTenant, megan)
		c.steer("GET", "/snapshots", "").want(t, 200, `{"value":[]}`)
		tag := c.put(here, "a", "PT1H")
		c.put(there, "a", "PT2H")
		c.steer("PUT", "/snapshots/of-all", "").want(t, 201, `"name":"of-all"`, `"statistics":2`)
		c.steer("PUT", "/snapshots/Here", `{"tenant":"`+tenant+`"}`).want(t, 201, `"tenant":"`+tenant+`"`, `"statistics":1`)
		c.steer("GET", "/snapshots", "").want(t, 200, `[{"bytes":`, `"name":"Here"`, `"name":"of-all"`)

		c.do(call{method: "PATCH", path: collection + "/a", token: here, body: `{"duration":"PT7H"}`}).want(t, 200)
		c.put(there, "b", "PT8H")
		for range 2 {
			c.steer("POST", "/snapshots/Here/restore", "").want(t, 204)
			c.wantList(here, "a=PT1H")
			c.wantList(there, "a=PT2H b=PT8H")
		}
		restored := c.do(call{method: "GET", path: collection + "/a", token: here}).header.Get("ETag")
		if restored == tag {
			t.Errorf("the entity tag %s came again", tag)
		}
		c.steer("POST", "/snapshots/of-all/restore", "").want(t, 204)
		c.wantList(there, "a=PT2H")

		c.put(here, "c", "PT9H")
		c.steer("PUT", "/snapshots/Here", `{"tenant":"`+tenant+`"}`).want(t, 201, `"statistics":2`)
		c.steer("POST", "/reset", "").want(t, 204)
		c.steer("POST", "/snapshots/Here/restore", "").want(t, 204)
		c.wantList(here, "a=PT1H c=PT9H")

		c.steer("DELETE", "/snapshots/Here", "").want(t, 204)
		for _, route := range []struct{ method, path string }{{"DELETE", "/snapshots/Here"}, {"POST", "/snapshots/Here/restore"}, {"POST", "/snapshots/here/restore"}} {
			c.steer(route.method, route.path, "").wantRefused(t, 404, "ResourceNotFound", "name", "there are of-all")
		}
	})
}

// TestSnapshotsAreBounded takes snapshots until there is no more room, and then makes room.
func TestSnapshotsAreBounded(t *testing.T) {
	over := memory.New()
	c := newControlServer(t, over)
	var rows store.Rows
	for n := range 50_000 {
		rows.Statistics = append(rows.Statistics, store.OwnedRecord{
			Key:    store.Key{Owner: store.Owner{Tenant: tenant, User: lee}, ID: fmt.Sprintf("%0128d", n)},
			Record: store.Record{Type: store.Focus, Activity: "Focus", TimeZoneUsed: store.Of(strings.Repeat("z", 256))},
		})
	}
	if err := over.Replace(t.Context(), "", rows); err != nil {
		t.Fatal(err)
	}
	fits := 0
	for ; fits < 100 && c.steer("PUT", fmt.Sprintf("/snapshots/%d", fits), "").status == 201; fits++ {
	}
	if size := rows.Size(); fits < 2 || int64(fits)*size > 256<<20 || int64(fits+1)*(size+1024) < 256<<20 {
		t.Errorf("%d snapshots of %d bytes fit", fits, size)
	}
	c.steer("PUT", "/snapshots/more", "").wantRefused(t, 507, "quotaLimitReached", "", "256 MiB")
	c.steer("PUT", "/snapshots/0", "").want(t, 201) // in place of the old one
	c.steer("PUT", "/snapshots/small", `{"tenant":"`+otherTenant+`"}`).want(t, 201)
	c.steer("DELETE", "/snapshots/0", "").want(t, 204)
	c.steer("PUT", "/snapshots/more", "").want(t, 201)
}

// TestNoReaderSeesHalfOfARestore restores two snapshots in turn, and resets, while others read and
// write. Each page must be that of one state, and each write must have a definite result.
func TestNoReaderSeesHalfOfARestore(t *testing.T) {
	onEveryControlServer(t, func(t *testing.T, c controlServer) {
		const count = 30
		reader, writer := c.tokenOf(tenant, megan), c.tokenOf(tenant, daemon)
		whole := map[string]bool{"": true} // after a reset
		for _, name := range []string{"one", "two"} {
			c.steer("POST", "/reset", `{"tenant":"`+tenant+`"}`).want(t, 204)
			duration := map[string]string{"one": "PT1H", "two": "PT2H"}[name]
			for n := range count {
				c.put(reader, fmt.Sprintf("s%02d", n), duration)
			}
			c.steer("PUT", "/snapshots/"+name, `{"tenant":"`+tenant+`"}`).want(t, 201)
			whole[c.list(reader)] = true
		}
		var done atomic.Bool
		var others sync.WaitGroup
		seen := map[string]int{}
		results := map[int]int{}
		var mu sync.Mutex
		for range 2 {
			others.Go(func() {
				for !done.Load() {
					got, err := c.try(t.Context(), call{method: "GET", path: collection + "?$top=1000", token: reader})
					if isBusy(got) {
						continue
					}
					page := listed(t, got)
					if err != nil || got.status != 200 || !whole[page] {
						t.Errorf("a reader sees %d %v %s", got.status, err, page)
						return
					}
					mu.Lock()
					seen[page]++
					mu.Unlock()
				}
			})
		}
		for n := range 3 {
			others.Go(func() {
				tag := ""
				for i := 0; !done.Load(); i++ {
					request := call{method: "PATCH", path: fmt.Sprintf("%s/w%d", collection, n), token: writer,
						body:   fmt.Sprintf(`{"@odata.type":"#microsoft.graph.focusActivityStatistics","duration":"PT%dS"}`, i),
						header: map[string]string{"Prefer": "create-if-missing"}}
					if i%3 == 0 && tag != "" {
						request.header = map[string]string{"If-Match": tag}
					}
					got, err := c.try(t.Context(), request)
					if isBusy(got) {
						continue
					}
					if err == nil {
						switch got.status {
						case 200, 201, 404, 412:
							tag = got.header.Get("ETag")
						default:
							err = errors.New(got.text)
						}
					}
					if err != nil {
						t.Errorf("a writer got %v", err)
						return
					}
					mu.Lock()
					results[got.status]++
					mu.Unlock()
				}
			})
		}
		deadline := time.Now().Add(20 * time.Second)
		for n := 0; n < 30 || len(whole) > covered(&mu, seen) && time.Now().Before(deadline); n++ {
			switch n % 3 {
			case 0:
				c.steer("POST", "/snapshots/one/restore", "").want(t, 204)
			case 1:
				c.steer("POST", "/snapshots/two/restore", "").want(t, 204)
			case 2:
				c.steer("POST", "/reset", `{"tenant":"`+tenant+`"}`).want(t, 204)
			}
		}
		done.Store(true)
		others.Wait()
		if len(seen) != len(whole) || results[201] == 0 {
			t.Errorf("readers saw %d states of %d; results of writers: %v", len(seen), len(whole), results)
		}
	})
}

// isBusy reports whether the request was refused before anything was done, as a slow machine may have to.
func isBusy(got testResponse) bool {
	return got.status == 503 && strings.Contains(got.text, "too much to do now, and nothing was done")
}

func covered(mu *sync.Mutex, seen map[string]int) int {
	mu.Lock()
	defer mu.Unlock()
	return len(seen)
}
