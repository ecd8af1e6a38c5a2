package command

import (
	"net"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"afterhours/contract/program"
)

// TestNotifies: a service manager learns when the server serves, and when it begins to stop.
func TestNotifies(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux has systemd")
	}
	folder := t.TempDir()
	socket := filepath.Join(folder, "notify")
	manager, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer manager.Close()
	command := exec.Command(program.Path(t), "serve", "--addr", "127.0.0.1:0", "--store", "memory")
	command.Dir = folder
	command.Env = append(command.Environ(), "NOTIFY_SOCKET="+socket)
	server, err := program.Start(command)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Process.Kill() })
	if got := receive(t, manager); got != "READY=1" {
		t.Errorf("the server serves and says %q", got)
	}
	if err := server.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if got := receive(t, manager); got != "STOPPING=1" {
		t.Errorf("the server stops and says %q", got)
	}
	if err := command.Wait(); err != nil {
		t.Error(err)
	}
}

// receive returns what a service says next to its manager.
func receive(t *testing.T, manager *net.UnixConn) string {
	t.Helper()
	_ = manager.SetReadDeadline(time.Now().Add(time.Minute))
	said := make([]byte, 1024)
	n, err := manager.Read(said)
	if err != nil {
		t.Fatal(err)
	}
	return string(said[:n])
}

// TestNobodyToNotify: without the socket of a manager, and with one that nobody listens on, the server serves all the same.
func TestNobodyToNotify(t *testing.T) {
	t.Setenv("NOTIFY_SOCKET", filepath.Join(t.TempDir(), "gone"))
	startIn(t, t.TempDir())
}
