package bench_test

import (
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"testing"

	"afterhours/contract/program"
	"afterhours/store/postgres/postgrestest"
)

// update is the UPDATE of a PATCH, on the row of the client.
const update = `UPDATE owned_statistics SET revision = revision + 1, end_date = '2019-06-17', time_zone_used = 'Time Zone Used value',
 duration = revision, after_hours = -943242013, read_email = NULL, sent_email = NULL, conflicting = NULL, long = NULL, multitasking = NULL,
 organized = NULL, recurring = NULL, type = 'call', activity = 'Call', start_date = '2019-06-16'
 WHERE owner = (SELECT owner FROM owners WHERE tenant_id = 't' AND user_id = 'u') AND id = 'call_' || :client_id`

const (
	owner = `INSERT INTO owners (tenant_id, user_id, owner) VALUES ('t', 'u', 1)`
	rows  = `INSERT INTO owned_statistics (owner, id, revision, type, activity)
 SELECT 1, 'call_' || n, 1, 'call', 'Call' FROM generate_series(0, 63) AS n`
)

var tps = regexp.MustCompile(`tps = ([0-9.]+)`)

// BenchmarkUpdateByPgbench measures the same database with PostgreSQL's own benchmark: 64
// connections to the same table, each writing a row of its own.
func BenchmarkUpdateByPgbench(b *testing.B) {
	address := postgrestest.Address(b)
	program.Run(b, "doctor", "--data", b.TempDir(), "--store", address) // creates the table
	postgrestest.Run(b, address, owner)
	postgrestest.Run(b, address, rows)
	script := filepath.Join(b.TempDir(), "update.sql")
	if err := os.WriteFile(script, []byte(regexp.MustCompile(`\n`).ReplaceAllString(update, "")+";\n"), 0o600); err != nil {
		b.Fatal(err)
	}
	server, err := url.Parse(address)
	if err != nil {
		b.Fatal(err)
	}
	search := server.Query().Get("search_path") // libpq takes it as an option instead
	server.RawQuery = url.Values{"options": {"-csearch_path=" + search}}.Encode()
	b.ResetTimer()
	command := exec.Command(pgbench(b), "--no-vacuum", "--protocol", "prepared", "--client", fmt.Sprint(connections), "--jobs", "2",
		"--transactions", strconv.Itoa(max(1, b.N/connections)), "--file", script, server.String())
	out, err := command.CombinedOutput()
	if err != nil {
		b.Fatalf("pgbench: %v\n%s", err, out)
	}
	rate, err := strconv.ParseFloat(string(tps.FindSubmatch(out)[1]), 64)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(rate, "writes/s")
}

// pgbench returns the path of PostgreSQL's benchmark. Debian does not have it in the PATH.
func pgbench(b *testing.B) string {
	if path, err := exec.LookPath("pgbench"); err == nil {
		return path
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/pgbench")
	if len(found) == 0 {
		b.Fatal("there is a PostgreSQL server, but no pgbench")
	}
	slices.Sort(found)
	return found[len(found)-1]
}
