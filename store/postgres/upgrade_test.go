package postgres

import (
	"context"
	flags "flag" // the package has a flag of its own
	"io/fs"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"afterhours/store"
	"afterhours/store/edm"
	"afterhours/store/postgres/postgrestest"
	"afterhours/store/storetest/strace"
)

var upgradeKills = flags.Int("upgradekills", 10, "at how many points TestAKilledUpgradeResumes kills the upgrade")

// lease is how long the lock of the migrations survives its holder: goose's default.
const lease = 30 * time.Second

// oldRows creates rows in the schema of the first version.
const oldRows = `INSERT INTO statistics (tenant_id, user_id, id, revision, type, activity, start_date, duration)
SELECT 't', 'u', 'call ' || n, n, 'call', 'Call', DATE '2026-01-01' + n, -n FROM generate_series(1, 200) AS n`

// TestAKilledUpgradeResumes kills upgrades from the oldest schema, each at another system
// call that sends a statement or receives a result. The next start must complete the
// upgrade once the lock of the killed one has expired, and no data may be missing.
func TestAKilledUpgradeResumes(t *testing.T) {
	points := strace.Points(t, upgrading(t, oldSchema(t, 1)), *upgradeKills, "write", "read")
	killed := map[string]strace.Point{} // by address
	for _, point := range points {
		address := oldSchema(t, 1)
		is, err := point.Kill(upgrading(t, address))
		if err != nil {
			t.Error(err)
		}
		if is {
			killed[address] = point
		}
	}
	var starts sync.WaitGroup
	took := make(chan time.Duration, len(killed))
	for address, point := range killed {
		starts.Go(func() {
			begun := time.Now()
			s, err := Open(context.Background(), address)
			took <- time.Since(begun)
			if err != nil {
				t.Errorf("after the upgrade was killed at %v: %v", point, err)
				return
			}
			wantUpgraded(t, s)
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	starts.Wait()
	close(took)
	waited, longest := 0, time.Duration(0)
	for took := range took {
		if took > lease/2 {
			waited++
		}
		longest = max(longest, took)
	}
	t.Logf("killed at %d points; after %d of them the next start waited for the lock, at most %v", len(killed), waited, longest.Round(100*time.Millisecond))
	if len(killed) < len(points)*4/5 || waited == 0 || longest > lease+5*time.Second {
		t.Errorf("of %d upgrades %d were killed, and %d starts waited, at most %v; want most, some, and none much longer than %v", len(points), len(killed), waited, longest, lease)
	}
}

// oldSchema returns the address of a schema of an older version, with the rows of oldRows.
func oldSchema(t *testing.T, version int64) (address string) {
	t.Helper()
	address = postgrestest.Address(t)
	config, err := parse(address)
	if err != nil {
		t.Fatal(err)
	}
	pool, err := newPool(t.Context(), config, 4)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	db := stdlib.OpenDBFromPool(pool)
	defer func() { _ = db.Close() }()
	source, err := fs.Sub(migrations, "migrations")
	if err != nil {
		t.Fatal(err)
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, source, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.UpTo(t.Context(), version); err != nil {
		t.Fatal(err)
	}
	postgrestest.Run(t, address, oldRows)
	return address
}

// wantUpgraded checks that the rows of oldRows and the additions of later versions exist.
func wantUpgraded(t *testing.T, s *Store) {
	owner := store.Owner{Tenant: "t", User: "u"}
	page, err := s.List(context.Background(), owner, store.Query{Limit: 1000})
	if err != nil || len(page) != 200 {
		t.Errorf("%d statistics, %v; want 200", len(page), err)
		return
	}
	for _, got := range page {
		n := int(got.Revision)
		want := store.Statistic{ID: "call " + strconv.Itoa(n), Revision: store.Revision(n), Record: store.Record{
			Type: store.Call, Activity: "Call", StartDate: store.Of(edm.MinDate.AddDays(739_616 + n)), Duration: store.Of(edm.Duration(-n)),
		}}
		if got != want {
			t.Errorf("there is %+v; want %+v", got, want)
		}
	}
	if err := s.PutUser(context.Background(), store.User{Owner: owner, UPN: "ada@contoso.example"}, false); err != nil {
		t.Error(err)
	}
	if mark, err := s.Track(context.Background(), owner, time.Now()); err != nil || mark.Number != 1 {
		t.Errorf("Track = %+v, %v; want the first mark", mark, err)
	}
	change := store.SettingsChange{HasOptedOut: store.Of(true)}
	if _, err := s.UpdateSettings(context.Background(), owner, change); err != nil {
		t.Error(err)
	}
	var version int
	if err := s.points.QueryRow(context.Background(), "SELECT max(version_id) FROM goose_db_version").Scan(&version); err != nil || version != backVersion {
		t.Errorf("the schema has version %d, %v; want %d", version, err, backVersion)
	}
	var indexes int
	if err := s.points.QueryRow(context.Background(), "SELECT count(*) FROM pg_indexes WHERE schemaname = current_schema() AND tablename = 'owned_statistics'").Scan(&indexes); err != nil || indexes != 3 {
		t.Errorf("owned_statistics has %d indexes, %v; want 3", indexes, err)
	}
}
