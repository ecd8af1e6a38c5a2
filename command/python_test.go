package command

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"afterhours/contract/program"
)

// TestPythonExample runs the example of docs/in-your-tests.md.
func TestPythonExample(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("python3 is not installed")
	}
	_, example, _ := strings.Cut(mustRead(t, "../docs/in-your-tests.md"), "```python\n")
	example, _, found := strings.Cut(example, "```")
	if !found {
		t.Fatal("the page has no example in Python")
	}
	command := exec.CommandContext(t.Context(), python, "-c", example)
	command.Env = append(os.Environ(), "PATH="+filepath.Dir(program.Path(t))+string(os.PathListSeparator)+os.Getenv("PATH"), "TMPDIR="+t.TempDir())
	if out, err := command.CombinedOutput(); err != nil || !strings.HasPrefix(string(out), "35\n") && !strings.Contains(string(out), "\n35\n") {
		t.Errorf("%v: %s", err, out)
	}
}
