package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/pressly/goose/v3"

	"afterhours/store/sqlquery"
)

// The statistics move from the table statistics, whose keys hold the GUIDs, to owned_statistics
// while servers of the version before serve. Those know the first table only, and servers of this
// version the second one only:
//
//	mirrorVersion  a trigger makes every write of the older servers in owned_statistics, too
//	copyVersion    all statistics are copied, some at a time; then this version can serve
//	backVersion    a trigger makes every write of this version in statistics, too
//	finishVersion  statistics and the triggers go; an older server then fails to start
//
// Open stops before the last step, which FinishUpgrade makes when no older server runs. The next
// version may make it when it starts. Triggers are not in the SQL that the databases share: only
// PostgreSQL can upgrade a database that an older version made.
const (
	mirrorVersion = 18 + iota
	copyVersion
	backVersion
	finishVersion
)

// copyBatch is how many statistics are copied in one transaction. Their writers wait for it.
const copyBatch = 1000

// upgrade returns the migrations that move the statistics, the last one only if finish is true. If
// the database is new, there is nothing to move.
func upgrade(isNew, finish bool) []*goose.Migration {
	inTx := func(run func(context.Context, *sql.Tx) error) *goose.GoFunc {
		return &goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error {
			if isNew {
				return nil
			}
			return run(ctx, tx)
		}}
	}
	steps := []*goose.Migration{
		goose.NewGoMigration(mirrorVersion, inTx(mirror), nil),
		goose.NewGoMigration(copyVersion, &goose.GoFunc{RunDB: copyAll}, nil),
		goose.NewGoMigration(backVersion, inTx(mirrorBack), nil),
	}
	if finish {
		steps = append(steps, goose.NewGoMigration(finishVersion, &goose.GoFunc{RunTx: dropOld}, nil))
	}
	return steps
}

// A query of many rows keeps the tables from being changed, and whoever waits to change a table keeps
// later queries waiting. So FinishUpgrade waits for a moment only, but many times.
const (
	finishWait  = "SET LOCAL lock_timeout = '200ms'"
	finishTries = 100
	finishPause = 300 * time.Millisecond
)

// FinishUpgrade brings the schema of the address up to date, and drops what only servers of the
// version before need. It makes the store smaller and its writes faster. No such server may run:
// each of its requests would fail from then on. It may be repeated.
func FinishUpgrade(ctx context.Context, address string) error {
	config, err := parse(address)
	if err != nil {
		return err
	}
	err = migrateAt(ctx, config, true)
	for try := 1; try < finishTries && code(err) == lockNotAvailable; try++ {
		time.Sleep(finishPause)
		err = migrateAt(ctx, config, true)
	}
	if err != nil {
		return fmt.Errorf("finishing the upgrade of the database %s at %s%s: %w", config.ConnConfig.Database, config.ConnConfig.Host, whatToCheck(err), err)
	}
	return nil
}

// Unfinished reports whether FinishUpgrade had something to drop when the store was opened.
func (s *Store) Unfinished() bool { return s.unfinished }

func isUnfinished(ctx context.Context, pool *pgxpool.Pool) (is bool, err error) {
	const query = "SELECT count(*) > 0 FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = 'statistics'"
	err = pool.QueryRow(ctx, query).Scan(&is)
	return is, err
}

// mirror makes the writes of older servers in owned_statistics, too. An older server may have
// made the columns of fewer durations.
func mirror(ctx context.Context, tx *sql.Tx) error {
	columns, err := columnsOf(ctx, tx, "statistics")
	if err != nil {
		return err
	}
	for _, column := range sqlquery.Missing(columns) {
		if _, err := tx.ExecContext(ctx, addDuration("statistics", column)); err != nil {
			return fmt.Errorf("adding the column %s: %w", column, err)
		}
	}
	return execAll(ctx, tx, functionOf("statistics_mirror", mirrorBody), triggerOf("statistics_mirror", "statistics"))
}

// mirrorBack makes the writes of this version in statistics, too.
func mirrorBack(ctx context.Context, tx *sql.Tx) error {
	return execAll(ctx, tx, functionOf("owned_statistics_mirror", mirrorBackBody), triggerOf("owned_statistics_mirror", "owned_statistics"))
}

// dropOld drops what only older servers need. Like a write of this version, it locks
// owned_statistics first.
func dropOld(ctx context.Context, tx *sql.Tx) error {
	return execAll(ctx, tx,
		finishWait,
		"DROP FUNCTION IF EXISTS owned_statistics_mirror CASCADE", // and its trigger
		"DROP TABLE IF EXISTS statistics",
		"DROP FUNCTION IF EXISTS statistics_mirror")
}

func execAll(ctx context.Context, tx *sql.Tx, statements ...string) error {
	for _, statement := range statements {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// The bodies of the triggers. Each writes the row as it is now, whether the other table has it or
// not: it may not be copied yet. A trigger that is fired by the other one does nothing.
//
// Servers of both versions lock the two rows of a statistic in opposite orders. An older one that finds
// the second row locked gives up at once, and tries again as after a serialization failure. Otherwise
// both would wait for the database to notice the deadlock, which takes a second.
var (
	mirrorBody = `
IF TG_OP <> 'INSERT' THEN
    BEGIN
        PERFORM 1 FROM owned_statistics WHERE id = OLD.id
            AND owner = (SELECT owner FROM owners WHERE tenant_id = OLD.tenant_id AND user_id = OLD.user_id) FOR UPDATE NOWAIT;
    EXCEPTION WHEN lock_not_available THEN
        RAISE EXCEPTION 'a newer server writes the same statistic' USING ERRCODE = 'serialization_failure';
    END;
END IF;
IF TG_OP = 'DELETE' THEN
    DELETE FROM owned_statistics WHERE id = OLD.id
        AND owner = (SELECT owner FROM owners WHERE tenant_id = OLD.tenant_id AND user_id = OLD.user_id);
    RETURN NULL;
END IF;
INSERT INTO owners (tenant_id, user_id, owner) VALUES (NEW.tenant_id, NEW.user_id, ` + drawnNumber + `) ON CONFLICT (tenant_id, user_id) DO NOTHING;
INSERT INTO owned_statistics (owner, id, ` + sqlquery.Columns + `)
    SELECT owner, NEW.id, ` + columnsOfRow("NEW") + ` FROM owners WHERE tenant_id = NEW.tenant_id AND user_id = NEW.user_id
    ON CONFLICT (owner, id) DO UPDATE SET (` + sqlquery.Columns + `) = (` + columnsOfRow("excluded") + `);
RETURN NULL;`

	mirrorBackBody = `
IF TG_OP = 'DELETE' THEN
    DELETE FROM statistics USING owners WHERE owners.owner = OLD.owner AND id = OLD.id
        AND statistics.tenant_id = owners.tenant_id AND statistics.user_id = owners.user_id;
    RETURN NULL;
END IF;
INSERT INTO statistics (tenant_id, user_id, id, ` + sqlquery.Columns + `)
    SELECT tenant_id, user_id, NEW.id, ` + columnsOfRow("NEW") + ` FROM owners WHERE owner = NEW.owner
    ON CONFLICT (tenant_id, user_id, id) DO UPDATE SET (` + sqlquery.Columns + `) = (` + columnsOfRow("excluded") + `);
RETURN NULL;`
)

// drawnNumber is newNumber in SQL, which draws from 2^53.
const drawnNumber = "CAST(floor(random() * 9007199254740992) AS BIGINT)"

// columnsOfRow returns sqlquery.Columns of a row that has a name.
func columnsOfRow(row string) string {
	return row + "." + strings.ReplaceAll(sqlquery.Columns, ", ", ", "+row+".")
}

func functionOf(name, body string) string {
	return "CREATE OR REPLACE FUNCTION " + name + "() RETURNS trigger LANGUAGE plpgsql AS $body$\nBEGIN" + body + "\nEND $body$"
}

func triggerOf(name, table string) string {
	return "CREATE TRIGGER " + name + " AFTER INSERT OR UPDATE OR DELETE ON " + table +
		" FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION " + name + "()"
}

// The statements of copyAll. The rows of a batch are locked: a write of one of them is copied or
// waits, and its trigger then finds the copy.
const (
	lastOfBatch = "SELECT tenant_id, user_id, id FROM (SELECT tenant_id, user_id, id FROM statistics WHERE (tenant_id, user_id, id) > ($1, $2, $3)" +
		" ORDER BY tenant_id, user_id, id LIMIT $4) AS batch ORDER BY tenant_id DESC, user_id DESC, id DESC LIMIT 1"
	batch = " FROM statistics WHERE (tenant_id, user_id, id) > ($1, $2, $3) AND (tenant_id, user_id, id) <= ($4, $5, $6)"

	copyOwners = "INSERT INTO owners (tenant_id, user_id, owner) SELECT tenant_id, user_id, " + drawnNumber +
		" FROM (SELECT DISTINCT tenant_id, user_id" + batch + ") AS batch ON CONFLICT (tenant_id, user_id) DO NOTHING"
)

var copyRecords = "INSERT INTO owned_statistics (owner, id, " + sqlquery.Columns + ") SELECT owner, id, " + sqlquery.Columns +
	" FROM (SELECT tenant_id, user_id, id, " + sqlquery.Columns + batch + " ORDER BY tenant_id, user_id, id FOR SHARE) AS batch" +
	" JOIN owners USING (tenant_id, user_id) ON CONFLICT (owner, id) DO NOTHING"

// copyAll copies the statistics in the order of their keys. What is copied already stays: its
// trigger keeps it in step.
func copyAll(ctx context.Context, db *sql.DB) error {
	var after, last [3]string
	for {
		err := db.QueryRowContext(ctx, lastOfBatch, after[0], after[1], after[2], copyBatch).Scan(&last[0], &last[1], &last[2])
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("copying statistics: %w", err)
		}
		for _, statement := range []string{copyOwners, copyRecords} {
			if _, err := db.ExecContext(ctx, statement, after[0], after[1], after[2], last[0], last[1], last[2]); err != nil {
				return fmt.Errorf("copying statistics: %w", err)
			}
		}
		after = last
	}
}
