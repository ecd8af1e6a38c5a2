package proxy_test

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"afterhours/contract/program"
)

// configuration is the file that operators are given.
const configuration = "../../deploy/haproxy/haproxy.cfg"

// patience is how long a step may take on a busy machine.
const patience = time.Minute

// haproxy is a running HAProxy.
type haproxy struct {
	t      *testing.T
	URL    string // for clients
	master string // address of its command line
}

// names are those of the servers in the configuration.
var names = []string{"one", "two", "three"}

// startHAProxy starts HAProxy in front of the addresses.
func startHAProxy(t *testing.T, addresses []string) *haproxy {
	t.Helper()
	path, err := exec.LookPath("haproxy")
	if err != nil {
		path, err = exec.LookPath("/usr/sbin/haproxy")
	}
	if err != nil {
		program.Missing(t, "there is no haproxy: %v", err)
	}
	bind, master := freeAddress(t), freeAddress(t)
	variables := []string{"HAPROXY_BIND=" + bind}
	for i, address := range addresses {
		variables = append(variables, fmt.Sprintf("AFTERHOURS_%d=%s", i+1, address))
	}
	check := exec.CommandContext(t.Context(), path, "-c", "-f", configuration)
	check.Env = variables
	if out, err := check.CombinedOutput(); err != nil {
		t.Fatalf("haproxy -c: %v: %s", err, out)
	}
	command := exec.Command(path, "-W", "-S", master, "-f", configuration)
	command.Env = variables
	var log bytes.Buffer
	command.Stdout, command.Stderr = &log, &log
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Signal(syscall.SIGTERM) // to the master, which ends its worker
		_ = command.Wait()
		if t.Failed() {
			t.Logf("haproxy: %s", log.String())
		}
	})
	return &haproxy{t: t, URL: "http://" + bind, master: master}
}

// given are the addresses that freeAddress has returned.
var given sync.Map

// freeAddress returns an address of this machine on which nobody listens, and which no other test was given. Its port
// is below those that the system gives to connections, which could take it while a server restarts.
func freeAddress(t *testing.T) string {
	t.Helper()
	for range 1000 {
		address := fmt.Sprintf("127.0.0.1:%d", 10000+rand.IntN(20000))
		listener, err := net.Listen("tcp", address)
		if err != nil {
			continue
		}
		_ = listener.Close()
		if _, taken := given.LoadOrStore(address, true); !taken {
			return address
		}
	}
	t.Fatal("there is no free port")
	return ""
}

// tell runs one command of HAProxy's command line and returns what it prints.
func (h *haproxy) tell(command string) (string, error) {
	connection, err := net.Dial("tcp", h.master)
	if err != nil {
		return "", err
	}
	defer func() { _ = connection.Close() }()
	if _, err := fmt.Fprintf(connection, "@1 %s\n", command); err != nil {
		return "", err
	}
	if half, ok := connection.(*net.TCPConn); ok {
		_ = half.CloseWrite()
	}
	answer, err := io.ReadAll(connection)
	return string(answer), err
}

// mustTell is tell for a command that must print nothing.
func (h *haproxy) mustTell(command string) {
	h.t.Helper()
	if answer, err := h.tell(command); err != nil || strings.TrimSpace(answer) != "" {
		h.t.Fatalf("haproxy: %s: %v: %s", command, err, answer)
	}
}

// The columns of show stat, which HAProxy's management guide (9.1) fixes.
const (
	columnState     = 17 // UP, DOWN, DRAIN
	columnCheck     = 36 // the result of the last check, as in L7OK
	columnCheckCode = 37 // and its status
)

// await waits until HAProxy says that a server has the state.
func (h *haproxy) await(name, state string) {
	h.t.Helper()
	found := ""
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if found = h.stat(name, columnState); found == state {
			return
		}
	}
	h.t.Fatalf("haproxy: server %s is %q after %v; want %s", name, found, patience, state)
}

// stat returns a column of what HAProxy knows of a server, "" before HAProxy listens.
func (h *haproxy) stat(name string, column int) string {
	all, err := h.tell("show stat")
	if err != nil {
		return ""
	}
	for line := range strings.Lines(all) {
		if fields := strings.Split(line, ","); len(fields) > column && fields[0] == "afterhours" && fields[1] == name {
			return fields[column]
		}
	}
	return ""
}
