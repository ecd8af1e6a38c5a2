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
	}
}
