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
		program.Missing(t, "python3 is not installed")
	}
	_, example, _ := strings.Cut(mustRead(t, "../docs/in-your-tests.md"), "```python\n")
	example, _, found := strings.Cut(example, "```")
	if !found {
		t.Fatal("the page has no example in Python")
	}
	command := exec.CommandContext(t.Context(), python, "-c", example)
	command.Env = append(os.Environ(), "PATH="+filepath.Dir(program.Path(t))+string(os.PathListSeparator)+os.Getenv("PATH"), "TMPDIR="+t.TempDir())
	var log strings.Builder
	command.Stderr = &log
	if out, err := command.Output(); err != nil || strings.TrimSpace(string(out)) != "35" {
		t.Errorf("%v: %q %s", err, out, log.String())
	}
}
