package ring_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	gocql "github.com/apache/cassandra-gocql-driver/v2"
)

const keyspace = "afterhours"

// nodes is a ring of Cassandra on this machine.
type nodes struct {
	count   int
	folder  string // of .ci/cassandra
	address string // as --store takes it
}

// script is the path of .ci/cassandra from this folder.
const script = "../../.ci/cassandra"

// javaOptions are without the one that leaves out Java's second compiler. All threads of the compilers stay, so that
// their processor time can be told.
const javaOptions = "CASSANDRA_JAVA_OPTIONS=-XX:-UseDynamicNumberOfCompilerThreads"

// startNodes starts a ring. It ends with the test.
func startNodes(t *testing.T, count int) *nodes {
	t.Helper()
	n := &nodes{count: count, folder: t.TempDir()}
	t.Cleanup(func() {
		if out, err := exec.Command(script, "stop", n.folder).CombinedOutput(); err != nil {
			t.Errorf("stopping the ring: %v: %s", err, out)
		}
	})
	start := exec.Command(script, "start", n.folder, strconv.Itoa(count))
	start.Env = append(os.Environ(), javaOptions)
	log, err := os.Create(filepath.Join(n.folder, "start.log"))
	if err != nil {
		t.Fatal(err)
	}
	start.Stderr = log
	out, err := start.Output()
	if err != nil {
		text, _ := os.ReadFile(log.Name())
		t.Fatalf("starting a ring of %d: %v: %s", count, err, text)
	}
	n.address = strings.TrimSpace(string(out)) + "?replication=" + strconv.Itoa(n.replicas())
	return n
}

// replicas is how many nodes have each statistic.
func (n *nodes) replicas() int { return min(n.count, 3) }

// nodetool runs Cassandra's own tool for one node, which counts from 1.
func (n *nodes) nodetool(t *testing.T, node int, args ...string) {
	t.Helper()
	out, err := exec.Command(script, append([]string{"nodetool", n.folder, strconv.Itoa(node)}, args...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("nodetool %s: %v: %s", strings.Join(args, " "), err, out)
	}
}

// size returns the bytes of a table's files on all nodes, once each is in one piece.
func (n *nodes) size(t *testing.T, table string) (bytes int64) {
	t.Helper()
	for node := 1; node <= n.count; node++ {
		n.nodetool(t, node, "flush", keyspace)
		n.nodetool(t, node, "compact", keyspace)
		time.Sleep(time.Second) // files that were merged are removed a little later
		found, err := filepath.Glob(filepath.Join(n.folder, strconv.Itoa(node), "data", keyspace, table+"-*"))
		if err != nil || len(found) != 1 {
			t.Fatalf("the folders of the table %s on node %d are %v: %v", table, node, found, err)
		}
		err = filepath.WalkDir(found[0], func(_ string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			info, err := entry.Info()
			if err == nil {
				bytes += info.Size()
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return bytes
}

// first returns, for each user, the node that the driver asks for all of the user's statistics: the first of the
// replicas. It counts from 1. The tokens of .ci/cassandra divide the ring into equal parts.
func (n *nodes) first(t *testing.T) map[string]int {
	t.Helper()
	hosts, _, _ := strings.Cut(strings.TrimPrefix(n.address, "cassandra://"), "/")
	cluster := gocql.NewCluster(strings.Split(hosts, ",")...)
	cluster.Keyspace, cluster.Timeout = keyspace, time.Minute
	session, err := cluster.CreateSession()
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	rows := session.Query("SELECT DISTINCT user_id, token(tenant_id, user_id) FROM statistics").Iter()
	all := map[string]int{}
	var name string
	var token int64
	for rows.Scan(&name, &token) {
		all[name] = n.owner(token)
	}
	if err := rows.Close(); err != nil {
		t.Fatal(err)
	}
	return all
}

// owner returns the node that has the token: the first one whose own token is not smaller, and else node 1.
func (n *nodes) owner(token int64) int {
	share := float64(1<<63) / float64(n.count) * 2
	for node := 1; node <= n.count; node++ {
		if float64(token) <= -float64(1<<63)+share*(float64(node)-0.5) {
			return node
		}
	}
	return 1
}

// processor returns the processor time that each node has used so far, without that of Java's compilers: a node that has
// run for a day compiles no more.
func (n *nodes) processor(t *testing.T) (all []time.Duration) {
	t.Helper()
	for node := 1; node <= n.count; node++ {
		text, err := os.ReadFile(filepath.Join(n.folder, strconv.Itoa(node), "pid"))
		if err != nil {
			t.Fatal(err)
		}
		process := "/proc/" + strings.TrimSpace(string(text))
		used := processorOf(t, process)
		threads, err := filepath.Glob(process + "/task/*")
		if err != nil {
			t.Fatal(err)
		}
		for _, thread := range threads {
			if name, err := os.ReadFile(thread + "/comm"); err == nil && strings.Contains(string(name), "CompilerThre") {
				used -= processorOf(t, thread)
			}
		}
		all = append(all, used)
	}
	return all
}

// processorOf returns the processor time that a process or a thread has used so far. The folder is its folder in /proc.
func processorOf(t *testing.T, folder string) time.Duration {
	t.Helper()
	text, err := os.ReadFile(folder + "/stat")
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(text), ") ") // the name of the program may have spaces
	var ticks int
	for _, field := range strings.Fields(after)[11:13] { // utime and stime, proc_pid_stat(5)
		n, err := strconv.Atoi(field)
		if err != nil {
			t.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * time.Second / 100
}
