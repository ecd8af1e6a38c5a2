package handlers_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"afterhours/store"
	"afterhours/store/memory"
)

// countingStore counts the statistics that are read one by one, and the writes.
type countingStore struct {
	store.Store
	reads, writes atomic.Int64
}

func (c *countingStore) Get(ctx context.Context, key store.Key) (store.Statistic, store.Settings, error) {
	c.reads.Add(1)
	return c.Store.Get(ctx, key)
}

func (c *countingStore) Put(ctx context.Context, key store.Key, record store.Record, was store.Revision) (store.Revision, store.Settings, error) {
	c.writes.Add(1)
	return c.Store.Put(ctx, key, record, was)
}

// TestUpdateOfCachedStatisticReadsNothing checks that a PATCH does not read the store if the server
// has just created, read or changed the statistic.
func TestUpdateOfCachedStatisticReadsNothing(t *testing.T) {
	over := &countingStore{Store: memory.New()}
	ts := newTestServer(t, over)
	etag := ts.createSeed()
	token := ts.userToken(megan, "Analytics.ReadWrite")
	for _, duration := range []string{"PT2H", "PT3H"} {
		got := ts.do(call{method: "PATCH", path: seedItem, token: token, header: map[string]string{"If-Match": etag}, body: `{"duration":"` + duration + `"}`})
		if got.status != http.StatusOK || got.object(t)["afterHours"] != "PT30M" || over.reads.Load() != 0 {
			t.Errorf("%d %s after %d reads", got.status, got.text, over.reads.Load())
		}
		etag = got.header.Get("ETag")
	}
}

// TestDeleteRemovesFromCache checks that a PATCH writes nothing after the same server has deleted the
// statistic.
func TestDeleteRemovesFromCache(t *testing.T) {
	over := &countingStore{Store: memory.New()}
	ts := newTestServer(t, over)
	ts.createSeed()
	written := over.writes.Load()
	token := ts.userToken(megan, "Analytics.ReadWrite")
	if got := ts.do(call{method: "DELETE", path: collection + "/" + seedID, token: token}); got.status != http.StatusNoContent {
		t.Fatal(got.text)
	}
	got := ts.do(call{method: "PATCH", path: collection + "/" + seedID, token: token, body: `{"duration":"PT2H"}`})
	if got.status != http.StatusNotFound || over.writes.Load() != written {
		t.Errorf("%d %s after %d writes", got.status, got.text, over.writes.Load()-written)
	}
}

// TestCacheAfterWritesOfAnotherServer checks that the cache never changes a response. Another server
// writes a statistic that this server has in its cache; the next response must be the same as without
// a cache.
func TestCacheAfterWritesOfAnotherServer(t *testing.T) {
	change := call{method: "PATCH", path: seedItem, body: `{"duration":"PT7H"}`}
	for _, row := range []struct {
		name   string
		others []call
		mine   call
		stale  int // the status with the old entity tag
		status int
		holds  string
	}{
		{"changes it", []call{{method: "PATCH", path: seedItem, body: `{"afterHours":"PT5H"}`}}, change, http.StatusPreconditionFailed, http.StatusOK, `"duration":"PT7H","afterHours":"PT5H"`},
		{"makes the same change", []call{change}, change, http.StatusPreconditionFailed, http.StatusOK, `"duration":"PT7H","afterHours":"PT30M"`},
		{"deletes it", []call{{method: "DELETE", path: seedItem}}, change, http.StatusNotFound, http.StatusNotFound, "ResourceNotFound"},
		{"makes one of another type of it", []call{{method: "DELETE", path: seedItem},
			{method: "POST", path: collection, body: `{"@odata.type":"#microsoft.graph.chatActivityStatistics","id":"` + seedID + `"}`}},
			change, http.StatusPreconditionFailed, http.StatusOK, "chatActivityStatistics"},
		{"opts out for its owner", []call{{method: "PATCH", path: "/beta/me/analytics/settings", body: `{"hasOptedOut":true}`}}, change, http.StatusNoContent, http.StatusNoContent, ""},
		{"changes it, so that nothing is left to do", []call{change}, change, http.StatusPreconditionFailed, http.StatusOK, `"duration":"PT7H"`},
		{"takes back a change", []call{change, {method: "PATCH", path: seedItem, body: `{"duration":"PT1H"}`}}, call{method: "PATCH", path: seedItem, body: `{"duration":"PT1H"}`}, http.StatusPreconditionFailed, http.StatusOK, `"duration":"PT1H"`},
	} {
		t.Run(row.name, func(t *testing.T) {
			onEveryStore(t, func(t *testing.T, ts *testServer) {
				etag, token := ts.createSeed(), ts.userToken(megan, "Analytics.ReadWrite")
				other := ts.anotherServer()
				for _, c := range row.others {
					c.token = token
					if got := other.do(c); got.status >= 300 {
						t.Fatal(got.text)
					}
				}
				mine := row.mine
				mine.token, mine.header = token, map[string]string{"If-Match": etag}
				if got := ts.do(mine); got.status != row.stale {
					t.Errorf("with the old entity tag: %d %s; want %d", got.status, got.text, row.stale)
				}
				mine.header = nil
				if got := ts.do(mine); got.status != row.status || !strings.Contains(got.text, row.holds) {
					t.Errorf("%d %s; want %d and %s", got.status, got.text, row.status, row.holds)
				}
			})
		})
	}
}

// TestCacheEntriesAreSmall checks that a cache entry does not keep the request in memory. The request
// line has 24 KiB.
func TestCacheEntriesAreSmall(t *testing.T) {
	ts := newTestServer(t, openSQLite(t))
	token := ts.userToken(megan, "Analytics.ReadWrite")
	long := "http://" + strings.Repeat("x", 24<<10) + "@afterhours.test"
	const requests = 200
	before := heapInUse()
	for i := range requests {
		line := fmt.Sprintf("PATCH %s%s/%d HTTP/1.1", long, collection, i)
		body := fmt.Sprintf(`{"@odata.type":"#microsoft.graph.callActivityStatistics","id":"%d","timeZoneUsed":"%d"%s}`, i, i, strings.Repeat(" ", 24<<10))
		create := attack{bytes: message(token, line, body, "Prefer: create-if-missing")}
		if got, _ := ts.sendTimed(create); got.status != http.StatusCreated {
			t.Fatal(got.text)
		}
	}
	if grown := (heapInUse() - before) / requests; grown > 4<<10 {
		t.Errorf("%d bytes are kept for each", grown)
	}
}
