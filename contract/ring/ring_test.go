package ring_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"

	_ "afterhours/command" // so that go test repeats these tests when the program changes
	"afterhours/contract/program"
)

func TestMain(m *testing.M) { os.Exit(program.Main(m)) }

// variable names the environment variable with the folder of a ring of three nodes.
const variable = "AFTERHOURS_TEST_RING"

const nodes = 3

// ring is three nodes of Cassandra that a test may break. They are whole again after the test.
type ring struct {
	t        *testing.T
	folder   string
	keyspace string // of the test
	address  string // of the keyspace, which the first server creates
}

// openRing starts the nodes that do not run. Without the folder of a ring, the test is skipped, also
// in CI: the gate has one node.
func openRing(t *testing.T) *ring {
	t.Helper()
	folder := os.Getenv(variable)
	if folder == "" {
		t.Skipf("%s is not a folder for a ring of three nodes: see contract/ring/ring.md", variable)
	}
	r := &ring{t: t, folder: folder}
	url := r.script("start", strconv.Itoa(nodes))
	if got := strings.Count(url, ",") + 1; got != nodes {
		t.Fatalf("the ring in %s has %d nodes; want %d", folder, got, nodes)
	}
	hosts, _, _ := strings.Cut(strings.TrimPrefix(url, "cassandra://"), "/")
	r.keyspace = "ring_" + strings.ReplaceAll(uuid.NewString(), "-", "")
	r.address = fmt.Sprintf("cassandra://%s/%s?replication=%d", hosts, r.keyspace, nodes)
	t.Cleanup(func() {
		for node := range nodes {
			if os.Geteuid() == 0 {
				r.do("rejoin", node)
			}
		}
		r.script("start") // what is only paused runs, and what is dead cannot go on
		for node := range nodes {
			r.do("resume", node)
		}
	})
	return r
}

// do does with a node, which counts from 0, what .ci/cassandra has the verb for.
func (r *ring) do(verb string, node int, words ...string) {
	r.t.Helper()
	r.script(verb, append([]string{strconv.Itoa(node%nodes + 1)}, words...)...)
}

// script runs .ci/cassandra with the ring's folder and returns what it prints.
func (r *ring) script(verb string, words ...string) string {
	r.t.Helper()
	command := exec.Command(filepath.Join("..", "..", ".ci", "cassandra"), append([]string{verb, r.folder}, words...)...)
	var stderr strings.Builder
	command.Stderr = &stderr
	out, err := command.Output()
	if err != nil {
		r.t.Fatalf("%v: %v: %s", command.Args[1:], err, stderr.String())
	}
	return strings.TrimSpace(string(out))
}
