package handlers_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"afterhours/store"
	"afterhours/store/memory"
)

// TestReadersNeverSeeHalfAGroup checks that a reader never sees one change of an atomicity group
// without the other. Groups swap two durations; readers read both in one step, as a page or as a
// group, and must find two that differ.
func TestReadersNeverSeeHalfAGroup(t *testing.T) {
	onEveryStore(t, func(t *testing.T, ts *testServer) {
		token, second := ts.userToken(megan, "Analytics.ReadWrite"), ts.anotherServer()
		ts.createCall("a", "PT1H")
		ts.createCall("b", "PT2H")
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		var swappers, readers sync.WaitGroup
		for n := range 4 {
			swappers.Go(func() {
				for i := range 25 {
					values := [2]string{"PT1H", "PT2H"}
					got, err := []*testServer{ts, second}[n%2].tryBatch(t.Context(), token,
						batched("1", "g", "PATCH", "a", fmt.Sprintf(`{"duration":%q}`, values[i%2])),
						batched("2", "g", "PATCH", "b", fmt.Sprintf(`{"duration":%q}`, values[1-i%2])))
					if err != nil || statusesOf(got) != "200 200" {
						t.Errorf("%+v %v", got, err)
					}
				}
			})
		}
		for range 2 {
			readers.Go(func() {
				for ctx.Err() == nil {
					got, err := ts.tryBatch(t.Context(), token, batched("1", "g", "GET", "a", ""), batched("2", "g", "GET", "b", ""))
					if err != nil || statusesOf(got) != "200 200" || got[0].Body.Duration == got[1].Body.Duration {
						t.Errorf("as a group: %+v %v", got, err)
					}
					page, err := second.try(t.Context(), call{method: "GET", path: collection, token: token})
					if err != nil || !strings.Contains(page.text, `"PT1H"`) || !strings.Contains(page.text, `"PT2H"`) {
						t.Errorf("as a page: %s %v", page.text, err)
					}
				}
			})
		}
		swappers.Wait()
		stop()
		readers.Wait()
	})
}

// TestGroupsRaceWithOtherWriters lets atomicity groups, PATCHes with If-Match and PATCHes without it
// race through two servers. Each increment that was answered with success must be stored exactly
// once.
func TestGroupsRaceWithOtherWriters(t *testing.T) {
	onEveryStore(t, func(t *testing.T, ts *testServer) {
		token, second := ts.userToken(megan, "Analytics.ReadWrite"), ts.anotherServer()
		for n := range 3 {
			ts.createCall(fmt.Sprint("s", n), "PT0S")
		}
		var done [3]atomic.Int64
		var writers sync.WaitGroup
		for n := range 6 {
			via := []*testServer{ts, second}[n%2]
			writers.Go(func() {
				for range 15 {
					a := rand.IntN(3)
					changed, err := via.increment(token, a, (a+1+rand.IntN(2))%3, n%3 == 0)
					if err != nil {
						t.Error(err)
					}
					for _, at := range changed {
						done[at].Add(1)
					}
				}
			})
			writers.Go(func() { // changes another property, without an entity tag
				for i := range 15 {
					got, err := via.try(t.Context(), call{method: "PATCH", path: collection + fmt.Sprint("/s", i%3), token: token,
						body: fmt.Sprintf(`{"afterHours":"PT%dS"}`, 1+rand.IntN(50))})
					if err != nil || got.status != http.StatusOK {
						t.Errorf("%d %s %v", got.status, got.text, err)
					}
				}
			})
		}
		writers.Wait()
		total := 0
		for n := range done {
			got := seconds(ts.do(call{method: "GET", path: collection + fmt.Sprint("/s", n), token: token}).text)
			if want := int(done[n].Load()); got != want {
				t.Errorf("s%d is %d seconds, and %d increments were answered with success", n, got, want)
			}
			total += got
		}
		if total == 0 { // of one statistic, that may be: the other writers may always be faster
			t.Error("no increment was answered with success")
		}
	})
}

// increment adds a second to two statistics, by a group with If-Match or, if alone, to the first by a
// PATCH. It returns the numbers of the changed statistics, none if another writer was faster.
func (ts *testServer) increment(token string, a, b int, alone bool) (changed []int, err error) {
	var requests []string
	for _, n := range []int{a, b} {
		got, err := ts.try(ts.t.Context(), call{method: "GET", path: collection + fmt.Sprint("/s", n), token: token})
		if err != nil {
			return nil, err
		}
		body, tag := fmt.Sprintf(`{"duration":"PT%dS"}`, seconds(got.text)+1), got.header.Get("ETag")
		if alone {
			got, err := ts.try(ts.t.Context(), call{method: "PATCH", path: collection + fmt.Sprint("/s", n), token: token, body: body, header: map[string]string{"If-Match": tag}})
			if err == nil && got.status == http.StatusOK {
				changed = append(changed, n)
			}
			return changed, err
		}
		requests = append(requests, batched(fmt.Sprint(n), "g", "PATCH", fmt.Sprint("s", n), body, fmt.Sprintf(`"headers":{"If-Match":%q}`, tag)))
	}
	got, err := ts.tryBatch(ts.t.Context(), token, requests...)
	switch {
	case err != nil:
		return nil, err
	case statusesOf(got) == "200 200":
		return []int{a, b}, nil
	case statusesOf(got) == "412 424" || statusesOf(got) == "424 412":
		return nil, nil
	}
	return nil, fmt.Errorf("%+v", got)
}

// failingStore is a store whose Apply, which stores a group, always fails.
type failingStore struct {
	store.Store
	err      error
	attempts int
}

func (f *failingStore) Apply(context.Context, []store.Change) error {
	f.attempts++
	return f.err
}

// TestGroupThatCannotBeStored checks that every request of the group gets the error, and that the
// group is tried again only after a lost race.
func TestGroupThatCannotBeStored(t *testing.T) {
	for _, row := range []struct {
		err      error
		want     string
		attempts int
	}{
		{fmt.Errorf("the statistic: %w", store.ErrConflict), "503 503", 64},
		{store.ErrUnavailable, "503 503", 1},
		{errors.New("disk on fire"), "500 500", 1},
	} {
		broken := &failingStore{Store: memory.New(), err: row.err}
		ts := newTestServer(t, broken)
		got := ts.batch(ts.userToken(megan, "Analytics.ReadWrite"),
			batched("1", "g", "POST", "", `{`+callType+`,"id":"a"}`), batched("2", "g", "PATCH", "a", `{"duration":"PT1M"}`))
		if statusesOf(got) != row.want || broken.attempts != row.attempts || strings.Contains(got[0].Body.Error.Message, "fire") {
			t.Errorf("%v: %+v after %d attempts", row.err, got, broken.attempts)
		}
		ts.wantNoCall("a")
	}
}
