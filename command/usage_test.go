package command

import (
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// helps returns the help of every command of ours by its name, as in "user add".
func helps(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	var add func(command *cobra.Command)
	add = func(command *cobra.Command) {
		for _, child := range command.Commands() {
			name := strings.TrimPrefix(child.CommandPath(), "afterhours ")
			if name == "help" || name == "completion" { // of cobra
				continue
			}
			all[name] = mustRun(t, append(strings.Fields(name), "--help")...)
			add(child)
		}
	}
	add(newRoot(Environment{Contract: contractText(t)}))
	if len(all) < 13 {
		t.Errorf("there are only %d commands", len(all))
	}
	return all
}

// TestHelp: the help of every command has an example of it, and the environment variable of each
// of its flags.
func TestHelp(t *testing.T) {
	flag := regexp.MustCompile(`(?m)^ +(?:-h, )?--([a-z-]+) .*$`)
	for name, help := range helps(t) {
		_, examples, found := strings.Cut(help, "Examples:\n")
		if !found || !strings.HasPrefix(examples, "  afterhours "+name) {
			t.Errorf("the help of %s has no example: %s", name, help)
		}
		flags := flag.FindAllStringSubmatch(help, -1)
		for _, line := range flags {
			if line[1] != "help" && strings.Count(line[0], "["+variableName(line[1])+"]") != 1 {
				t.Errorf("the help of %s does not name the variable once: %s", name, line[0])
			}
		}
		if len(flags) == 0 {
			t.Errorf("the help of %s has no flags: %s", name, help)
		}
	}
}

// TestHelpDefaults: the help says what a flag is if it is not given, and nothing for a flag
// that is then empty.
func TestHelpDefaults(t *testing.T) {
	help := mustRun(t, "serve", "--help")
	for _, want := range []string{`(default "127.0.0.1:8080")`, "--sdk-quirks ", "(default true)", "--demo "} {
		if !strings.Contains(help, want) {
			t.Errorf("the help of serve has no %q", want)
		}
	}
	if strings.Contains(help, `(default "")`) || strings.Contains(help, "(default false)") {
		t.Errorf("the help of serve has empty defaults: %s", help)
	}
}

// TestDurabilityHelp: only serve, whose answers depend on it, explains --durability.
func TestDurabilityHelp(t *testing.T) {
	for name, help := range helps(t) {
		if explained := strings.Contains(help, "power cut"); explained != (name == "serve") {
			t.Errorf("the help of %s explains --durability: %t", name, explained)
		}
	}
}

// TestLists: a flag that holds a list may be given more than once.
func TestLists(t *testing.T) {
	mustRun(t, "token", "--data", t.TempDir(), "--scope", "Analytics.Read", "--scope", "Analytics.ReadWrite")
}

// TestHelpOfAll: afterhours alone shows what to type first, and every command.
func TestHelpOfAll(t *testing.T) {
	help := mustRun(t)
	for name := range helps(t) {
		if first, _, _ := strings.Cut(name, " "); strings.Contains(help, "\n  "+first+" ") == (name == "man") { // which is hidden
			t.Errorf("the help has %s: %t", first, name == "man")
		}
	}
	if !strings.Contains(help, "Examples:\n  afterhours serve --demo\n") {
		t.Errorf("the help has no examples: %s", help)
	}
}
