package strace

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// Run returns the command that runs a program under strace with the options. A program
// that makes its system calls in one thread (see runtime.LockOSThread) makes them in the
// same order every time.
type Run func(options ...string) *exec.Cmd

// Point is the moment at which a thread of a program is about to make a system call for
// the n-th time.
type Point struct {
	Call string
	N    int
}

var ofThread = regexp.MustCompile(`(?m)^(\d+) +(\w+)\(`)

// Points runs the program and returns the points of its busiest thread at these calls. If
// there are more than wanted, it returns so many of them, in equal steps.
func Points(t testing.TB, run Run, wanted int, calls ...string) []Point {
	t.Helper()
	trace := filepath.Join(t.TempDir(), "trace")
	if out, err := run("-f", "--seccomp-bpf", "-e", "trace="+strings.Join(calls, ","), "-e", "signal=none", "-o", trace).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	text, err := os.ReadFile(trace)
	if err != nil {
		t.Fatal(err)
	}
	type counter struct{ thread, call string }
	counted, most := map[counter]int{}, map[string]int{}
	for _, found := range ofThread.FindAllSubmatch(text, -1) {
		counter := counter{string(found[1]), string(found[2])}
		counted[counter]++
		most[counter.call] = max(most[counter.call], counted[counter])
	}
	var all []Point
	for _, call := range calls {
		for n := range most[call] {
			all = append(all, Point{call, n + 1})
		}
	}
	wanted = min(wanted, len(all))
	points := make([]Point, wanted)
	for i := range points {
		points[i] = all[i*len(all)/wanted]
	}
	return points
}

// Kill runs the program, kills it at the point, and reports whether it did. A program that
// uses several threads may end before. (With --seccomp-bpf, strace 6.1 would inject no
// signal.)
func (p Point) Kill(run Run) (killed bool, err error) {
	inject := fmt.Sprintf("inject=%s:signal=KILL:when=%d", p.Call, p.N)
	out, err := run("-f", "-e", "trace="+p.Call, "-o", os.DevNull, "-e", inject).CombinedOutput()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return false, nil
	case errors.As(err, &exit) && exit.Sys().(syscall.WaitStatus).Signal() == syscall.SIGKILL:
		return true, nil
	}
	return false, fmt.Errorf("killing at %v: %w: %s", p, err, out)
}
