// Package bench_test measures the built program from outside, and compares stores with each
// other and with pgbench in one run. The *.md beside it have the results of long runs. It
// leaves alone what one part of the program costs, which the benchmarks beside that part
// measure, and what the program must not lose, which contract/durability proves.
package bench_test

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"afterhours/contract/program"
)

func TestMain(m *testing.M) { os.Exit(program.Main(m)) }

// runMeasured runs a command line of the program to its end, and returns the most memory
// that the process had, in MiB.
func runMeasured(b *testing.B, args ...string) (peakMemory float64) {
	b.Helper()
	command := exec.Command(program.Path(b), args...)
	if out, err := command.CombinedOutput(); err != nil {
		b.Fatalf("afterhours %s: %v: %s", strings.Join(args, " "), err, out)
	}
	usage := command.ProcessState.SysUsage().(*syscall.Rusage)
	return float64(usage.Maxrss) / 1024
}
