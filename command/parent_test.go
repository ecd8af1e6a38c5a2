package command

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"afterhours/contract/checked"
	"afterhours/contract/program"
)

var servers = flag.Int("servers", 8, "how many servers TestNoServerOutlivesItsParent starts")

// parentOf is the variable that makes this test program a parent of servers; see startServers.
const parentOf = "PARENT_OF"

// startServers starts servers one after the other, each with a ready file in the working
// directory, prints a line and waits to be killed.
func startServers(path string, count int) {
	var inputs []io.WriteCloser // kept, because the garbage collector closes a pipe that nothing refers to
	for n := range count {
		file := fmt.Sprintf("%d.json", n)
		server := exec.Command(path, "serve", "--addr", "127.0.0.1:0", "--store", "memory", "--ready-file", file, "--exit-with-parent")
		server.Stderr = os.Stderr
		input, err := server.StdinPipe()
		if err == nil {
			err = server.Start()
		}
		if err != nil {
			fmt.Println(err)
			return
		}
		inputs = append(inputs, input)
		for start := time.Now(); ; time.Sleep(time.Millisecond) {
			if _, err := os.Stat(file); err == nil {
				break
			}
			if time.Since(start) > time.Minute {
				fmt.Printf("server %d does not start\n", n)
				return
			}
		}
	}
	fmt.Println("started")
	_, _ = io.Copy(io.Discard, os.Stdin)
	runtime.KeepAlive(inputs)
}

// TestNoServerOutlivesItsParent: a process that has started servers with --exit-with-parent is
// killed by SIGKILL, and each of them ends as by SIGTERM. All have the write end of one pipe as
// standard error, so its reader is at the end when the last one is gone.
func TestNoServerOutlivesItsParent(t *testing.T) {
	folder := t.TempDir()
	running, theirs, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer running.Close()
	parent := exec.Command(os.Args[0], program.Path(t), strconv.Itoa(*servers))
	parent.Dir, parent.Env, parent.Stderr = folder, append(os.Environ(), parentOf+"=servers"), theirs
	if _, err := parent.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = parent.Process.Kill() }()
	_ = theirs.Close()
	var log []byte
	end := make(chan error, 1)
	go func() { // all the time, as a pipe that is full would hold up the servers
		var err error
		log, err = io.ReadAll(running)
		end <- err
	}()
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "started\n" {
		t.Fatalf("%q, %v", line, err)
	}
	for n := range *servers {
		wantAlive(t, readReady(t, filepath.Join(folder, fmt.Sprintf("%d.json", n))).URL)
	}
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = parent.Wait()
	if err := running.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if err := <-end; err != nil {
		t.Errorf("some servers still run: %v", err)
	}
	if files, err := os.ReadDir(folder); err != nil || len(files) > 0 {
		t.Errorf("ready files are left: %v, %v", files, err)
	}
	if count := strings.Count(string(log), "standard input is closed, so the server ends"); count != *servers {
		t.Errorf("%d of %d servers say why they end: %s", count, *servers, log)
	}
}

// TestExitWithParent: the server ends with exit code 0 when its standard input closes, even if
// that is closed from the beginning. Without the flag, standard input does not matter.
func TestExitWithParent(t *testing.T) {
	start := func(args ...string) *exec.Cmd {
		return exec.Command(program.Path(t), append([]string{"serve", "--addr", "127.0.0.1:0", "--store", "memory"}, args...)...)
	}
	command := start("--exit-with-parent")
	input, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	p, err := program.Start(command)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(input, strings.Repeat("noise\n", 50_000)); err != nil { // more than a pipe holds
		t.Error(err)
	}
	wantAlive(t, p.URL)
	_ = input.Close()
	if line, err := p.Line(), command.Wait(); line != "" || err != nil {
		t.Errorf("after the end of standard input: %q, %v", line, err)
	}
	command = start("--exit-with-parent") // with no standard input
	if p, err = program.Start(command); err != nil {
		t.Fatal(err)
	}
	if line, err := p.Line(), command.Wait(); line != "" || err != nil || !strings.Contains(p.Log(), "standard input is closed") {
		t.Errorf("without standard input: %q, %v: %s", line, err, p.Log())
	}
	p = startIn(t, t.TempDir()) // has no standard input, either
	wantAlive(t, p.URL)
}

func wantAlive(t *testing.T, url string) {
	t.Helper()
	if status, _, text := checked.Send(t, checked.Client(t), "GET", url+"/livez", "", ""); status != http.StatusOK {
		t.Errorf("/livez = %d %s", status, text)
	}
}
