package command

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"afterhours/contract/checked"
	"afterhours/contract/program"
	"afterhours/store/cassandra/cassandratest"
)

// TestServersStartAtOnceOverCassandra starts two servers on a ring without their keyspace: both serve, and each has
// what the other one stored.
func TestServersStartAtOnceOverCassandra(t *testing.T) {
	address := cassandratest.Absent(t) + "?replication=1"
	dir := t.TempDir()
	token := program.Run(t, "token", "--data", dir)
	path := program.Path(t)
	servers, failed := make([]*program.Server, 2), make([]error, 2)
	var starts sync.WaitGroup
	for n := range servers {
		starts.Go(func() {
			servers[n], failed[n] = program.Start(exec.Command(path, "serve", "--addr", "127.0.0.1:0", "--data", dir, "--store", address))
		})
	}
	starts.Wait()
	for n, server := range servers {
		if failed[n] != nil {
			t.Fatal(failed[n])
		}
		t.Cleanup(func() { _ = server.End(os.Kill) })
	}
	client := checked.Client(t)
	for n, server := range servers {
		body := fmt.Sprintf(`{"@odata.type":"#microsoft.graph.callActivityStatistics","id":"call_%d"}`, n)
		if status, _, answer := checked.Send(t, client, http.MethodPost, server.URL+program.Statistics, token, body); status != http.StatusCreated {
			t.Fatalf("POST = %d %s", status, answer)
		}
		other := servers[1-n].URL + program.Statistics + fmt.Sprintf("/call_%d", n)
		if status, _, answer := checked.Send(t, client, http.MethodGet, other, token, ""); status != http.StatusOK {
			t.Errorf("GET at the other server = %d %s", status, answer)
		}
	}
}

// TestUpgradeOverCassandra: while a server serves, another one of a newer version adds to the schema, and one that
// finds an older schema makes all migrations. No request of the first server fails.
func TestUpgradeOverCassandra(t *testing.T) {
	address, dir := cassandratest.Address(t), t.TempDir()
	keyspace := address[strings.LastIndex(address, "/")+1:]
	old := program.Serve(t, dir, "--store", address)
	creator := program.NewCreator(t, dir)
	var ended atomic.Bool
	var writing sync.WaitGroup
	created, failures := 0, []string{}
	writing.Go(func() {
		for !ended.Load() {
			if status, body := creator.Create(old); status != http.StatusCreated {
				failures = append(failures, fmt.Sprint(status, body))
			}
			created++
		}
	})
	cassandratest.Run(t, "ALTER TABLE "+keyspace+".statistics ADD rating bigint")
	cassandratest.Run(t, "UPDATE "+keyspace+".versions SET version = 0 WHERE name = 'schema'")
	newer := program.Serve(t, dir, "--store", address)
	ended.Store(true)
	writing.Wait()
	creator.Want(newer, http.StatusCreated, "focus")
	if len(failures) > 0 || created == 0 {
		t.Errorf("of %d requests, these failed: %q", created, failures)
	}
	creator.WantAll(newer, http.StatusOK)
}

// TestCommandsOverCassandra: what each command does or refuses with a ring as its store.
func TestCommandsOverCassandra(t *testing.T) {
	address, dir := cassandratest.Absent(t), t.TempDir()
	if out, err := checkLines(t, nil, "--data", dir, "--store", address); err == nil || !strings.Contains(out, "wrong: --store "+address+": there is no keyspace ") {
		t.Errorf("without a keyspace, serve --check: %v: %s", err, out)
	}
	if _, err := run(t, "doctor", "--store", address); ExitCode(err) != 1 || !strings.Contains(err.Error(), "there is no keyspace ") {
		t.Errorf("without a keyspace, doctor: %v", err)
	}
	created := address + "?replication=1"
	for range 2 { // the check creates nothing that the next one could find
		if out, err := checkLines(t, nil, "--data", dir, "--store", created); err != nil {
			t.Errorf("serve --check: %v: %s", err, out)
		}
	}
	if _, err := run(t, "doctor", "--store", address); ExitCode(err) != 1 {
		t.Errorf("serve --check has created the keyspace: %v", err)
	}
	server := program.Serve(t, dir, "--store", created)
	if out := mustRun(t, "health", "--addr", server.URL); out != "ready" {
		t.Errorf("health prints %q", out)
	}
	if out := mustRun(t, "doctor", "--store", address); out != "ok" {
		t.Errorf("doctor prints %q", out)
	}
	mustRun(t, "user", "add", "--store", address, "--id", demoUser, "--upn", demoUPN)
	if out := mustRun(t, "user", "list", "--store", address); !strings.HasPrefix(out, demoUser+" "+demoUPN) {
		t.Errorf("user list prints %q", out)
	}
	mustRun(t, "user", "remove", "--store", address, "--upn", demoUPN)
	if out := mustRun(t, "user", "list", "--store", address); out != "" {
		t.Errorf("after user remove, user list prints %q", out)
	}
	for _, refused := range []struct{ want, line string }{
		{"backup copies sqlite only", "backup --store " + address + " " + dir + "/backup.db"},
		{"--finish-upgrade is for PostgreSQL only", "doctor --finish-upgrade --store " + address},
		{"--accept-loss is for sqlite only", "doctor --accept-loss --store " + address},
		{"cannot be reset", "serve --control --addr 127.0.0.1:0 --data " + dir + " --store " + address},
	} {
		if out, err := run(t, strings.Fields(refused.line)...); ExitCode(err) != 2 || !strings.Contains(err.Error(), refused.want) {
			t.Errorf("%s: %v, %q; want %s", refused.line, err, out, refused.want)
		}
	}
	if err := server.End(os.Interrupt); err != nil {
		t.Error(err)
	}
}
