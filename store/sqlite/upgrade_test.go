package sqlite

import (
	"errors"
	flags "flag" // the package has a flag of its own
	"os"
	osexec "os/exec" // and an exec
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"afterhours/store"
	"afterhours/store/edm"
	"afterhours/store/storetest/strace"
)

var upgradeKills = flags.Int("upgradekills", 10, "at how many points TestAKilledUpgradeResumes kills the upgrade")

// upgrade opens the store in a folder, in one thread, so that it can be killed at each
// of its system calls.
func upgrade(args []string) error {
	runtime.LockOSThread()
	s, err := Open(background, args[0], Full)
	if err != nil {
		return err
	}
	return s.Close()
}

// oldRows creates rows in the schema of the first version.
const oldRows = `
WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 600)
INSERT INTO statistics (tenant_id, user_id, id, revision, type, activity, time_zone_used, duration)
SELECT 't', 'user ' || (n % 3), 'call ' || n, n, 'call', 'Call', printf('%.*c', n % 200, 'z'), -n FROM numbers;
INSERT INTO settings VALUES ('t', 'user 1', 1, 0, 1);
INSERT INTO aliases VALUES ('t', 'ada@contoso.example', 'user 1')`

// TestAKilledUpgradeResumes kills upgrades from the oldest schema, each at another system
// call that writes. The next start must complete the upgrade, and no data may be missing.
func TestAKilledUpgradeResumes(t *testing.T) {
	old := t.TempDir()
	fileOfVersion(t, old, 1, oldRows)
	upgrading := func(dir string) strace.Run {
		return func(options ...string) *osexec.Cmd { return straced(t, options, "upgrade", dir) }
	}
	points := strace.Points(t, upgrading(copied(t, old)), *upgradeKills, "pwrite64", "ftruncate", "fsync")
	killed := map[int]int{} // by the version that was reached
	longest := time.Duration(0)
	for _, point := range points {
		dir := copied(t, old)
		if killed, err := point.Kill(upgrading(dir)); !killed {
			t.Fatalf("the upgrade was not killed at %v: %v", point, err)
		}
		killed[versionOf(t, copied(t, dir))]++ // of a copy, as looking already mends
		begun := time.Now()
		s := opened(t, dir)
		longest = max(longest, time.Since(begun))
		wantUpgraded(t, s)
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Fatalf("after the upgrade was killed at %v", point)
		}
	}
	t.Logf("killed at %d points, as often at each version: %v; the next start took %v at most", len(points), killed, longest.Round(time.Millisecond))
	if len(killed) < 3 {
		t.Errorf("the kills left only the versions %v", killed)
	}
}

func copied(t *testing.T, dir string) string {
	t.Helper()
	other := t.TempDir()
	if err := os.CopyFS(other, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return other
}

func versionOf(t *testing.T, dir string) (version int) {
	t.Helper()
	pool, err := connect(filepath.Join(dir, fileName))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = pool.Close() }()
	if err := pool.QueryRow("SELECT max(version_id) FROM goose_db_version").Scan(&version); err != nil {
		t.Fatal(err)
	}
	return version
}

// wantUpgraded checks that the rows of oldRows exist and that the store can be written.
func wantUpgraded(t *testing.T, s *Store) {
	t.Helper()
	if err := errors.Join(s.Integrity(background), s.Check(background)); err != nil {
		t.Error(err)
	}
	for n := 1; n <= 600; n++ {
		owner := store.Owner{Tenant: "t", User: "user " + strconv.Itoa(n%3)}
		want := store.Statistic{ID: "call " + strconv.Itoa(n), Revision: store.Revision(n), Record: store.Record{
			Type: store.Call, Activity: "Call", TimeZoneUsed: store.Of(strings.Repeat("z", max(1, n%200))), Duration: store.Of(edm.Duration(-n)),
		}}
		if got, _, err := s.Get(background, store.Key{Owner: owner, ID: want.ID}); err != nil || got != want {
			t.Fatalf("Get(%q) = %+v, %v; want %+v", want.ID, got, err, want)
		}
	}
	ada := store.Owner{Tenant: "t", User: "user 1"}
	if got, err := s.Settings(background, ada); err != nil || got != (store.Settings{HasGraphMailbox: true, HasOptedOut: true}) {
		t.Errorf("Settings = %+v, %v", got, err)
	}
	if got, err := s.UserByUPN(background, "t", "ada@contoso.example"); err != nil || got.Owner != ada {
		t.Errorf("UserByUPN = %+v, %v", got, err)
	}
}
