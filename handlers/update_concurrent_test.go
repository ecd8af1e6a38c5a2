package handlers_test

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"afterhours/store/edm"
)

var increments = flag.Int("increments", 100/sample, "how many increments each client of TestIncrementsWithIfMatch tries; over Cassandra a tenth")

// TestIncrementsWithIfMatch lets 100 clients increment a duration by GET and PATCH with If-Match. The
// stored duration must count exactly the PATCHes with status 200.
func TestIncrementsWithIfMatch(t *testing.T) {
	onEveryStore(t, func(t *testing.T, ts *testServer) {
		ts.createSeed()
		token := ts.userToken(megan, "Analytics.ReadWrite")
		item := "/beta/me/analytics/activityStatistics/" + seedID
		if got := ts.do(call{method: "PATCH", path: item, token: token, body: `{"duration":"PT0S"}`}); got.status != http.StatusOK {
			t.Fatal(got.text)
		}
		tries := max(*increments*sample/ts.sample(), 1)
		var succeeded, conflicted counter
		inParallel(t, 100, func(ctx context.Context, _ int) error {
			for range tries {
				read, err := ts.try(ctx, call{method: "GET", path: item, token: token})
				if err != nil {
					return err
				}
				got, err := ts.try(ctx, call{method: "PATCH", path: item, token: token,
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
		final := ts.do(call{method: "GET", path: item, token: token})
		if kept := seconds(final.text); kept != succeeded.n || succeeded.n+conflicted.n != 100*tries || succeeded.n == 0 {
			t.Errorf("%d increments kept of %d with status 200 (%d with 412)", kept, succeeded.n, conflicted.n)
		}
		t.Logf("100 clients, %d tries each: %d got 200, %d got 412; the statistic counts the former", tries, succeeded.n, conflicted.n)
	})
}

// TestConcurrentPatchesOfDifferentProperties sends 10,000 PATCHes without If-Match through two
// servers over one store, under the race detector and over Cassandra a tenth of them. In each round the eight
// properties of one statistic are written at once; after it all eight values must be there.
func TestConcurrentPatchesOfDifferentProperties(t *testing.T) {
	properties := []string{"duration", "afterHours", "conflicting", "long", "multitasking", "organized", "recurring", "timeZoneUsed"}
	onEveryStore(t, func(t *testing.T, ts *testServer) {
		token := ts.userToken(megan, "Analytics.ReadWrite")
		const item = "/beta/me/analytics/activityStatistics/busy"
		if got := ts.do(call{method: "PATCH", path: item, token: token, header: map[string]string{"Prefer": "create-if-missing"},
			body: `{"@odata.type":"#microsoft.graph.meetingActivityStatistics"}`}); got.status != http.StatusCreated {
			t.Fatal(got.text)
		}
		servers := []*testServer{ts, ts.anotherServer()}
		for round := range 10000 / len(properties) / ts.sample() {
			value := edm.Duration(round + 1).String()
			inParallel(t, len(properties), func(ctx context.Context, i int) error {
				got, err := servers[i%2].try(ctx, call{method: "PATCH", path: item, token: token, body: fmt.Sprintf(`{"%s":"%s"}`, properties[i], value)})
				if want := fmt.Sprintf(`"%s":"%s"`, properties[i], value); err != nil || got.status != http.StatusOK || !strings.Contains(got.text, want) {
					return fmt.Errorf("PATCH: %d %s %w", got.status, got.text, err)
				}
				return nil
			})
			after := ts.do(call{method: "GET", path: item, token: token}).object(t)
			for _, property := range properties {
				if after[property] != value {
					t.Fatalf("round %d: %s is %v, want %s", round, property, after[property], value)
				}
			}
		}
	})
}

// TestConcurrentCreateUpdateDelete sends PATCH, POST and DELETE of one statistic at once, through two
// servers. The numbers of 201 and 204 must fit what is left.
func TestConcurrentCreateUpdateDelete(t *testing.T) {
	onEveryStore(t, func(t *testing.T, ts *testServer) {
		token := ts.userToken(megan, "Analytics.ReadWrite")
		servers := []*testServer{ts, ts.anotherServer()}
		var created, deleted counter
		inParallel(t, 16, func(ctx context.Context, i int) error {
			for range max(100/ts.sample(), 1) {
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
		if ts.do(call{method: "GET", path: collection + "/one", token: token}).status == http.StatusOK {
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

// seconds returns the duration in the JSON of a statistic, in whole seconds.
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
