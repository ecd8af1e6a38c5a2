package proxy_test

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	_ "afterhours/command" // so that go test repeats these tests when the program changes
	"afterhours/contract/program"
	"afterhours/store/postgres/postgrestest"
)

var rounds = flag.Int("rounds", 1, "how often TestRollingRestart restarts every server")

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(program.Main(m))
}

// drainTime is longer than HAProxy takes to notice that a server is not ready: a second between two checks.
const drainTime = "4s"

// users is how many clients send requests at once.
const users = 6

// installation is three servers over one database behind HAProxy.
type installation struct {
	*haproxy
	data      string // folder with the key that all servers sign with
	store     string
	addresses []string
	servers   []*program.Server
}

// install starts three servers of a binary, with flags of their own, and waits until HAProxy sends requests to all.
func install(t *testing.T, binary string, args ...string) *installation {
	t.Helper()
	in := &installation{store: postgrestest.Address(t), data: t.TempDir()}
	program.Run(t, "token", "--data", in.data) // makes the key
	for range names {
		in.addresses = append(in.addresses, freeAddress(t))
	}
	in.haproxy = startHAProxy(t, in.addresses)
	in.servers = make([]*program.Server, len(names))
	for i := range names {
		in.start(i, binary, args...)
	}
	for _, name := range names {
		in.await(name, "UP")
	}
	return in
}

// start starts a server in the place of one that has ended.
func (in *installation) start(i int, binary string, args ...string) {
	in.t.Helper()
	args = append([]string{"serve", "--addr", in.addresses[i], "--data", in.data, "--store", in.store, "--public-url", in.URL}, args...)
	server, err := program.Start(exec.Command(binary, args...))
	if err != nil {
		in.t.Fatal(err)
	}
	in.t.Cleanup(func() { _ = server.End(os.Kill) }) // an error if it has ended
	in.servers[i] = server
}

// stop ends a server as its supervisor would.
func (in *installation) stop(i int) {
	in.t.Helper()
	in.signal(i)
	in.awaitEnd(i)
}

// drain ends a server that was started with --drain. HAProxy must learn from /readyz that it ends,
// while the server still listens.
func (in *installation) drain(i int) {
	in.t.Helper()
	in.signal(i)
	in.await(names[i], "DOWN")
	if check, code := in.stat(names[i], columnCheck), in.stat(names[i], columnCheckCode); check != "L7STS" || code != "503" {
		in.t.Errorf("server %s: HAProxy's last check is %s with %q; want 503", names[i], check, code)
	}
	in.awaitEnd(i)
}

func (in *installation) signal(i int) {
	in.t.Helper()
	if err := in.servers[i].Process.Signal(syscall.SIGTERM); err != nil {
		in.t.Fatal(err)
	}
}

// awaitEnd waits until a server has ended, without a second signal.
func (in *installation) awaitEnd(i int) {
	in.t.Helper()
	if err := in.servers[i].End(syscall.Signal(0)); err != nil {
		in.t.Errorf("server %s: %v: %s", names[i], err, in.servers[i].Log())
	}
}

// before is the last commit with an older schema of the database: its statistics are in another table.
const before = "e40fcc93bb75bb5f891a0fc4d59266221b115d31"

// buildBefore builds the program as it was at that commit.
func buildBefore(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	tar := filepath.Join(dir, "source.tar")
	for _, command := range [][]string{
		{"git", "-C", "../..", "archive", "--output", tar, before},
		{"tar", "-x", "-f", tar, "-C", dir},
		{"go", "build", "-C", dir, "-buildvcs=false", "-o", "afterhours-before", "."},
	} {
		if out, err := exec.CommandContext(t.Context(), command[0], command[1:]...).CombinedOutput(); err != nil {
			program.Missing(t, "building the version before needs the repository with its history: %v: %v: %s", command, err, out)
		}
	}
	return filepath.Join(dir, "afterhours-before")
}
