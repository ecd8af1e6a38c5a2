package cassandra_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"afterhours/store"
	"afterhours/store/cassandra"
)

// ringFolder names the environment variable with the folder of a ring of three nodes, which tests may break.
const ringFolder = "AFTERHOURS_TEST_RING"

// TestNodesThatDoNotAnswer pauses, one after the other, two of three nodes, while owners of all nodes are read
// and written. No owner waits longer than 10 s for its next write and read, and no acknowledged write is lost.
func TestNodesThatDoNotAnswer(t *testing.T) {
	folder := os.Getenv(ringFolder)
	if folder == "" {
		t.Skipf("%s is not a folder for a ring of three nodes: see docs/testing.md", ringFolder)
	}
	hosts := script(t, nil, "start", folder, "3")
	hosts = hosts[:strings.LastIndex(hosts, "/")]
	s := open(t, hosts+"/paused_"+strings.ReplaceAll(uuid.NewString(), "-", "")+"?replication=3")
	t.Cleanup(func() {
		for _, node := range []string{"1", "2"} {
			script(t, nil, "resume", folder, node)
		}
	})
	ctx, cancel := context.WithCancel(t.Context())
	var writers sync.WaitGroup
	owners := make([]goingOn, 24)
	for i := range owners {
		owners[i].owner = store.Owner{Tenant: "t", User: fmt.Sprint(i)}
		writers.Go(func() { owners[i].run(ctx, s) })
	}
	for _, node := range []string{"1", "2"} {
		pause(t, time.Second)
		script(t, nil, "pause", folder, node)
		pause(t, 15*time.Second)
		script(t, nil, "resume", folder, node)
	}
	pause(t, 3*time.Second)
	cancel()
	writers.Wait()
	var worst time.Duration
	for i := range owners {
		if owners[i].err != nil {
			t.Error(owners[i].err)
		}
		worst = max(worst, owners[i].worst)
	}
	t.Logf("the longest wait for a write and a read was %v", worst)
	if worst > 10*time.Second {
		t.Errorf("an owner waited %v", worst)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// goingOn writes and reads one statistic until the context ends.
type goingOn struct {
	owner store.Owner
	worst time.Duration // the longest time from one success to the next
	err   error         // what must not be
}

func (g *goingOn) run(ctx context.Context, s *cassandra.Store) {
	key := store.Key{Owner: g.owner, ID: "x"}
	record := store.Record{Type: store.Call, Activity: "Call"}
	known, last := store.NoRevision, time.Now()
	unknown := false // whether a write without an answer may be made, even later when its node goes on
	for ctx.Err() == nil && g.err == nil {
		g.worst = max(g.worst, time.Since(last))
		got, _, err := s.Get(ctx, key)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			continue
		}
		if got.Revision != known && !unknown {
			g.err = fmt.Errorf("user %s is at revision %d; want %d", g.owner.User, got.Revision, known)
		}
		next, _, err := s.Put(ctx, key, record, got.Revision)
		switch {
		case err == nil:
			known, last, unknown = next, time.Now(), false
		case errors.Is(err, store.ErrUnavailable) || ctx.Err() != nil:
			unknown = true
		case !unknown:
			g.err = fmt.Errorf("user %s: %w", g.owner.User, err)
		}
	}
}

func pause(t *testing.T, d time.Duration) {
	t.Helper()
	select {
	case <-time.After(d):
	case <-t.Context().Done():
		t.Fatal(context.Cause(t.Context()))
	}
}

// script runs .ci/cassandra with more variables of the environment and returns what it prints.
func script(t *testing.T, variables []string, arguments ...string) string {
	t.Helper()
	command := exec.Command(filepath.Join("..", "..", ".ci", "cassandra"), arguments...)
	command.Env = append(os.Environ(), variables...)
	var stderr strings.Builder
	command.Stderr = &stderr
	output, err := command.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s", command.Args, err, stderr.String())
	}
	return strings.TrimSpace(string(output))
}
