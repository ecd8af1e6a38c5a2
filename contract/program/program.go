// Package program owns how tests and measurements run the program from outside: it builds
// the program and starts it as a process of its own, and has clients that give a server
// something to store. It leaves alone what the server must answer, which is for the tests
// to say, and the form of its answers, which is checked's.
//
//	func TestMain(m *testing.M) { os.Exit(program.Main(m)) }
//
//	server := program.Serve(t, dir)
//	token := program.Run(t, "token", "--data", dir)
package program

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"
)

// built builds the program in a temporary folder, once in a process. Main removes the
// folder.
var built = sync.OnceValues(func() (path string, err error) {
	if folder, err = os.MkdirTemp("", "afterhours-program-"); err != nil {
		return "", err
	}
	path = filepath.Join(folder, "afterhours")
	return path, build(path)
})

var folder string // "" until the program is built

// build builds the program, with the race detector if this process has it.
func build(path string) error {
	if err := readMain(); err != nil {
		return err
	}
	args := []string{"build", "-o", path}
	if HasRaceDetector() {
		args = append(args, "-race")
	}
	if out, err := exec.Command("go", append(args, "afterhours")...).CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return nil
}

// HasRaceDetector reports whether the program and its tests are built with the race detector,
// which takes several times the memory and the time.
func HasRaceDetector() bool {
	info, _ := debug.ReadBuildInfo()
	return info != nil && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}

// Missing ends a test that the machine lacks something for, and says what. In CI, where
// nothing may be missing, that is a failure.
func Missing(t testing.TB, format string, values ...any) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf(format, values...)
	}
	t.Skipf(format, values...)
}

// readMain reads the files of package main. go test repeats a passed test if a package that
// it imports or a file that it has read is changed. No test can import package main.
func readMain() error {
	root, err := exec.Command("go", "list", "-f", "{{.Dir}}", "afterhours").Output()
	if err != nil {
		return fmt.Errorf("go list: %w", err)
	}
	for _, name := range []string{"main.go", "openapi.yaml"} {
		if _, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(root)), name)); err != nil {
			return err
		}
	}
	return nil
}

// Main runs the tests of a package, removes the program if they have built it, and returns
// the exit code.
func Main(m *testing.M) int {
	defer func() {
		if folder != "" {
			_ = os.RemoveAll(folder)
		}
	}()
	return m.Run()
}

// Path returns the path of the program, which it builds for the first test that asks.
func Path(t testing.TB) string {
	t.Helper()
	path, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// Run runs a command line of the program to its end and returns its standard output
// without the last line break. The test fails if the exit code is not 0.
func Run(t testing.TB, args ...string) string {
	t.Helper()
	out, err := TryRun(t, args...)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(out, "\n")
}

// TryRun is Run for a command line that may fail. The error has what the program wrote to
// standard error.
func TryRun(t testing.TB, args ...string) (string, error) {
	t.Helper()
	var stderr strings.Builder
	command := exec.CommandContext(t.Context(), Path(t), args...)
	command.Stderr = &stderr
	out, err := command.Output()
	if err != nil {
		err = fmt.Errorf("afterhours %s: %w: %s", strings.Join(args, " "), err, stderr.String())
	}
	return string(out), err
}
