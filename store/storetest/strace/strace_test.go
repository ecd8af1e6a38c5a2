package strace_test

import (
	"os"
	"os/exec"
	"testing"

	"afterhours/store/storetest/strace"
)

// TestKillAtAPoint finds the system calls of a small program and kills it at one of them.
func TestKillAtAPoint(t *testing.T) {
	run := func(options ...string) *exec.Cmd {
		return strace.Command(t, append(options, "cat", os.DevNull)...)
	}
	points := strace.Points(t, run, 1, "read")
	if len(points) != 1 || points[0].Call != "read" {
		t.Fatalf("the points of cat at read are %v", points)
	}
	if killed, err := points[0].Kill(run); err != nil || !killed {
		t.Errorf("killed at %v: %v, %v", points[0], killed, err)
	}
	if killed, err := (strace.Point{Call: "read", N: 1000}).Kill(run); err != nil || killed {
		t.Errorf("killed at a call that the program does not make: %v, %v", killed, err)
	}
}
