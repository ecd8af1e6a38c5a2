// Package strace owns running programs under strace, for tests that record system calls,
// make them fail, or end a process at one of them. It leaves alone what a test concludes.
package strace

import (
	"os"
	"os/exec"
	"testing"
)

// Command returns the command with these arguments. Without strace, which only Linux has,
// the test is skipped, or fails if the variable CI is set.
func Command(t testing.TB, args ...string) *exec.Cmd {
	t.Helper()
	path, err := exec.LookPath("strace")
	if err != nil && os.Getenv("CI") != "" {
		t.Fatal("strace is needed to record system calls and to make them fail")
	}
	if err != nil {
		t.Skip("strace is not installed; the test needs it to record system calls and to make them fail")
	}
	return exec.Command(path, args...)
}
