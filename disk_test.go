package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"afterhours/contract/checked"
	"afterhours/store/storetest/strace"
)

// inject makes system calls of the running process fail until the returned function
// is called: all of them, or those on the files.
func inject(t *testing.T, p *process, fault string, files ...string) (stop func()) {
	t.Helper()
	tracer := strace.Command(t, "-f", "-p", strconv.Itoa(p.command.Process.Pid), "-e", "inject="+fault)
	for _, file := range files {
		tracer.Args = append(tracer.Args, "-P", file)
	}
	out, err := tracer.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := tracer.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	if !lines.Scan() || !strings.Contains(lines.Text(), "attached") {
		t.Fatalf("strace says %q", lines.Text())
	}
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		for lines.Scan() {
			continue
		}
	}()
	return func() {
		_ = tracer.Process.Signal(syscall.SIGINT) // detaches
		<-drained
		_ = tracer.Wait() // says only that it was interrupted
	}
}

// creator creates statistics, each of an id of its own.
type creator struct {
	t      *testing.T
	client *http.Client
	token  string
	made   []string // the ids that were answered 201
	tried  int
}

func (c *creator) create(p *process) (status int, answer string) {
	c.t.Helper()
	c.tried++
	id := fmt.Sprintf("focus_%d", c.tried)
	body := fmt.Sprintf(`{"@odata.type":"#microsoft.graph.focusActivityStatistics","id":%q}`, id)
	status, _, answer = send(c.t, c.client, http.MethodPost, p.url+statistics, c.token, body)
	if status == http.StatusCreated {
		c.made = append(c.made, id)
	}
	return status, answer
}

func (c *creator) want(p *process, status int, piece string) {
	c.t.Helper()
	if got, answer := c.create(p); got != status || !strings.Contains(answer, piece) {
		c.t.Errorf("POST = %d %s; want %d with %s", got, answer, status, piece)
	}
}

// wantAll wants what was answered 201, and says how ready the server is.
func (c *creator) wantAll(p *process, ready int) {
	c.t.Helper()
	for _, id := range c.made {
		if status, _, answer := send(c.t, c.client, http.MethodGet, p.url+statistics+"/"+id, c.token, ""); status != http.StatusOK {
			c.t.Errorf("%s was answered 201 and then %d %s", id, status, answer)
		}
	}
	if status, _, _ := send(c.t, c.client, http.MethodGet, p.url+"/readyz", c.token, ""); status != ready {
		c.t.Errorf("/readyz = %d; want %d", status, ready)
	}
}

func newCreator(t *testing.T, dir string) *creator {
	return &creator{t: t, client: checked.Client(t), token: mustCommand(t, "token", "--data", dir)}
}

// TestAFailedSyncStopsWriting: what a disk that failed says afterwards is not believed
// until the next start.
func TestAFailedSyncStopsWriting(t *testing.T) {
	dir := t.TempDir()
	c := newCreator(t, dir)
	p := startServe(t, dir)
	for range 10 {
		c.want(p, http.StatusCreated, "focus")
	}
	stop := inject(t, p, "fsync,fdatasync:error=EIO")
	c.want(p, http.StatusServiceUnavailable, "serviceNotAvailable")
	c.wantAll(p, http.StatusServiceUnavailable)
	stop()
	c.want(p, http.StatusServiceUnavailable, "serviceNotAvailable")
	c.wantAll(p, http.StatusServiceUnavailable)
	_ = p.end(syscall.SIGKILL)

	again := startServe(t, dir)
	c.want(again, http.StatusCreated, "focus")
	c.wantAll(again, http.StatusOK)
}

// TestAFullDiskLosesNothing: 507 while there is no room, and then on as before.
func TestAFullDiskLosesNothing(t *testing.T) {
	dir := t.TempDir()
	c := newCreator(t, dir)
	p := startServe(t, dir)
	for range 10 {
		c.want(p, http.StatusCreated, "focus")
	}
	stop := inject(t, p, "pwrite64:error=ENOSPC")
	for range 3 {
		c.want(p, http.StatusInsufficientStorage, "quotaLimitReached")
	}
	c.wantAll(p, http.StatusOK)
	stop()
	c.want(p, http.StatusCreated, "focus")
	c.wantAll(p, http.StatusOK)
	_ = p.end(syscall.SIGKILL)
	c.wantAll(startServe(t, dir), http.StatusOK)
}

// TestNoRoomForTheSharedMemory: it grows with the journal, after the commit that needs it
// has been written there. That commit must not come back at the next start.
func TestNoRoomForTheSharedMemory(t *testing.T) {
	const bytesOfOne = 4100 * 4096 // of the journal, for which one part of the shared memory is enough
	dir := t.TempDir()
	c := newCreator(t, dir)
	p := startServe(t, dir)
	file := filepath.Join(dir, "afterhours.db")
	for journal := int64(0); journal < bytesOfOne*9/10; {
		c.want(p, http.StatusCreated, "focus")
		info, err := os.Stat(file + "-wal")
		if err != nil {
			t.Fatal(err)
		}
		journal = info.Size()
	}
	stop := inject(t, p, "pwrite64:error=ENOSPC", file+"-shm")
	defer stop()
	status, answer := http.StatusCreated, ""
	for status == http.StatusCreated {
		status, answer = c.create(p)
	}
	if status != http.StatusInsufficientStorage {
		t.Fatalf("POST = %d %s; want 507", status, answer)
	}
	c.want(p, http.StatusInsufficientStorage, "quotaLimitReached")
	c.wantAll(p, http.StatusOK)

	killed := t.TempDir() // the folder as the end of the process would leave it
	if err := errors.Join(os.CopyFS(killed, os.DirFS(dir)), os.Chmod(filepath.Join(killed, "issuer.key"), 0o600)); err != nil {
		t.Fatal(err)
	}
	next := startServe(t, killed)
	c.wantAll(next, http.StatusOK)
	for n := range 2 {
		refused := fmt.Sprintf("focus_%d", c.tried-n)
		if status, _, answer := send(t, c.client, http.MethodGet, next.url+statistics+"/"+refused, c.token, ""); status != http.StatusNotFound {
			t.Errorf("%s was answered 507 and is there at the next start: %d %s", refused, status, answer)
		}
	}
	stop()
	c.want(p, http.StatusCreated, "focus")
	c.wantAll(p, http.StatusOK)
}

var traced = flag.Int("traced", 200, "how many writes TestNoAnswerBeforeTheSync traces")

// TestNoAnswerBeforeTheSync reads in the trace of a server's system calls that between
// two answers of 201 the journal was written and then synced.
func TestNoAnswerBeforeTheSync(t *testing.T) {
	dir := t.TempDir()
	c := newCreator(t, dir)
	p := startServe(t, dir)
	trace := filepath.Join(t.TempDir(), "trace")
	tracer := strace.Command(t, "-f", "-y", "-s", "16", "-o", trace, "-e", "trace=write,pwrite64,fsync,fdatasync", "-p", strconv.Itoa(p.command.Process.Pid))
	out, err := tracer.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := tracer.Start(); err != nil {
		t.Fatal(err)
	}
	if lines := bufio.NewScanner(out); !lines.Scan() || !strings.Contains(lines.Text(), "attached") {
		t.Fatalf("strace says %q", lines.Text())
	}
	for range *traced {
		c.want(p, http.StatusCreated, "focus")
	}
	_ = p.end(syscall.SIGTERM)
	_ = tracer.Wait()

	text, err := os.ReadFile(trace)
	if err != nil {
		t.Fatal(err)
	}
	answers, state, syncing := 0, "nothing", ""
	for line := range strings.Lines(string(text)) {
		thread, call, _ := strings.Cut(line, " ")
		switch journal := strings.Contains(call, "afterhours.db-wal>"); {
		case journal && strings.Contains(call, "pwrite64("):
			state = "written"
		case journal && strings.Contains(call, "sync(") && state == "written":
			state, syncing = "being synced", thread
			if !strings.Contains(call, "<unfinished") {
				state = "synced"
			}
		case state == "being synced" && thread == syncing && strings.Contains(call, "sync resumed>"):
			state = "synced"
		case strings.Contains(call, `"HTTP/1.1 201`):
			answers++
			if state != "synced" {
				t.Fatalf("answer %d left when the journal was %s", answers, state)
			}
			state = "nothing"
		}
	}
	if answers != *traced {
		t.Errorf("the trace has %d answers of %d", answers, *traced)
	}
}
