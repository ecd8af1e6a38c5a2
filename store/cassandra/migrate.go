package cassandra

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	gocql "github.com/apache/cassandra-gocql-driver/v2"
	"github.com/google/uuid"

	"afterhours/store"
)

//go:embed migrations/*.cql
var migrations embed.FS

const (
	// lockTime is after how long another server takes over from one that ended while it changed the schema.
	lockTime = time.Minute
	// tableTries is how often a server asks for a table that another one creates.
	tableTries = 100
	// lockPause is how long a server waits before it asks again for the lock.
	lockPause = 100 * time.Millisecond
)

// The statements of the table versions, which has the version of the schema and the lock of those who
// change it.
const (
	createVersions = "CREATE TABLE IF NOT EXISTS versions (name text PRIMARY KEY, version int, holder uuid) WITH ID = "
	getVersion     = "SELECT version FROM versions WHERE name = 'schema'"
	setVersion     = "UPDATE versions SET version = ? WHERE name = 'schema'"
	takeLock       = "INSERT INTO versions (name, holder) VALUES ('lock', ?) IF NOT EXISTS USING TTL ?"
	freeLock       = "DELETE FROM versions WHERE name = 'lock' IF holder = ?"

	listColumns = "SELECT column_name FROM system_schema.columns WHERE keyspace_name = ? AND table_name = ?"
)

// migrate brings the schema of the keyspace up to date, one server at a time. A schema of a newer version
// stays as it is. Each migration may be repeated, since a server may end before it has recorded the version.
func migrate(ctx context.Context, session *gocql.Session, keyspace string) (err error) {
	steps, err := fs.Glob(migrations, "migrations/*.cql")
	if err != nil {
		return err
	}
	if err := addVersions(ctx, session, keyspace); err != nil {
		return err
	}
	if done, err := upToDate(ctx, session, keyspace, len(steps)); done || err != nil {
		return err
	}
	holder, err := lock(ctx, session)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock(ctx, session, holder)) }()
	if err := runSteps(ctx, session, steps); err != nil {
		return err
	}
	return addDurations(ctx, session, keyspace)
}

// addVersions creates the table versions if there is none. Its id follows from the name of the keyspace. Otherwise
// two servers that create it at once would create two tables of that name, of which Cassandra keeps one. While
// another server creates it, a node may say for a moment that there is no such table, or fail.
func addVersions(ctx context.Context, session *gocql.Session, keyspace string) (err error) {
	id := uuid.NewSHA1(uuid.NameSpaceOID, []byte("afterhours/"+keyspace+"/versions"))
	for range tableTries {
		if _, err = versionOf(ctx, session); err == nil {
			return session.AwaitSchemaAgreement(ctx)
		}
		var told gocql.RequestError
		if !errors.As(err, &told) || told.Code() != gocql.ErrCodeInvalid && told.Code() != gocql.ErrCodeServer {
			return err
		}
		if err := session.Query(createVersions + id.String()).ExecContext(ctx); err != nil {
			return fmt.Errorf("creating the table versions: %w", err)
		}
		if err := pause(ctx); err != nil {
			return err
		}
	}
	return err
}

// upToDate reports whether nothing is to be done.
func upToDate(ctx context.Context, session *gocql.Session, keyspace string, latest int) (bool, error) {
	version, err := versionOf(ctx, session)
	if err != nil || version < latest {
		return false, err
	}
	missing, err := missingDurations(ctx, session, keyspace)
	return len(missing) == 0, err
}

// runSteps runs the migrations that are not recorded.
func runSteps(ctx context.Context, session *gocql.Session, steps []string) error {
	version, err := versionOf(ctx, session)
	if err != nil {
		return err
	}
	for n := version; n < len(steps); n++ {
		text, err := migrations.ReadFile(steps[n])
		if err != nil {
			return err
		}
		if err := session.Query(string(text)).ExecContext(ctx); err != nil {
			return fmt.Errorf("%s: %w", steps[n], err)
		}
		if err := session.Query(setVersion, n+1).ExecContext(ctx); err != nil {
			return fmt.Errorf("recording the version %d of the schema: %w", n+1, err)
		}
	}
	return nil
}

// versionOf returns how many migrations have run.
func versionOf(ctx context.Context, session *gocql.Session) (version int, err error) {
	err = session.Query(getVersion).ScanContext(ctx, &version)
	if err != nil && !errors.Is(err, gocql.ErrNotFound) {
		return 0, fmt.Errorf("reading the version of the schema: %w", err)
	}
	return version, nil
}

// lock waits until no other server changes the schema.
func lock(ctx context.Context, session *gocql.Session) (holder gocql.UUID, err error) {
	holder = gocql.MustRandomUUID()
	for {
		taken, err := session.Query(takeLock, holder, int(lockTime.Seconds())).MapScanCASContext(ctx, map[string]any{})
		if err != nil {
			return holder, fmt.Errorf("taking the lock of the migrations: %w", err)
		}
		if taken {
			return holder, nil
		}
		if err := pause(ctx); err != nil {
			return holder, err
		}
	}
}

// pause waits before a server asks again. The error is the context's.
func pause(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(lockPause):
		return nil
	}
}

func unlock(ctx context.Context, session *gocql.Session, holder gocql.UUID) error {
	_, err := session.Query(freeLock, holder).MapScanCASContext(context.WithoutCancel(ctx), map[string]any{})
	return err
}

// addDurations adds a column for each duration that the table of statistics lacks. The columns follow from
// store's table of properties, and not from a version of the schema.
func addDurations(ctx context.Context, session *gocql.Session, keyspace string) error {
	missing, err := missingDurations(ctx, session, keyspace)
	if err != nil {
		return err
	}
	if len(missing) == 0 {
		return nil
	}
	if err := session.Query("ALTER TABLE statistics ADD IF NOT EXISTS (" + strings.Join(missing, " bigint, ") + " bigint)").ExecContext(ctx); err != nil {
		return fmt.Errorf("adding the columns %v: %w", missing, err)
	}
	return nil
}

func missingDurations(ctx context.Context, session *gocql.Session, keyspace string) (missing []string, err error) {
	columns, err := columnsOf(ctx, session, keyspace, "statistics")
	if err != nil {
		return nil, err
	}
	for _, duration := range store.Durations() {
		if !columns[duration.Column] {
			missing = append(missing, duration.Column)
		}
	}
	return missing, nil
}

// columnsOf returns the columns of a table, none if there is no such table.
func columnsOf(ctx context.Context, session *gocql.Session, keyspace, table string) (map[string]bool, error) {
	columns := map[string]bool{}
	var column string
	rows := session.Query(listColumns, keyspace, table).IterContext(ctx)
	for rows.Scan(&column) {
		columns[column] = true
	}
	if err := rows.Close(); err != nil {
		return nil, fmt.Errorf("reading the columns of %s: %w", table, err)
	}
	return columns, nil
}

// createKeyspace creates the keyspace of the address if there is none and the address has the option replication.
func createKeyspace(ctx context.Context, session *gocql.Session, a *Address) error {
	exists, err := hasKeyspace(ctx, session, a.keyspace)
	if exists || err != nil {
		return err
	}
	replicas := a.options["replication"]
	if replicas == "" {
		return noKeyspace(a.keyspace)
	}
	create := "CREATE KEYSPACE IF NOT EXISTS " + a.keyspace + " WITH replication = {'class': 'NetworkTopologyStrategy', 'replication_factor': " + replicas + "}"
	return session.Query(create).ExecContext(ctx)
}

func hasKeyspace(ctx context.Context, session *gocql.Session, keyspace string) (bool, error) {
	err := session.Query("SELECT keyspace_name FROM system_schema.keyspaces WHERE keyspace_name = ?", keyspace).ScanContext(ctx, &keyspace)
	if errors.Is(err, gocql.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

func noKeyspace(keyspace string) error {
	return fmt.Errorf("there is no keyspace %s: create it, or have it created with replication=3 in the address (or as many replicas as you want)", keyspace)
}
