package budgets_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	_ "afterhours/command" // so that go test repeats these tests when the program changes
	"afterhours/contract/program"
)

func TestMain(m *testing.M) {
	code := program.Main(m)
	if folder != "" {
		_ = os.RemoveAll(folder)
	}
	os.Exit(code)
}

// mostBytes is the most that the binary of a release may have. The aim is 40 MB. The driver of Cassandra takes 0.9 of what it has.
const mostBytes = 41 << 20

// released builds the program as releases are built, once. It does not shorten the paths in the binary (-trimpath), for
// which everything would be compiled again, and uses cgo if the machine has a compiler for C: both make it larger.
var released = sync.OnceValues(func() (path string, err error) {
	if folder, err = os.MkdirTemp("", "afterhours-budgets-"); err != nil {
		return "", err
	}
	path = filepath.Join(folder, "afterhours")
	if out, err := exec.Command("go", "build", releaseTags, "-ldflags=-s -w", "-o", path, "afterhours").CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
})

// releaseTags are the tags of releases. They leave out the codec of Gin for msgpack, which no route uses.
const releaseTags = "-tags=nomsgpack"

var folder string // of the binary of a release; "" until it is built

// releasedProgram returns the path of the binary of a release.
func releasedProgram(t *testing.T) string {
	t.Helper()
	path, err := released()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// TestSize: the binary of a release is within its budget.
func TestSize(t *testing.T) {
	info, err := os.Stat(releasedProgram(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%.1f MiB", float64(info.Size())/(1<<20))
	if info.Size() > mostBytes {
		t.Errorf("the binary has %d bytes; want %d at most. Compare go tool nm -size -sort size of a binary with symbols with that of an earlier commit", info.Size(), mostBytes)
	}
	for _, script := range []string{"../../deploy/release", "../../deploy/Dockerfile"} {
		text, err := os.ReadFile(script)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), "go build "+releaseTags+" ") {
			t.Errorf("%s does not build with %s, as this test does", script, releaseTags)
		}
	}
}

// slack returns by how much the bound of a start is widened for a program with the race detector.
func slack() int {
	if program.HasRaceDetector() {
		return 10
	}
	return 1
}
