package sqlite

import (
	"strings"
	"testing"
)

func TestTheVersionOfTheSchemaIsKept(t *testing.T) {
	dir := t.TempDir()
	for range 2 { // the second finds nothing to do
		s := opened(t, dir)
		var version, rows int
		row := s.readers.QueryRow("SELECT max(version_id), count(*) FROM goose_db_version")
		if err := row.Scan(&version, &rows); err != nil || version != 2 || rows != 3 {
			t.Errorf("the schema has version %d in %d rows, %v; want 2 in 3", version, rows, err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestOpenRefusesANewerSchema(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, dir)
	if _, err := s.writer.conn.ExecContext(background, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (7, 1)"); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := Open(background, dir)
	const want = "the schema has version 7, and this program knows versions up to 2: use the newer program"
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("the error is %v; want one with %q", err, want)
	}
}
