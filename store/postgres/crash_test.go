package postgres_test

import (
	"context"
	"errors"
	"flag"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"afterhours/store"
	"afterhours/store/edm"
	"afterhours/store/postgres"
	"afterhours/store/postgres/postgrestest"
)

var (
	crashes = flag.Int("crashes", 3, "how often TestCrashesUnderLoad stops PostgreSQL without a chance to finish anything")
	undone  = flag.Int("undone", 1600, "how many writes TestUndoneWritesUnderLoad makes")
)

// TestCrashesUnderLoad increments counters, each writer its own, while the server crashes
// and recovers. Every acknowledged write must be stored afterwards, a write with an unknown
// outcome once or not at all, and the store must go on without help.
func TestCrashesUnderLoad(t *testing.T) {
	postgrestest.Address(t)                  // skips where there is no PostgreSQL
	dir, err := os.MkdirTemp("", "postgres") // t.TempDir is closed to the user that PostgreSQL runs as
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server(t, "stop", dir); _ = os.RemoveAll(dir) })
	s, err := postgres.Open(t.Context(), server(t, "start", dir))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()

	var stop atomic.Bool
	var writers sync.WaitGroup
	counters := make([]counter, 8)
	for i := range counters {
		counters[i] = counter{t: t, store: s, key: store.Key{Owner: store.Owner{Tenant: "t", User: "u"}, ID: strconv.Itoa(i)}}
		writers.Go(func() {
			for !stop.Load() {
				counters[i].increment()
			}
		})
	}
	for range *crashes {
		time.Sleep(time.Second)
		server(t, "stop", dir)
		time.Sleep(200 * time.Millisecond)
		server(t, "start", dir)
	}
	time.Sleep(time.Second)
	stop.Store(true)
	writers.Wait()
	total := edm.Duration(0)
	defer func() { t.Logf("%d crashes, %d increments, none lost and none doubled", *crashes, total) }()
	for i := range counters {
		total += counters[i].kept
		if c := &counters[i]; !c.find() || c.kept == 0 || c.kept < c.atCrash+1 {
			t.Errorf("%q: %d increments, %d of them before the last crash", c.key.ID, c.kept, c.atCrash)
		}
	}
}

// server runs .ci/postgres. The test is skipped without it.
func server(t *testing.T, verb, dir string) (address string) {
	t.Helper()
	out, err := exec.Command("../../.ci/postgres", verb, dir).Output()
	if err != nil {
		t.Fatalf(".ci/postgres %s: %v", verb, err)
	}
	return strings.TrimSpace(string(out))
}

// counter counts up the duration of one statistic, which nobody else writes.
type counter struct {
	t        *testing.T
	store    store.Store
	key      store.Key
	revision store.Revision // of the last write that is certainly stored
	kept     edm.Duration   // its duration
	unknown  bool           // whether one more may have been made
	atCrash  edm.Duration   // what was kept when last an outcome was unknown
}

func (c *counter) increment() {
	if c.unknown && !c.find() {
		time.Sleep(10 * time.Millisecond)
		return
	}
	record := store.Record{Type: store.Call, Activity: "Call", Duration: store.Of(c.kept + 1)}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	revision, _, err := c.store.Put(ctx, c.key, record, c.revision)
	switch {
	case err == nil:
		c.revision, c.kept = revision, c.kept+1
	case errors.Is(err, store.ErrUnavailable), errors.Is(err, context.DeadlineExceeded):
		c.unknown, c.atCrash = true, c.kept
	default:
		c.t.Errorf("Put: %v", err)
	}
}

// find reads the outcome of the last write, and reports whether the database could be read.
func (c *counter) find() bool {
	stored, _, err := c.store.Get(context.Background(), c.key)
	switch {
	case errors.Is(err, store.ErrUnavailable):
		return false
	case errors.Is(err, store.ErrNotFound) && c.kept == 0:
		c.unknown = false
		return true
	case err != nil:
		c.t.Errorf("Get: %v", err)
		return true
	}
	if made := stored.Duration.Value - c.kept; made < 0 || made > 1 || made == 1 && !c.unknown || made == 0 && stored.Revision != c.revision {
		c.t.Errorf("%q counts %d at revision %d after %d acknowledged at %d, unknown %t",
			c.key.ID, stored.Duration.Value, stored.Revision, c.kept, c.revision, c.unknown)
	}
	c.revision, c.kept, c.unknown = stored.Revision, stored.Duration.Value, false
	return true
}
