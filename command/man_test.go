package command

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"afterhours/contract/program"
)

// TestManualPages: every command but the hidden ones has a page that man shows without a warning, with
// its examples and the lines of its lists.
func TestManualPages(t *testing.T) {
	if out, err := exec.CommandContext(t.Context(), "man", "--version").CombinedOutput(); err != nil || !strings.Contains(string(out), "man ") {
		program.Missing(t, "man of man-db is not installed")
	}
	t.Setenv("SOURCE_DATE_EPOCH", "1790000000")
	dir := t.TempDir()
	mustRun(t, "man", dir)
	pages := map[string]string{}
	for _, name := range append(slices.Sorted(maps.Keys(helps(t))), "") { // "" is the program alone
		if name == "man" {
			continue
		}
		file := filepath.Join(dir, strings.TrimSuffix("afterhours-"+strings.ReplaceAll(name, " ", "-"), "-")+".1")
		command := exec.CommandContext(t.Context(), "man", "--warnings", "--local-file", "--pager=cat", file)
		command.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "MANWIDTH=100", "MAN_KEEP_STDERR=1", "MANROFFOPT=-ww", "GROFF_NO_SGR=1")
		var warnings strings.Builder
		command.Stderr = &warnings
		page, err := command.Output()
		if err != nil || warnings.Len() > 0 {
			t.Errorf("%s: %v: %s", name, err, warnings.String())
		}
		if pages[name] = string(page); !strings.Contains(pages[name], "  afterhours "+name) || !strings.Contains(pages[name], "Sep 2026") {
			t.Errorf("the page of %s has no example or date: %s", name, page)
		}
	}
	for _, want := range []string{"afterhours - A server for", "afterhours serve --demo", "afterhours-serve(1)", "afterhours-user(1)", "--version"} {
		if !strings.Contains(pages[""], want) {
			t.Errorf("the page of the program does not say %s: %s", want, pages[""])
		}
	}
	if want := "\n       AFTERHOURS_TOKEN           a token of the demo user for 24 hours\n"; !strings.Contains(pages["exec"], want) {
		t.Errorf("the list of exec is not one: %s", pages["exec"])
	}
	if _, err := os.Stat(filepath.Join(dir, "afterhours-man.1")); err == nil {
		t.Error("the hidden command has a page")
	}
}

// TestManualPagesNeedAFolder: the folder is named, and is there.
func TestManualPagesNeedAFolder(t *testing.T) {
	if _, err := run(t, "man"); ExitCode(err) != 2 || !strings.Contains(err.Error(), "name one FOLDER, as in afterhours man /usr") {
		t.Errorf("without a folder: %v", err)
	}
	if _, err := run(t, "man", filepath.Join(t.TempDir(), "none")); ExitCode(err) != 1 || !strings.Contains(err.Error(), "none") {
		t.Errorf("without that folder: %v", err)
	}
}
