package command

import (
	"strings"
	"testing"
)

// helped are all commands that have a help of their own.
var helped = []string{
	"serve", "token", "user", "user add", "user list", "user remove", "import", "export", "backup", "restore", "doctor", "health", "version",
}

// TestHelp: the help of every command has an example of it.
func TestHelp(t *testing.T) {
	for _, name := range helped {
		help := mustRun(t, append(strings.Fields(name), "--help")...)
		_, examples, found := strings.Cut(help, "Examples:\n")
		if !found || !strings.HasPrefix(examples, "  afterhours "+name) {
			t.Errorf("the help of %s has no example: %s", name, help)
		}
		if !strings.Contains(help, "--public-url is AFTERHOURS_PUBLIC_URL") {
			t.Errorf("the help of %s says nothing of environment variables: %s", name, help)
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
	for _, name := range helped {
		help := mustRun(t, append(strings.Fields(name), "--help")...)
		if explained := strings.Contains(help, "power cut"); explained != (name == "serve") {
			t.Errorf("the help of %s explains --durability: %t", name, explained)
		}
	}
}

// TestLists: a flag that holds a list may be given more than once.
func TestLists(t *testing.T) {
	mustRun(t, "token", "--data", t.TempDir(), "--scope", "Analytics.Read", "--scope", "Analytics.ReadWrite")
}
