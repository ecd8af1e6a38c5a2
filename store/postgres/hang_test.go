//go:build unix

package postgres_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"afterhours/store"
	"afterhours/store/postgres"
	"afterhours/store/postgres/postgrestest"
)

// TestAServerThatHangs suspends the first of two servers. It still accepts connections, but
// they neither answer nor break. Waiting calls must return ErrUnavailable, and the store
// must move to the other server without help, both if its connections are in use and if
// they are idle.
func TestAServerThatHangs(t *testing.T) {
	postgrestest.Address(t) // skips where there is no PostgreSQL
	t.Run("busy", func(t *testing.T) { t.Parallel(); hang(t, 8, 0) })
	t.Run("idle", func(t *testing.T) { t.Parallel(); hang(t, 1, 2*time.Second) })
}

// TestAQueryOnAServerThatHangs suspends the only server. A query whose context ends must
// return soon all the same, and tell that the database did not answer.
func TestAQueryOnAServerThatHangs(t *testing.T) {
	postgrestest.Address(t)                  // skips where there is no PostgreSQL
	dir, err := os.MkdirTemp("", "postgres") // as in TestCrashesUnderLoad
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server(t, "stop", dir); _ = os.RemoveAll(dir) })
	s := open(t, server(t, "start", dir))
	defer func() { _ = s.Close() }()
	owner := store.Owner{Tenant: "t", User: "u"}
	if _, err := s.Count(t.Context(), owner, nil); err != nil {
		t.Fatal(err)
	}
	signalServer(t, dir, syscall.SIGSTOP)
	defer signalServer(t, dir, syscall.SIGCONT)
	enough := errors.New("enough")
	for range 2 { // on a connection that was open, and without one
		ctx, cancel := context.WithTimeoutCause(t.Context(), 100*time.Millisecond, enough)
		begun := time.Now()
		_, err = s.Count(ctx, owner, nil)
		cancel()
		if took := time.Since(begun); !errors.Is(err, store.ErrUnavailable) || !errors.Is(err, enough) || took > 5*time.Second {
			t.Errorf("Count = %v after %v; want %v and %v", err, took, store.ErrUnavailable, enough)
		}
	}
}

// hang uses all connections of a store, leaves them idle for a while, suspends the server
// and lets so many callers write.
func hang(t *testing.T, callers int, idle time.Duration) {
	s, stop, goOn := twoServers(t)
	var calls sync.WaitGroup
	for n := range 8 {
		calls.Go(func() {
			for before := range 50 { // enough for the pool to grow
				if err := create(s, n, fmt.Sprint("before ", before)); err != nil {
					t.Errorf("before the server hangs: %v", err)
				}
			}
		})
	}
	calls.Wait()
	time.Sleep(idle)
	stop()
	defer goOn()                            // before the store is closed
	const limit = 28 * time.Second          // of the 30 within which calls must succeed again
	rescue := time.AfterFunc(2*limit, goOn) // so that the test ends even if the store waits for ever
	defer rescue.Stop()
	begun := time.Now()
	for n := range callers {
		calls.Go(func() {
			for try, err := 0, error(store.ErrUnavailable); err != nil; try++ {
				err = create(s, n, strconv.Itoa(try))
				if err != nil && !errors.Is(err, store.ErrUnavailable) {
					t.Errorf("while the server hangs: %v; want %v", err, store.ErrUnavailable)
				}
				if time.Since(begun) > limit {
					t.Errorf("caller %d was not served for %v, then: %v", n, time.Since(begun), err)
					return
				}
			}
		})
	}
	calls.Wait()
	t.Logf("%d callers were served after %v", callers, time.Since(begun).Round(time.Second/10))
}

// twoServers returns a store that uses the first of two servers and may use the second,
// and functions that suspend and continue the first.
func twoServers(t *testing.T) (s *postgres.Store, stop, goOn func()) {
	t.Helper()
	var first string
	var hosts []string
	for range 2 {
		dir, err := os.MkdirTemp("", "postgres") // as in TestCrashesUnderLoad
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { server(t, "stop", dir); _ = os.RemoveAll(dir) })
		address := server(t, "start", dir)
		parsed, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		schema, err := postgres.Open(t.Context(), address)
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Close(); err != nil {
			t.Error(err)
		}
		first, hosts = cmp.Or(first, dir), append(hosts, parsed.Host)
	}
	s, err := postgres.Open(t.Context(), "postgres://postgres@"+strings.Join(hosts, ",")+"/postgres?target_session_attrs=read-write")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s, func() { signalServer(t, first, syscall.SIGSTOP) }, func() { signalServer(t, first, syscall.SIGCONT) }
}

// create creates a statistic, and waits as long as that takes.
func create(s store.Store, n int, name string) error {
	key := store.Key{Owner: store.Owner{Tenant: "t", User: "u"}, ID: fmt.Sprintf("%d %s", n, name)}
	_, _, err := s.Put(context.Background(), key, store.Record{Type: store.Call, Activity: "Call"}, store.NoRevision)
	return err
}

// signalServer sends a signal to the server in the folder and to all of its processes.
func signalServer(t *testing.T, dir string, signal syscall.Signal) {
	file, err := os.ReadFile(filepath.Join(dir, "data", "postmaster.pid"))
	if err != nil {
		t.Error(err)
		return
	}
	postmaster, _, _ := strings.Cut(string(file), "\n")
	children, err := exec.Command("pgrep", "-P", postmaster).Output()
	if err != nil {
		t.Errorf("pgrep: %v", err)
	}
	for _, word := range append([]string{postmaster}, strings.Fields(string(children))...) {
		pid, err := strconv.Atoi(word)
		if err != nil {
			t.Error(err)
			continue
		}
		_ = syscall.Kill(pid, signal) // a child may have ended
	}
}
