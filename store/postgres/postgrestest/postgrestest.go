// Package postgrestest owns the databases of tests. It leaves alone how their server is run.
package postgrestest

import (
	"context"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// variable names the environment variable with the URL of a server for tests.
const variable = "AFTERHOURS_TEST_POSTGRES"

// Address returns the URL of an empty schema on the server that AFTERHOURS_TEST_POSTGRES
// names. The schema is dropped after the test. Without a server the test is skipped, or
// fails if the variable CI is set.
func Address(t testing.TB) string {
	t.Helper()
	server, err := url.Parse(os.Getenv(variable))
	switch {
	case err != nil:
		t.Fatalf("%s: %v", variable, err)
	case server.Host == "" && os.Getenv("CI") != "":
		t.Fatalf("%s must be the URL of a PostgreSQL server", variable)
	case server.Host == "":
		t.Skipf("%s is not the URL of a PostgreSQL server: see .ci/postgres", variable)
	}
	schema := "test_" + strings.ReplaceAll(uuid.NewString(), "-", "")
	Run(t, server.String(), "CREATE SCHEMA "+schema)
	t.Cleanup(func() { Run(t, server.String(), "DROP SCHEMA "+schema+" CASCADE") })
	query := server.Query()
	query.Set("search_path", schema)
	server.RawQuery = query.Encode()
	return server.String()
}

// Run runs one statement in the database of the address.
func Run(t testing.TB, address, statement string) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context()) // which is done when tests clean up
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		t.Fatalf("connecting to the server of %s: %v", variable, err)
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := conn.Exec(ctx, statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}
