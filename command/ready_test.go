package command

import (
	"encoding/json"
	"errors"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"afterhours/contract/checked"
	"afterhours/contract/program"
)

// startIn starts a server on a free port with the memory store. The folder is its working
// directory, and no flag names a data folder.
func startIn(t *testing.T, folder string, args ...string) *program.Server {
	t.Helper()
	command := exec.Command(program.Path(t), append([]string{"serve", "--addr", "127.0.0.1:0", "--store", "memory"}, args...)...)
	command.Dir = folder
	server, err := program.Start(command)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = server.Process.Kill()
		_ = command.Wait() // an error if the test has ended the server
	})
	return server
}

// readReady reads a ready file.
func readReady(t *testing.T, file string) (r Ready) {
	t.Helper()
	if err := json.Unmarshal([]byte(mustRead(t, file)), &r); err != nil {
		t.Fatal(err)
	}
	return r
}

func isThere(t *testing.T, file string) bool {
	t.Helper()
	_, err := os.Lstat(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return err == nil
}

// TestReadyFile: the file appears at once and whole, for its owner alone, in the place of an
// earlier one. What it says is true, and it is gone when the server ends.
func TestReadyFile(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "ready.json")
	if err := os.WriteFile(file, []byte(`{"url":"http://127.0.0.1:1","pid":1}`), 0o644); err != nil {
		t.Fatal(err)
	}
	read := make(chan []byte)
	go func() { // as a test would that waits for the file
		for end := time.Now().Add(time.Minute); time.Now().Before(end); {
			if text, err := os.ReadFile(file); err == nil && !strings.Contains(string(text), `"pid":1}`) {
				read <- text
				return
			}
		}
		read <- nil
	}()
	p := startIn(t, folder, "--demo", "--ready-file", file)
	var r map[string]any
	if text := <-read; json.Unmarshal(text, &r) != nil {
		t.Fatalf("the first text is %q", text)
	}
	if r["url"] != p.URL || r["tenant"] != demoTenant || r["user"] != demoUser || r["pid"] != float64(p.Process.Pid) || len(r) != 6 {
		t.Errorf("%v; want the server %d at %s", r, p.Process.Pid, p.URL)
	}
	if info, err := os.Stat(file); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if status, _, text := checked.Send(t, checked.Client(t), "GET", p.URL+program.Statistics+"/$count", r["token"].(string), ""); status != http.StatusOK || text != "35" {
		t.Errorf("with its token: %d %s", status, text)
	}
	if status, _, text := checked.Send(t, checked.Client(t), "GET", p.URL+"/control/clock", r["controlToken"].(string), ""); status != http.StatusOK {
		t.Errorf("with its control token: %d %s", status, text)
	}
	if err := p.End(syscall.SIGTERM); err != nil || isThere(t, file) {
		t.Errorf("after SIGTERM: %v, and the file is there: %t", err, isThere(t, file))
	}
}

// TestReadyFileWithTLS: the file names the certificate to trust.
func TestReadyFileWithTLS(t *testing.T) {
	folder := t.TempDir()
	p := startIn(t, folder, "--tls-dev", "--ready-file", "ready.json")
	r := readReady(t, filepath.Join(folder, "ready.json"))
	if status, _, text := checked.Send(t, clientTrusting(t, r.CAFile), "GET", r.URL+program.Statistics, r.Token, ""); status != http.StatusOK || r.URL != p.URL {
		t.Errorf("%+v: %d %s", r, status, text)
	}
}

// TestReadyFileOfAServerThatDoesNotStart: no file says that it is ready, not even an earlier one.
func TestReadyFileOfAServerThatDoesNotStart(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	file := filepath.Join(t.TempDir(), "ready.json")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := run(t, "serve", "--store", "memory", "--addr", taken.Addr().String(), "--ready-file", file); err == nil || isThere(t, file) {
		t.Errorf("%v, and the file is there: %t", err, isThere(t, file))
	}
}

// TestReadyFileRefuses: nothing but a regular file is replaced, and a folder must be there.
func TestReadyFileRefuses(t *testing.T) {
	folder := t.TempDir()
	for file, want := range map[string]string{
		folder:                                  "it is no regular file",
		filepath.Join(folder, "none", "r.json"): "--ready-file: ",
	} {
		if _, err := run(t, "serve", "--store", "memory", "--addr", "127.0.0.1:0", "--ready-file", file); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", file, err)
		}
	}
	if !isThere(t, folder) {
		t.Error("the folder is gone")
	}
}

// TestReadyFileOfAnotherServer: a server that ends leaves the file of the one that came after it.
func TestReadyFileOfAnotherServer(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "ready.json")
	first, second := startIn(t, folder, "--ready-file", file), startIn(t, folder, "--ready-file", file)
	if err := first.End(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if r := readReady(t, file); r.PID != second.Process.Pid {
		t.Errorf("the file is of %d; want %d", r.PID, second.Process.Pid)
	}
}

// TestMemoryNeedsNoFolder: the memory store makes no folder unless a flag asks for one.
func TestMemoryNeedsNoFolder(t *testing.T) {
	folder := t.TempDir()
	alone := startIn(t, folder, "--demo", "--seed", seedFile(t, "seed.jsonl", goodRow))
	if err := alone.End(syscall.SIGTERM); err != nil { // and the log is whole
		t.Error(err)
	}
	if log := alone.Log(); !strings.Contains(log, `"data":""`) {
		t.Errorf("the log names a data folder: %s", log)
	}
	if files, err := os.ReadDir(folder); err != nil || len(files) > 0 {
		t.Errorf("the server made %v, %v", files, err)
	}
	count := func(p *program.Server, data string) int {
		t.Helper()
		status, _, _ := checked.Send(t, checked.Client(t), "GET", p.URL+program.Statistics, mustRun(t, "token", "--data", data), "")
		return status
	}
	data := filepath.Join(folder, "data")
	p := startIn(t, folder, "--data", "data")
	if status := count(p, data); status != http.StatusOK {
		t.Errorf("a token of the folder that --data names: %d", status)
	}
	if status := count(startIn(t, folder), data); status != http.StatusUnauthorized {
		t.Errorf("a token of a folder that no flag names: %d", status)
	}
	t.Setenv("AFTERHOURS_DATA", data)
	if status := count(startIn(t, folder), data); status != http.StatusOK {
		t.Errorf("a token of the folder that AFTERHOURS_DATA names: %d", status)
	}
}
