package command

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"afterhours/contract/golden"
	"afterhours/contract/program"
)

// TestMistakenCommandLines runs the mistakes of newcomers at the command line. What each is told
// stands in the golden file, for a person to read. A case is an optional NAME=value for the
// environment, the command line, and what is on standard input. It runs in a folder of its own
// with the files of mistakenFiles.
func TestMistakenCommandLines(t *testing.T) {
	server := program.Serve(t, t.TempDir())
	_, port, _ := strings.Cut(strings.TrimPrefix(server.URL, "http://"), ":")
	template := mistakenFiles(t)
	golden.Test(t, "testdata/mistakes_command.txt", func(t *testing.T, one golden.Case) string {
		dir := filepath.Join(t.TempDir(), "here")
		if err := os.CopyFS(dir, os.DirFS(template)); err != nil {
			t.Fatal(err)
		}
		var environment, args []string
		for _, word := range shellWords.FindAllString(strings.ReplaceAll(one.Head, "{port}", port), -1) {
			if len(args) == 0 && strings.Contains(word, "=") {
				environment = append(environment, word)
			} else {
				args = append(args, strings.Trim(word, "'"))
			}
		}
		if len(args) == 0 || args[0] != "afterhours" {
			t.Fatalf("%s is no command line of afterhours", one.Head)
		}
		command := exec.CommandContext(t.Context(), program.Path(t), args[1:]...)
		command.Dir, command.Env, command.Stdin = dir, append(os.Environ(), environment...), strings.NewReader(one.Body)
		var stderr bytes.Buffer
		command.Stderr = &stderr
		var exited *exec.ExitError
		if err := command.Run(); !errors.As(err, &exited) {
			t.Fatalf("it is no mistake: %v, and says %s", err, stderr.String())
		}
		told := strings.NewReplacer(dir, "{here}", port, "{port}").Replace(stderr.String())
		return "exit code " + strconv.Itoa(exited.ExitCode()) + "\n" + logTime.ReplaceAllString(told, "")
	})
}

var (
	shellWords = regexp.MustCompile(`'[^']*'|\S+`)
	logTime    = regexp.MustCompile(`"time":"[^"]*",`)
)

// mistakenFiles returns a folder with a data folder, which has two statistics, and files that a
// command could be given.
func mistakenFiles(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	data := filepath.Join(dir, "afterhours-data")
	program.WriteRows(t, filepath.Join(dir, "all.jsonl"), 2)
	mustRun(t, "import", "--data", data, filepath.Join(dir, "all.jsonl"))
	mustRun(t, "token", "--data", data)
	mustRun(t, "backup", "--data", data, filepath.Join(dir, "backup.db"))
	for name, text := range map[string]string{
		"letter.txt": "Dear Megan,\n", "empty.csv": "", "table.xlsx": "PK",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
