package sqlite

import (
	"strings"
	"testing"

	"afterhours/store"
	"afterhours/store/edm"
)

func TestTheVersionOfTheSchemaIsKept(t *testing.T) {
	dir := t.TempDir()
	for range 2 { // the second finds nothing to do
		s := opened(t, dir)
		var version, rows int
		row := s.readers.database.QueryRow("SELECT max(version_id), count(*) FROM goose_db_version")
		if err := row.Scan(&version, &rows); err != nil || version != 7 || rows != 8 {
			t.Errorf("the schema has version %d in %d rows, %v; want 7 in 8", version, rows, err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestOpenRefusesANewerSchema(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, dir)
	if _, err := s.writer.conn.ExecContext(background, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (8, 1)"); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := Open(background, dir, Full)
	const want = "the schema has version 8, and this program knows versions up to 7: use the newer program"
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("the error is %v; want one with %q", err, want)
	}
}

// TestUpgradeToOwnerNumbersKeepsStatistics opens a file of version 2, in which every row has
// its owner's tenant and user. Version 3 has a number for each owner instead.
func TestUpgradeToOwnerNumbersKeepsStatistics(t *testing.T) {
	dir := t.TempDir()
	fileOfVersion(t, dir, 2, `INSERT INTO statistics (tenant_id, user_id, id, revision, type, activity, start_date, end_date,
	time_zone_used, duration, after_hours, organized) VALUES
	('t', 'u', 'call', 7, 'call', 'Call', '2019-06-16', '2019-06-17', 'UTC', 10, -20, NULL),
	('t', 'u', 'b', 8, 'meeting', 'Focus', NULL, NULL, NULL, NULL, NULL, 30),
	('t', 'v', 'call', 9, 'chat', 'Chat', NULL, NULL, NULL, NULL, NULL, NULL),
	('s', 'u', 'call', 10, 'chat', 'Chat', NULL, NULL, NULL, NULL, NULL, NULL)`)
	s := opened(t, dir)

	day, err := edm.ParseDate("2019-06-16")
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[store.Key]store.Statistic{
		key: {ID: "call", Revision: 7, Record: store.Record{
			Type: store.Call, Activity: "Call", StartDate: store.Of(day), EndDate: store.Of(day.AddDays(1)),
			TimeZoneUsed: store.Of("UTC"), Duration: store.Of[edm.Duration](10),
		}.With("afterHours", -20)},
		{Owner: key.Owner, ID: "b"}: {ID: "b", Revision: 8, Record: store.Record{
			Type: store.Meeting, Activity: "Focus",
		}.With("organized", 30)},
	} {
		if got, _, err := s.Get(background, key); err != nil || got != want {
			t.Errorf("Get(%q) = %+v, %v; want %+v", key.ID, got, err, want)
		}
	}
	wantCount(t, s, 2)
	wantRevision(t, s, store.Key{Owner: store.Owner{Tenant: "t", User: "v"}, ID: "call"}, 9)
	wantRevision(t, s, store.Key{Owner: store.Owner{Tenant: "s", User: "u"}, ID: "call"}, 10)
	put(t, s, store.Key{Owner: key.Owner, ID: "c"})
	put(t, s, store.Key{Owner: store.Owner{Tenant: "new", User: "u"}, ID: "c"})
	wantCount(t, s, 3)
}

// TestOpenAddsADurationThatTheFileLacks opens a file of a program whose table of
// properties had two durations less.
func TestOpenAddsADurationThatTheFileLacks(t *testing.T) {
	dir := t.TempDir()
	fileOfVersion(t, dir, 3, `INSERT INTO owners VALUES (1, '`+key.Tenant+`', '`+key.User+`');
INSERT INTO statistics (owner, id, revision, type, activity, long) VALUES (1, 'b', 8, 'meeting', 'Focus', 30);
ALTER TABLE statistics DROP COLUMN organized;
ALTER TABLE statistics DROP COLUMN recurring`)
	record := store.Record{Type: store.Meeting, Activity: "Focus"}.With("long", 30)
	at := store.Key{Owner: key.Owner, ID: "b"}
	revision := store.Revision(8)
	for _, more := range []edm.Duration{1, 2} { // the second start finds nothing to add
		s := opened(t, dir)
		if got, _, err := s.Get(background, at); err != nil || got.Record != record {
			t.Errorf("Get = %+v, %v; want %+v", got, err, record)
		}
		record = record.With("organized", more).With("recurring", -more)
		var err error
		if revision, _, err = s.Put(background, at, record, revision); err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestOpenRefusesADurationThatItDoesNotKnow(t *testing.T) {
	dir := t.TempDir()
	fileOfVersion(t, dir, 7, "ALTER TABLE statistics ADD COLUMN tomorrow INTEGER") // the newest version
	_, err := Open(background, dir, Full)
	const want = "the schema has a column tomorrow that this program does not know: use the newer program"
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("the error is %v; want one with %q", err, want)
	}
}

// fileOfVersion creates a database with the schema of a version, and these rows.
func fileOfVersion(t *testing.T, dir string, version int64, rows string) {
	t.Helper()
	path, err := createFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	pool, err := connect(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = pool.Close() }()
	provider, err := provide(pool)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.UpTo(background, version); err != nil {
		t.Fatal(err)
	}
	if _, err := pool.Exec(rows); err != nil {
		t.Fatal(err)
	}
}
