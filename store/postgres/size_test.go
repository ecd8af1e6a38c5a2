package postgres

import (
	"strconv"
	"testing"

	"afterhours/store/postgres/postgrestest"
)

// maxBytes is how many bytes a statistic may take with its indexes.
const maxBytes = 350

// graphLike creates the five statistics of 250 users for each of 40 days, as Graph composes them, day by
// day, so that no index is filled in its order.
const graphLike = `INSERT INTO owned_statistics (owner, revision, duration, after_hours, start_date, end_date, id, type, activity, time_zone_used)
SELECT owner, 1 + floor(random() * 9e18)::bigint, 36000000000, 18000000000, day, day + 1, kind || '_' || day || '_' || day + 1, kind, initcap(kind), 'Pacific Standard Time'
FROM generate_series(0, 39) AS n, LATERAL (SELECT DATE '2026-01-01' + n AS day) AS days, owners, unnest('{call,chat,email,focus,meeting}'::text[]) AS kind
ORDER BY day, random()`

// TestSizeOfAStatistic creates 50,000 statistics and then replaces all of them, an eighth at a time.
func TestSizeOfAStatistic(t *testing.T) {
	address := postgrestest.Address(t)
	s := openedAt(t, address)
	run := func(statement string) { t.Helper(); postgrestest.Run(t, address, statement) }
	size := func(when string) {
		t.Helper()
		var heap, indexes, rows int
		const sizes = "SELECT pg_table_size('owned_statistics'), pg_indexes_size('owned_statistics'), (SELECT count(*) FROM owned_statistics)"
		if err := s.points.QueryRow(t.Context(), sizes).Scan(&heap, &indexes, &rows); err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: a statistic takes %d bytes, and %d in the indexes", when, heap/rows, indexes/rows)
		if (heap+indexes)/rows > maxBytes {
			t.Errorf("want at most %d", maxBytes)
		}
	}
	run("INSERT INTO owners (tenant_id, user_id, owner) SELECT 't', 'user ' || n, floor(random() * 9e18)::bigint FROM generate_series(1, 250) AS n")
	run(graphLike)
	run("VACUUM owned_statistics")
	size("created")
	for day := range 8 {
		run("UPDATE owned_statistics SET revision = revision + 1, duration = duration + 1 WHERE start_date - DATE '2026-01-01' BETWEEN " +
			strconv.Itoa(day*5) + " AND " + strconv.Itoa(day*5+4))
		run("VACUUM owned_statistics") // as autovacuum does after a fifth
	}
	size("replaced")
}
