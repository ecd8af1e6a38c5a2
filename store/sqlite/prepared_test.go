package sqlite

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"

	lib "modernc.org/sqlite/lib"
)

// TestPreparedValues binds values of all kinds, one after the other, and reads them again.
func TestPreparedValues(t *testing.T) {
	on := opened(t, t.TempDir()).writer.statements.direct
	echo, err := on.prepare(background, "SELECT ?, typeof(?1)")
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("long", longText)
	for _, value := range []any{"", "a", "caf\u00e9", "a\x00b", long, "short again", long + long, int64(0), int64(-1 << 63), true, nil} {
		err := echo.set(value).first(func(p *prepared) error {
			value, kind := value, ""
			switch bound := value.(type) {
			case string:
				if got := p.text(); got != bound {
					t.Errorf("a text of %d bytes is read as %d bytes, %.20q", len(bound), len(got), got)
				}
				kind = "text"
			case int64:
				if got := p.int(); got != bound {
					t.Errorf("%d is read as %d", bound, got)
				}
				kind = "integer"
			case bool:
				if got := p.int(); got != 1 {
					t.Errorf("true is read as %d", got)
				}
				kind = "integer"
			case nil:
				if _, got := p.next(); got != lib.SQLITE_NULL {
					t.Errorf("null has the type %d", got)
				}
				kind = "null"
			}
			if got := p.text(); got != kind {
				t.Errorf("%.20v is stored as %s; want %s", value, got, kind)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// TestPreparedColumns: the values of a row are where SQLite says, in every row and after the statement is used again.
func TestPreparedColumns(t *testing.T) {
	on := opened(t, t.TempDir()).writer.statements.direct
	for _, query := range []string{
		"SELECT 7",
		"SELECT 'one' AS a, 2 AS b, NULL, x'04', 5.5 UNION ALL SELECT 'more', 12, 13, x'14', 'text' ORDER BY a DESC",
	} {
		p, err := on.prepare(background, query)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			for {
				row, err := p.step()
				if err != nil {
					t.Fatal(err)
				}
				if !row {
					break
				}
				for column := range int32(p.columns) {
					value, kind := p.next()
					if want := lib.Xsqlite3_column_value(on.thread, p.handle, column); value != want || kind != lib.Xsqlite3_value_type(on.thread, want) {
						t.Errorf("%s: column %d is at %x; want %x", query, column, value, want)
					}
				}
			}
			p.reset()
		}
	}
}

// TestPreparedErrors: an error has SQLite's code and words, and the next use works.
func TestPreparedErrors(t *testing.T) {
	on := opened(t, t.TempDir()).writer.statements.direct
	if _, err := on.prepare(background, "SELECT FROM nothing"); err == nil || !strings.Contains(err.Error(), "SELECT FROM nothing") {
		t.Errorf("preparing a wrong statement: %v", err)
	}
	absolute, err := on.prepare(background, "SELECT abs(?)")
	if err != nil {
		t.Fatal(err)
	}
	nothing := func(*prepared) error { return nil }
	if err := absolute.set(int64(-1 << 63)).first(nothing); primary(err) != lib.SQLITE_ERROR || !strings.Contains(err.Error(), "integer overflow") {
		t.Errorf("abs of the smallest number: %v; want SQLITE_ERROR, integer overflow", err)
	}
	if err := absolute.set(1, 2).first(nothing); primary(err) != lib.SQLITE_RANGE {
		t.Errorf("two parameters in place of one: %v; want SQLITE_RANGE", err)
	}
	if err := absolute.set("1", "2").first(nothing); primary(err) != lib.SQLITE_RANGE {
		t.Errorf("two texts in place of one: %v; want SQLITE_RANGE", err)
	}
	var got int64
	if err := absolute.set(-7).first(func(p *prepared) error { got = p.int(); return nil }); err != nil || got != 7 {
		t.Errorf("abs of -7 after the errors: %d, %v", got, err)
	}
	none, err := on.prepare(background, "SELECT 1 WHERE false")
	if err != nil {
		t.Fatal(err)
	}
	if err := none.first(nothing); !errors.Is(err, sql.ErrNoRows) {
		t.Errorf("no row: %v; want %v", err, sql.ErrNoRows)
	}
}

// TestAReaderForgetsQueries runs more queries than a reader keeps, and the first ones again.
func TestAReaderForgetsQueries(t *testing.T) {
	s := opened(t, t.TempDir())
	r := <-s.readers.free
	defer s.readers.giveBack(r)
	kept := len(r.prepared)
	for n := range 3 * maxQueries {
		p, err := r.query(background, fmt.Sprintf("SELECT %d + ?", n%(2*maxQueries)), []any{1})
		if err != nil {
			t.Fatal(err)
		}
		if err := p.first(func(p *prepared) error {
			if got := p.int(); got != int64(n%(2*maxQueries)+1) {
				t.Errorf("query %d returns %d", n, got)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	if len(r.queries) != maxQueries || len(r.prepared) != kept+maxQueries {
		t.Errorf("%d queries and %d statements are kept; want %d and %d", len(r.queries), len(r.prepared), maxQueries, kept+maxQueries)
	}
}
