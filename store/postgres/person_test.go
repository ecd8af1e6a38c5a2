package postgres

import (
	"context"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"afterhours/store/postgres/postgrestest"
)

// TestPeoplePlans checks that Person and People find the aliases of a user by an index, in the order of the users: a tenant may
// have an alias for each of its users.
func TestPeoplePlans(t *testing.T) {
	s := openedAt(t, postgrestest.Address(t))
	const index = "Index Only Scan using aliases_user on aliases"
	for statement, args := range map[string][]any{getPerson: {"t", "u"}, listPeople: {"t", "u", 71}} {
		err := pgx.BeginFunc(context.Background(), s.points, func(tx pgx.Tx) error {
			if _, err := tx.Exec(context.Background(), "SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off"); err != nil { // the tables are empty
				return err
			}
			rows, err := tx.Query(context.Background(), "EXPLAIN "+statement, args...)
			if err != nil {
				return err
			}
			steps, err := pgx.CollectRows(rows, pgx.RowTo[string])
			at := strings.Index(strings.Join(steps, "\n"), index)
			if plan := strings.Join(steps, "\n"); err == nil && (at < 0 || !strings.Contains(strings.SplitN(plan[at:], "\n", 3)[1], "user_id")) {
				t.Errorf("%s has the plan\n%s\nwant %s, by user_id", statement, plan, index)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}
