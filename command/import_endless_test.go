package command

import (
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"afterhours/contract/program"
)

// TestEndlessImport: SIGTERM ends an import of a line without end, and of a pipe in which
// nothing comes.
func TestEndlessImport(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has neither /dev/zero nor SIGTERM")
	}
	silent, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = silent.Close(), writer.Close() }()
	for name, args := range map[string][]string{
		"endless line":         {"/dev/zero"},
		"endless line of CSV":  {"--format", "csv", "/dev/zero"},
		"silent pipe":          {"-"},
		"silent pipe, for CSV": {"--format", "csv", "-"},
	} {
		t.Run(name, func(t *testing.T) {
			var stderr strings.Builder
			command := exec.Command(program.Path(t), append([]string{"import", "--data", t.TempDir()}, args...)...)
			command.Stdin, command.Stderr = silent, &stderr
			if err := command.Start(); err != nil {
				t.Fatal(err)
			}
			ended := make(chan error)
			go func() { ended <- command.Wait() }()
			select {
			case err = <-ended:
			case <-time.After(time.Second):
				if err := command.Process.Signal(syscall.SIGTERM); err != nil {
					t.Fatal(err)
				}
				select {
				case err = <-ended:
				case <-time.After(10 * time.Second):
					_ = command.Process.Kill()
					err = <-ended
					t.Error("SIGTERM does not end it")
				}
			}
			if err == nil || command.ProcessState.ExitCode() != 1 {
				t.Errorf("it ends with %v: %s", err, stderr.String())
			}
		})
	}
}
