package growth_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"afterhours/contract/program"
)

// filled is a server on a store with statistics, and what was measured of it.
type filled struct {
	*program.Server
	size, users int
	dir         string
	tokens      []string
	bytes       int64         // of the files of the database
	imported    moved         // by a process of its own
	exported    moved         // likewise
	started     time.Duration // from the start of the process to its first response
	peak        float64       // MiB
	measured    map[string][]figures
}

// moved is an import or an export.
type moved struct {
	rate   float64 // rows a second
	memory float64 // MiB at most
}

// fillSQLite imports statistics into a new store, exports them, and starts a server.
func fillSQLite(t *testing.T, size int) *filled {
	t.Helper()
	f := &filled{size: size, dir: t.TempDir()}
	rows, in := io.Pipe()
	go func() { in.CloseWithError(writeRows(in, size)) }()
	f.imported = f.move(t, rows, "import", "--data", f.dir, "--format", "jsonl", "-")
	f.exported = f.move(t, nil, "export", "--data", f.dir)
	if info, err := os.Stat(filepath.Join(f.dir, "afterhours.db")); err != nil {
		t.Fatal(err)
	} else {
		f.bytes = info.Size()
	}
	f.start(t)
	return f
}

// fillMemory starts a server that seeds its store with statistics.
func fillMemory(t *testing.T, size int) *filled {
	t.Helper()
	f := &filled{size: size, dir: t.TempDir()}
	file, err := os.Create(filepath.Join(f.dir, "rows.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(writeRows(file, size), file.Close()); err != nil {
		t.Fatal(err)
	}
	f.start(t, "--store", "memory", "--seed", file.Name())
	if err := os.Remove(file.Name()); err != nil {
		t.Fatal(err)
	}
	return f
}

// move runs an import or an export. What it exports is dropped.
func (f *filled) move(t *testing.T, in io.Reader, args ...string) moved {
	t.Helper()
	var stderr bytes.Buffer
	command := exec.Command(program.Path(t), args...)
	command.Stdin, command.Stderr = in, &stderr
	begun := time.Now()
	if err := command.Run(); err != nil {
		t.Fatalf("afterhours %s: %v: %s", strings.Join(args, " "), err, stderr.String())
	}
	return moved{float64(f.size) / time.Since(begun).Seconds(), float64(command.ProcessState.SysUsage().(*syscall.Rusage).Maxrss) / 1024}
}

// start starts the server a few times, and notes the shortest time to the first response. The last one stays. Its
// log is dropped: the test would keep it in memory.
func (f *filled) start(t *testing.T, args ...string) {
	t.Helper()
	f.users, f.measured = max(1, f.size/ofUser), map[string][]figures{}
	for range callers {
		f.tokens = append(f.tokens, program.Run(t, "token", "--data", f.dir, "--tenant", tenant, "--role", "Analytics.ReadWrite.All", "--expires", "12h",
			"--user", user(1_000_000+len(f.tokens))))
	}
	t.Cleanup(func() { f.stop(t) })
	const starts = 5
	for n := range starts {
		command := exec.Command(program.Path(t), append([]string{"serve", "--addr", "127.0.0.1:0", "--data", f.dir}, args...)...)
		null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		command.Stderr = null
		begun := time.Now()
		f.Server, err = program.Start(command)
		if err := errors.Join(err, null.Close()); err != nil {
			t.Fatal(err)
		}
		f.ask(t)
		if took := time.Since(begun); n == 0 || took < f.started {
			f.started = took
		}
		if n < starts-1 && len(args) == 0 {
			f.stop(t)
		} else {
			break
		}
	}
}

// ask sends one request, which must be served.
func (f *filled) ask(t *testing.T) {
	t.Helper()
	one := f.dial(t, 1)
	defer hangUp(one)
	if err := one[0].send(get); err != nil || one[0].refused > 0 {
		t.Fatalf("the first request was not served: %v", err)
	}
}

// stop ends the server, unless it has ended.
func (f *filled) stop(t *testing.T) {
	if f.Server == nil {
		return
	}
	if err := f.End(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	f.Server = nil
}

// peakMemory returns the most memory that the server has had, in MiB.
func peakMemory(t *testing.T, server *program.Server) float64 {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", server.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	kibibytes, err := strconv.ParseFloat(string(regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(status)[1]), 64)
	if err != nil {
		t.Fatal(err)
	}
	return kibibytes / 1024
}

// mostConnections returns how many connections this process and a server may have, each.
func mostConnections(t *testing.T) int {
	t.Helper()
	var files syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files); err != nil {
		t.Fatal(err)
	}
	const others = 1024 // files of the database, pipes, and connections of other servers
	return int(files.Cur) - others
}
