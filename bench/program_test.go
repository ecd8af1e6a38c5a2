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
