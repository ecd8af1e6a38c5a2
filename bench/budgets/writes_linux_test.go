package budgets_test

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"testing"

	"afterhours/contract/checked"
	"afterhours/contract/program"
)

// TestWritesOfList: a list is written by one system call, and its line of the log by another one.
func TestWritesOfList(t *testing.T) {
	const lists = 100
	dir, token := fillStore(t)
	server, err := program.Start(exec.Command(releasedProgram(t), "serve", "--addr", "127.0.0.1:0", "--data", dir))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = server.End(os.Kill) }()
	client := checked.Client(t)
	get := func() string {
		status, _, body := checked.Send(t, client, "GET", server.URL+collection+"?$top=50", token, "")
		if status != 200 {
			t.Fatalf("%d %.300s", status, body)
		}
		return body
	}
	if body := get(); len(body) < 8<<10 {
		t.Fatalf("the list has %d bytes; want more than net/http writes at once", len(body))
	}
	before := writeCalls(t, server)
	for range lists {
		get()
	}
	if calls := writeCalls(t, server) - before; calls > lists*5/2 {
		t.Errorf("%d lists made %d system calls that write; want two each, or a few more", lists, calls)
	}
}

// writeCalls returns how many system calls of the server wrote anything.
func writeCalls(t *testing.T, server *program.Server) int {
	t.Helper()
	counts, err := os.ReadFile(fmt.Sprintf("/proc/%d/io", server.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	calls, err := strconv.Atoi(string(regexp.MustCompile(`syscw: (\d+)`).FindSubmatch(counts)[1]))
	if err != nil {
		t.Fatal(err)
	}
	return calls
}
