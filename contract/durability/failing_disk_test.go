package durability_test

import (
	"bufio"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"afterhours/contract/checked"
	"afterhours/contract/program"
	"afterhours/store/storetest/strace"
)

// inject makes system calls of the running server fail until stop is called: those on the
// files, or all if no files are named. fault is what strace's option inject takes.
func inject(t *testing.T, p *program.Server, fault string, files ...string) (stop func()) {
	t.Helper()
	tracer := strace.Command(t, "-f", "-p", strconv.Itoa(p.Process.Pid), "-e", "inject="+fault)
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
		_ = tracer.Wait() // the error says only that it was interrupted
	}
}

// TestAFailedSyncStopsWriting: after a failed sync every write is refused until the server
// is started again, even if the disk reports success by then. The log says so once, and the exit
// code is not 0.
func TestAFailedSyncStopsWriting(t *testing.T) {
	dir := t.TempDir()
	c := program.NewCreator(t, dir)
	p := program.Serve(t, dir)
	for range 10 {
		c.Want(p, http.StatusCreated, "focus")
	}
	stop := inject(t, p, "fsync,fdatasync:error=EIO")
	c.Want(p, http.StatusServiceUnavailable, "serviceNotAvailable")
	c.WantAll(p, http.StatusServiceUnavailable)
	stop()
	c.Want(p, http.StatusServiceUnavailable, "serviceNotAvailable")
	c.WantAll(p, http.StatusServiceUnavailable)
	if err := p.End(syscall.SIGTERM); err == nil || strings.Count(p.Log(), `"writing has stopped until the next start: the disk failed`) != 1 {
		t.Errorf("the server ends with %v, and has logged %s", err, p.Log())
	}

	again := program.Serve(t, dir)
	c.Want(again, http.StatusCreated, "focus")
	c.WantAll(again, http.StatusOK)
}

// TestAFullDiskLosesNothing: a write is answered 507 while the disk is full, and succeeds
// again once there is room. No answered write is lost. Meanwhile the server is not ready, and
// the log says once that the disk is full, and once that it has room again.
func TestAFullDiskLosesNothing(t *testing.T) {
	dir := t.TempDir()
	c := program.NewCreator(t, dir)
	p := program.Serve(t, dir)
	for range 10 {
		c.Want(p, http.StatusCreated, "focus")
	}
	stop := inject(t, p, "pwrite64:error=ENOSPC")
	for range 3 {
		c.Want(p, http.StatusInsufficientStorage, "quotaLimitReached")
	}
	c.WantAll(p, http.StatusServiceUnavailable)
	stop()
	c.Want(p, http.StatusCreated, "focus")
	c.WantAll(p, http.StatusOK)
	_ = p.End(syscall.SIGKILL)
	for _, text := range []string{"database or disk is full", "the disk has room again"} {
		if strings.Count(p.Log(), text) != 1 {
			t.Errorf("the log has %q %d times: %s", text, strings.Count(p.Log(), text), p.Log())
		}
	}
	c.WantAll(program.Serve(t, dir), http.StatusOK)
}

// TestNoRoomForTheSharedMemory: the shared memory of SQLite grows with the journal, after
// the commit that needs it has been written there. If it cannot grow, that commit is answered
// 507 and must not be there at the next start.
func TestNoRoomForTheSharedMemory(t *testing.T) {
	const journalOfOnePart = 4100 * 4096 // bytes of journal for which one part of the shared memory is enough
	dir := t.TempDir()
	c := program.NewCreator(t, dir)
	p := program.Serve(t, dir)
	file := filepath.Join(dir, "afterhours.db")
	for journal := int64(0); journal < journalOfOnePart*9/10; {
		c.Want(p, http.StatusCreated, "focus")
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
		status, answer = c.Create(p)
	}
	if status != http.StatusInsufficientStorage {
		t.Fatalf("POST = %d %s; want 507", status, answer)
	}
	c.Want(p, http.StatusInsufficientStorage, "quotaLimitReached")
	c.WantAll(p, http.StatusServiceUnavailable)

	killed := t.TempDir() // the data folder as a kill would leave it
	if err := errors.Join(os.CopyFS(killed, os.DirFS(dir)), os.Chmod(filepath.Join(killed, "issuer.key"), 0o600)); err != nil {
		t.Fatal(err)
	}
	next := program.Serve(t, killed)
	c.WantAll(next, http.StatusOK)
	for n := range 2 {
		refused := fmt.Sprintf("focus_%d", c.Tried-n)
		if status, _, answer := checked.Send(t, c.Client, http.MethodGet, next.URL+program.Statistics+"/"+refused, c.Token, ""); status != http.StatusNotFound {
			t.Errorf("%s was answered 507 and is there at the next start: %d %s", refused, status, answer)
		}
	}
	stop()
	c.Want(p, http.StatusCreated, "focus")
	c.WantAll(p, http.StatusOK)
}
