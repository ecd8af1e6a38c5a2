package command

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// writeConfig writes a file of settings and returns its path.
func writeConfig(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// checkLines runs serve --check and returns its lines without the spaces of the table, and its error.
func checkLines(t *testing.T, environment map[string]string, args ...string) (string, error) {
	t.Helper()
	out, _, err := runWith(t, environment, "", append([]string{"serve", "--check", "--addr", "127.0.0.1:0"}, args...)...)
	var lines strings.Builder
	for line := range strings.Lines(out) {
		lines.WriteString(strings.Join(strings.Fields(line), " ") + "\n")
	}
	return lines.String(), err
}

// TestConfigFile: a flag counts more than the environment, and that more than the file of --config.
func TestConfigFile(t *testing.T) {
	file := writeConfig(t, `# settings of a test
store: memory
limit: 10
query-time: 2s
strict: true
sdk-quirks: off # which is no boolean of ours
public-url: https://graph.example.com
issuer:
  - https://one.example.com
  - https://two.example.com
audience: api
`)
	environment := map[string]string{"AFTERHOURS_CONFIG": file, "AFTERHOURS_QUERY_TIME": "3s", "AFTERHOURS_LIMIT": "20"}
	out, _ := checkLines(t, environment, "--limit", "30", "--sdk-quirks=false")
	for _, want := range []string{
		"limit 30 flag",
		"query-time 3s environment variable AFTERHOURS_QUERY_TIME",
		"strict true " + file + ", line 5",
		"store memory " + file + ", line 2",
		"issuer https://one.example.com, https://two.example.com " + file + ", line 8",
		"audience api " + file + ", line 11",
		"config " + file + " environment variable AFTERHOURS_CONFIG",
		"durability full default",
		"data - default",
	} {
		if !strings.Contains(out, want+"\n") {
			t.Errorf("the settings lack %q:\n%s", want, out)
		}
	}
	if strings.Contains(out, "sdk-quirks off") {
		t.Errorf("the file counts more than the flag: %s", out)
	}
}

// TestConfigFileOfOtherCommands: every command with a store finds it in the file of the server, and
// leaves the other settings alone.
func TestConfigFileOfOtherCommands(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	rows := filepath.Join(t.TempDir(), "rows.jsonl")
	if err := os.WriteFile(rows, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	file := writeConfig(t, "addr: 127.0.0.1:1\ndrain: 1s\ndata: "+data+"\n")
	mustRun(t, "import", "--config", file, rows)
	mustRun(t, "doctor", "--config", file)
	mustRun(t, "export", "--config", file)
	mustRun(t, "user", "list", "--config", file)
	mustRun(t, "backup", "--config", file, filepath.Join(t.TempDir(), "backup.db"))
}

// TestConfigFileFaults: an error names the line and what would be right. All faults are told at once.
func TestConfigFileFaults(t *testing.T) {
	for text, want := range map[string]string{
		"stroe: memory":                      "line 1: there is no setting stroe (did you mean store?)",
		"\npublic_url: https://a.example":    "line 2: there is no setting public_url (did you mean public-url?)",
		"port: 8080":                         "line 1: there is no setting port (did you mean addr?)",
		"check: true":                        "line 1: there is no setting check",
		"config: other.yaml":                 "line 1: there is no setting config",
		"limit: many":                        "line 1: --limit many: it must be a whole number",
		"strict: yes":                        "line 1: --strict yes: it must be true or false",
		"query-time: 5":                      "line 1: --query-time 5: it must be a number and its unit, as in 500ms or 5s",
		"control: true":                      "line 1: --control true: it must be local, anywhere or off",
		"addr: [a, b]":                       "line 1: addr: it must be one value, and no list or mapping",
		"addr:\n  host: a":                   "line 1: addr: it must be one value, and no list or mapping",
		"addr:":                              "line 1: addr: it has no value; give one, or remove the line",
		"issuer:\n  a: b":                    "line 1: issuer: it must be one value, or a list with one value on each line",
		"issuer:\n- https://a.example\n- []": "line 1: issuer: its item in line 3 must be one value",
		"store: memory\nstore: sqlite":       "line 2: store is in line 1 already; give it once",
		"memory":                             "line 1: it must have lines of a name, a colon and a value",
		"- store":                            "line 1: it must have lines of a name, a colon and a value",
		"store: memory\n---\nlimit: 1":       "it must be one document of YAML; remove the second ---",
		"store: *hunter2":                    "it cannot be read as YAML: yaml: unknown anchor ... referenced",
		"store: \"memory":                    "it cannot be read as YAML: yaml: line ",
		"store: mysql":                       "line 1: --store mysql: it must be sqlite, memory or a URL",
		strings.Repeat("#", 1<<20):           "it is larger than 1 MiB",
		"limit: x\nstrict: y\ndata: d":       "line 2: --strict y: it must be true or false",
	} {
		file := writeConfig(t, text+"\n")
		for _, args := range [][]string{{"serve", "--addr", "127.0.0.1:0", "--config", file}, {"exec", "--config", file, "--", "true"}} {
			_, err := run(t, args...)
			if err == nil || ExitCode(err) != 2 || !strings.Contains(err.Error(), file) || !strings.Contains(err.Error(), want) {
				t.Errorf("%q: %v; want %s", text, err, want)
			}
		}
	}
	if _, err := run(t, "serve", "--config", "nowhere.yaml"); err == nil || !strings.Contains(err.Error(), "--config: there is no file nowhere.yaml") {
		t.Errorf("a file that is not there: %v", err)
	}
}

// TestFaultIsToldOnce: a value that is wrong in the environment does not make that of the file a second one.
func TestFaultIsToldOnce(t *testing.T) {
	environment := map[string]string{"AFTERHOURS_LIMIT": "many"}
	out, err := checkLines(t, environment, "--store", "memory", "--config", writeConfig(t, "limit: 10\n"))
	if err == nil || strings.Count(out, "wrong: ") != 1 || !strings.Contains(out, "wrong: environment variable AFTERHOURS_LIMIT: --limit many: it must be a whole number\n") {
		t.Errorf("%v: %s", err, out)
	}
}

// TestEmptyConfigFile: a file without settings is one.
func TestEmptyConfigFile(t *testing.T) {
	for _, text := range []string{"", "# nothing yet\n"} {
		if out, err := checkLines(t, nil, "--store", "memory", "--config", writeConfig(t, text)); err != nil || !strings.HasSuffix(out, "ok\n") {
			t.Errorf("%q: %v: %s", text, err, out)
		}
	}
}
