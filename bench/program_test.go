// Package bench_test measures the built program from outside, one thing against another
// in one run; the *.md beside it hold what long runs printed. It leaves alone what a
// part of the program costs, which the benchmarks beside that part tell.
package bench_test

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// built returns the path of the program, built anew.
func built(b *testing.B) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "afterhours")
	if out, err := exec.Command("go", "build", "-o", path, "..").CombinedOutput(); err != nil {
		b.Fatalf("go build: %v\n%s", err, out)
	}
	return path
}

// ran runs the program to its end and returns what it printed and how many MiB of
// memory it had at most.
func ran(b *testing.B, program string, args ...string) (out string, memory float64) {
	b.Helper()
	command := exec.Command(program, args...)
	command.Stderr = os.Stderr
	text, err := command.Output()
	if err != nil {
		b.Fatalf("afterhours %s: %v", strings.Join(args, " "), err)
	}
	used := command.ProcessState.SysUsage().(*syscall.Rusage)
	return strings.TrimSpace(string(text)), float64(used.Maxrss) / 1024
}

// serving starts a server with the data folder and returns its address and a token of a
// user.
func serving(b *testing.B, program, dir string, args ...string) (address, token string) {
	b.Helper()
	command := exec.Command(program, append([]string{"serve", "--addr", "127.0.0.1:0", "--data", dir}, args...)...)
	out, err := command.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := command.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = command.Process.Signal(syscall.SIGTERM)
		_ = command.Wait()
	})
	lines := bufio.NewScanner(out)
	lines.Scan()
	address, found := strings.CutPrefix(lines.Text(), "listening on http://")
	if !found {
		b.Fatalf("serve says %q", lines.Text())
	}
	token, _ = ran(b, program, "token", "--data", dir)
	return address, token
}
