package durability_test

import (
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"afterhours/contract/checked"
	"afterhours/contract/program"
)

var folderRounds = flag.Int("folder-rounds", 1, "how often TestFolderUnderLoad does each thing to the data folder")

const (
	folderWriters = 64
	folderWrites  = 1000        // answered before something happens to the folder
	folderReady   = time.Minute // a busy machine is slow
)

// A happening is something that others do to the data folder of a running server.
type happening struct {
	// do does it, and returns the folder in which the answered writes must be afterwards, ""
	// if they are lost.
	do func(t *testing.T, dir string) (reachable string)
	// says is in the one line of the log.
	says string
	// stays reports whether writes may succeed afterwards, because they are not lost.
	stays bool
}

var happenings = map[string]happening{
	"folder removed": {says: "was removed or moved away", do: func(t *testing.T, dir string) string {
		must(t, os.RemoveAll(dir))
		return ""
	}},
	"file removed": {says: "afterhours.db was removed or moved away", do: func(t *testing.T, dir string) string {
		must(t, os.Remove(filepath.Join(dir, "afterhours.db")))
		return ""
	}},
	"journal removed": {says: "afterhours.db-wal was removed or moved away", do: func(t *testing.T, dir string) string {
		must(t, os.Remove(filepath.Join(dir, "afterhours.db-wal")))
		return ""
	}},
	"folder moved": {says: "was removed or moved away", do: func(t *testing.T, dir string) string {
		must(t, os.Rename(dir, dir+".moved"))
		return dir + ".moved"
	}},
	"file moved, with its journal": {says: "was removed or moved away", do: func(t *testing.T, dir string) string {
		moved := dir + ".moved"
		must(t, os.Mkdir(moved, 0o700))
		for _, name := range []string{"issuer.key", "afterhours.db", "afterhours.db-wal"} {
			must(t, os.Rename(filepath.Join(dir, name), filepath.Join(moved, name)))
		}
		return moved
	}},
	"file truncated": {says: "afterhours.db was cut off", do: func(t *testing.T, dir string) string {
		must(t, os.Truncate(filepath.Join(dir, "afterhours.db"), 0))
		return ""
	}},
	"journal truncated": {says: "afterhours.db-wal was overwritten", do: func(t *testing.T, dir string) string {
		must(t, os.Truncate(filepath.Join(dir, "afterhours.db-wal"), 0))
		return ""
	}},
	"file replaced by a copy": {says: "afterhours.db was replaced by another file", do: func(t *testing.T, dir string) string {
		path := filepath.Join(dir, "afterhours.db")
		content, err := os.ReadFile(path)
		must(t, err)
		must(t, os.WriteFile(path+".copy", content, 0o600))
		must(t, os.Rename(path+".copy", path))
		return ""
	}},
	"file overwritten with zeros": {says: "afterhours.db was overwritten", do: func(t *testing.T, dir string) string {
		file, err := os.OpenFile(filepath.Join(dir, "afterhours.db"), os.O_WRONLY, 0)
		must(t, err)
		info, err := file.Stat()
		must(t, err)
		_, err = file.Write(make([]byte, info.Size()))
		must(t, errors.Join(err, file.Close()))
		return ""
	}},
	"folder mounted read-only": {says: "has become read-only", stays: true, do: func(t *testing.T, dir string) string {
		mount(t, "--bind", dir, dir)
		mount(t, "-o", "remount,bind,ro", dir)
		return dir
	}},
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// mount mounts until the end of the test. Without the right to mount, it skips the test.
func mount(t *testing.T, args ...string) {
	t.Helper()
	if out, err := exec.Command("mount", args...).CombinedOutput(); err != nil {
		program.Missing(t, "mount needs root and a kernel that lets it: %v: %s", err, out)
	}
	if !slices.Contains(args, "remount,bind,ro") {
		t.Cleanup(func() { _ = exec.Command("umount", args[len(args)-1]).Run() })
	}
}

// TestFolderUnderLoad: something happens to the data folder while 64 clients write. No write
// that begins afterwards is answered 2xx, and all that were answered before are where the files
// are now. The server says once what happened, is not ready, and does not exit with 0.
func TestFolderUnderLoad(t *testing.T) {
	for name, happening := range happenings {
		t.Run(name, func(t *testing.T) {
			if happening.stays { // without the right to mount, skip before clients write
				other := t.TempDir()
				mount(t, "--bind", other, other)
			}
			for range *folderRounds {
				dir := filepath.Join(t.TempDir(), "data")
				others := filepath.Join(t.TempDir(), "others.jsonl")
				program.WriteRows(t, others, *stored)
				program.Run(t, "import", "--data", dir, others)
				happening.underLoad(t, dir, nil)
			}
		})
	}
}

// TestFileSystemErrorUnderLoad: the kernel finds an error in the file system and lets nobody
// write to it any more.
func TestFileSystemErrorUnderLoad(t *testing.T) {
	image, dir := filepath.Join(t.TempDir(), "image"), t.TempDir()
	if out, err := exec.Command("mkfs.ext4", "-q", image, "64M").CombinedOutput(); err != nil {
		program.Missing(t, "mkfs.ext4: %v: %s", err, out)
	}
	mount(t, "-o", "loop,errors=remount-ro", image, dir)
	device, err := exec.Command("findmnt", "-n", "-o", "SOURCE", dir).Output()
	must(t, err)
	trigger := filepath.Join("/sys/fs/ext4", filepath.Base(strings.TrimSpace(string(device))), "trigger_fs_error")
	if _, err := os.Stat(trigger); err != nil {
		program.Missing(t, "the kernel makes no errors: %v", err)
	}
	data := filepath.Join(dir, "data")
	happening{says: "writing has stopped", do: func(t *testing.T, _ string) string {
		must(t, os.WriteFile(trigger, []byte("test"), 0))
		return data
	}}.underLoad(t, data, func() { // another start needs a file system that can be written
		if out, err := exec.Command("umount", dir).CombinedOutput(); err != nil {
			t.Fatalf("umount: %v: %s", err, out)
		}
		_ = exec.Command("e2fsck", "-fy", image).Run() // its exit code says that it mended something
		mount(t, "-o", "loop", image, dir)
	})
}

// underLoad lets it happen. mend is called when the server has ended, if it is not nil.
func (h happening) underLoad(t *testing.T, dir string, mend func()) {
	server := program.Serve(t, dir)
	token := program.Run(t, "token", "--data", dir)
	writers := make([]*folderWriter, folderWriters)
	answered := make(chan struct{}, folderWriters)
	stop := make(chan struct{})
	stopWriters := sync.OnceFunc(func() { close(stop) })
	defer stopWriters()
	var running sync.WaitGroup
	for n := range writers {
		writers[n] = &folderWriter{client: checked.Client(t), token: token, id: fmt.Sprintf("focus_%d", n)}
		running.Go(func() { writers[n].write(server, answered, stop) })
	}
	for range folderWrites {
		<-answered
	}
	go func() {
		for {
			select {
			case <-answered:
			case <-stop:
				return
			}
		}
	}()
	reachable := h.do(t, dir)
	happened := time.Now()
	h.wantNotReady(t, server, happened)
	time.Sleep(time.Second) // in which writers try again
	stopWriters()
	running.Wait()
	before, after := 0, 0
	for _, writer := range writers {
		if writer.strange != "" {
			t.Error(writer.strange)
		}
		before += len(writer.answers)
		for _, answer := range writer.answers {
			if answer.begun.After(happened) {
				after++
			}
		}
	}
	if after > 0 && !h.stays {
		t.Errorf("%d writes that began afterwards were answered 2xx", after)
	}
	if h.stays {
		must(t, exec.Command("umount", dir).Run())
	}
	h.wantEnd(t, server)
	if mend != nil {
		mend()
	}
	t.Logf("%d writes answered 2xx, %d of them begun afterwards", before, after)
	if reachable == "" {
		return
	}
	next := program.Serve(t, reachable)
	for _, writer := range writers {
		writer.find(t, next)
	}
	must(t, next.End(syscall.SIGTERM))
}

// wantNotReady waits until the server says that it is not ready.
func (h happening) wantNotReady(t *testing.T, server *program.Server, happened time.Time) {
	t.Helper()
	client := checked.Client(t)
	for {
		status, _, _ := checked.Send(t, client, http.MethodGet, server.URL+"/readyz", "", "")
		if status == http.StatusServiceUnavailable {
			return
		}
		if time.Since(happened) > folderReady {
			t.Fatalf("/readyz = %d after %v", status, folderReady)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// wantEnd ends the server, and checks what it has said.
func (h happening) wantEnd(t *testing.T, server *program.Server) {
	t.Helper()
	err := server.End(syscall.SIGTERM)
	var ended *exec.ExitError
	if exited := errors.As(err, &ended) && ended.ExitCode() == 1; exited == h.stays {
		t.Errorf("the server ends with %v", err)
	}
	logged, said := 0, 0
	for line := range strings.Lines(server.Log()) {
		switch {
		case strings.Contains(line, `"msg":"panic"`) || strings.HasPrefix(line, "panic:") || strings.HasPrefix(line, "goroutine "):
			t.Errorf("the server has panicked: %s", line)
		case strings.Contains(line, `"msg":"trouble with the store"`) && strings.Contains(line, h.says):
			logged++
		case strings.HasPrefix(line, "afterhours: writing has stopped") && strings.Contains(line, "put the files of"):
			said++
		}
	}
	if logged != 1 || (said == 1) == h.stays {
		t.Errorf("the log has the reason %d times, and standard error the advice %d times:\n%s", logged, said, tail(server.Log()))
	}
}

// tail returns the end of a long log.
func tail(log string) string { return log[max(0, len(log)-4000):] }
