package command

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"afterhours/contract/golden"
	"afterhours/contract/program"
)

// TestMistakenCommandLines runs the mistakes of newcomers at the command line. What each is told
// stands in the golden file, for a person to read. A case is an optional NAME=value for the
// environment, the command line, and what is on standard input. It runs in a folder of its own
// with the files of mistakenFiles.
func TestMistakenCommandLines(t *testing.T) {
	served := t.TempDir()
	server := program.Serve(t, served)
	_, port, _ := strings.Cut(strings.TrimPrefix(server.URL, "http://"), ":")
	template := mistakenFiles(t)
	inherited := environmentWithoutOurs()
	golden.Test(t, "testdata/mistakes_command.txt", func(t *testing.T, one golden.Case) string {
		dir := filepath.Join(t.TempDir(), "here")
		copyFolder(t, template, dir)
		var environment, args []string
		for _, word := range shellWords.FindAllString(strings.NewReplacer("{port}", port, "{served}", served).Replace(one.Head), -1) {
			if len(args) == 0 && strings.Contains(word, "=") {
				environment = append(environment, word)
			} else {
				args = append(args, strings.Trim(word, "'"))
			}
		}
		if len(args) == 0 || args[0] != "afterhours" {
			t.Fatalf("%s is no command line of afterhours", one.Head)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // for a server that starts after all
		defer cancel()
		command := exec.CommandContext(ctx, program.Path(t), args[1:]...)
		command.Dir, command.Env, command.Stdin = dir, slices.Concat(inherited, environment), strings.NewReader(one.Body)
		var stderr bytes.Buffer
		command.Stderr = &stderr
		var exited *exec.ExitError
		if err := command.Run(); !errors.As(err, &exited) {
			t.Fatalf("it is no mistake: %v, and says %s", err, stderr.String())
		}
		told := strings.NewReplacer(dir, "{here}", served, "{served}", port, "{port}").Replace(stderr.String())
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
		"server.yaml": "store: memory\nlisten: 127.0.0.1:8080\nquery_time: 5s\nlimit: many\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// copyFolder copies a folder. Only the owner may read the copy, as it is with a data folder.
func copyFolder(t *testing.T, from, to string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(to, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return errors.Join(err, os.Chmod(path, 0o700))
		}
		return os.Chmod(path, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
}
