package command

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"afterhours/contract/program"
)

// TestCompletedValues asks for completions as the scripts of the shells do.
func TestCompletedValues(t *testing.T) {
	const noFiles, noSpaceEither, folders = ":4", ":6", ":16"
	for _, row := range []struct{ line, want, directive string }{
		{"serve --store ", "sqlite memory postgres:// cassandra://", noFiles},
		{"backup --store p", "postgres://", noSpaceEither},
		{"serve --store x", "", noFiles},
		{"serve --durability ", "full normal", noFiles},
		{"exec --durability f", "full", noFiles},
		{"serve --control=", "local anywhere off", noFiles},
		{"exec --log-format ", "auto text json", noFiles},
		{"export --format ", "jsonl csv", noFiles},
		{"generate --format=c", "csv", noFiles},
		{"generate --users 1 --format c", "csv", noFiles},
		{"token --scope ", "Analytics.Read Analytics.ReadWrite", noFiles},
		{"token --scope Analytics.Read,", "Analytics.Read,Analytics.ReadWrite", noFiles},
		{"token --role ", strings.Join(applicationPermissions, " "), noFiles},
		{"doctor --data ", "", folders},
	} {
		lines := strings.Split(mustRun(t, append([]string{"__complete"}, strings.Split(row.line, " ")...)...), "\n")
		var values []string
		for _, line := range lines[:len(lines)-1] {
			value, _, _ := strings.Cut(line, "\t")
			values = append(values, value)
		}
		if got := strings.Join(values, " "); got != row.want || lines[len(lines)-1] != row.directive {
			t.Errorf("%s: %q %s, want %q %s", row.line, got, lines[len(lines)-1], row.want, row.directive)
		}
	}
}

// TestCompletionInShells presses Tab in real shells after the beginning of a command, of a flag and of a
// value, and then runs the line, as docs/operations.md says how.
func TestCompletionInShells(t *testing.T) {
	for name, shell := range map[string]struct{ command, file, setUp string }{
		"bash": {"bash --noprofile --rcfile $HOME/rc -i", "rc", "PS1='ready> '\n. /usr/share/bash-completion/bash_completion\nsource <(afterhours completion bash)\n"},
		"zsh":  {"ZDOTDIR=$HOME zsh -d -i", ".zshrc", "PROMPT='ready> '\nautoload -U compinit && compinit -u\nsource <(afterhours completion zsh)\n"},
		"fish": {"XDG_CONFIG_HOME=$HOME fish -i", "fish/config.fish", "function fish_prompt; echo -n 'ready> '; end\nafterhours completion fish | source\n"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := exec.LookPath(name); err != nil {
				program.Missing(t, "%s is not installed", name)
			}
			if _, err := os.Stat("/usr/share/bash-completion/bash_completion"); name == "bash" && err != nil {
				program.Missing(t, "bash-completion is not installed, which the completion of bash needs")
			}
			home := t.TempDir()
			file := filepath.Join(home, shell.file)
			if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(shell.setUp), 0o600); err != nil {
				t.Fatal(err)
			}
			// At its first start fish would read all manual pages in the background, and go on after the test.
			if err := os.MkdirAll(filepath.Join(home, ".local/share/fish/generated_completions"), 0o700); err != nil {
				t.Fatal(err)
			}
			terminal := onTerminal(t, "export TERM=xterm HOME="+home+" PATH="+filepath.Dir(program.Path(t))+":$PATH; "+shell.command)
			press := func(keys, shown string) {
				t.Helper()
				if _, err := io.WriteString(terminal.keyboard, keys); err != nil {
					t.Fatal(err)
				}
				terminal.until(shown)
			}
			terminal.until("ready> ")
			press("afterhours gener\t", "ate")
			press(" --users 1 --wee\t", "ks")
			press(" 1 --format c\t", "sv")
			press("\r", "PersonId,") // a CSV begins so
			terminal.until("ready> ")
			press("exit\r", "exit")
			terminal.end(time.Minute) // bash writes its history at the end, which must not come after the folder's removal
		})
	}
}
