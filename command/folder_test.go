package command

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"afterhours/contract/program"
)

// TestMissingFolder: commands that work on stored data refuse a folder that is not there,
// and do not create it.
func TestMissingFolder(t *testing.T) {
	parent := t.TempDir()
	missing := filepath.Join(parent, "mistyped")
	file := filepath.Join(parent, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"backup " + filepath.Join(parent, "copy"), "doctor", "export", "token", "user list",
		"user add --id " + demoUser + " --upn megan@example.com", "user remove --upn megan@example.com",
	} {
		for data, message := range map[string]string{missing: "there is no folder " + missing + ": give the folder of a server", file: file + " is not a folder"} {
			out, err := run(t, append(strings.Fields(line), "--data", data)...)
			if err == nil || !strings.Contains(err.Error(), message) || ExitCode(err) != 1 || out != "" {
				t.Errorf("%s of %s: %v, exit code %d, and prints %q", line, data, err, ExitCode(err), out)
			}
		}
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	relative, err := filepath.Rel(here, missing)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := run(t, "doctor", "--data", relative); err == nil || !strings.Contains(err.Error(), missing) {
		t.Errorf("the error of a relative path does not have the absolute one: %v", err)
	}
	if entries, err := os.ReadDir(parent); err != nil || len(entries) != 1 {
		t.Errorf("the commands have created files: %v, %v", entries, err)
	}
}

// TestFolderOfMistake: a command line that cannot be understood creates no folder.
func TestFolderOfMistake(t *testing.T) {
	parent := t.TempDir()
	rows := filepath.Join(t.TempDir(), "rows.jsonl")
	program.WriteRows(t, rows, 1)
	for _, line := range []string{
		"serve --store sqlite://x", "serve --addr x", "serve --audience x", "serve --durability x", "serve --tls-key x", "serve --public-url x", "serve --issuer x --audience y",
		"import --durability x " + rows, "import --from 0 " + rows, "import --store memory " + rows, "restore",
	} {
		if _, err := run(t, append(strings.Fields(line), "--data", filepath.Join(parent, "data"))...); ExitCode(err) != 2 {
			t.Errorf("%s: %v", line, err)
		}
	}
	if entries, err := os.ReadDir(parent); err != nil || len(entries) != 0 {
		t.Errorf("the commands have created files: %v, %v", entries, err)
	}
}

// TestCreatedFolder: serve, import and restore create the folder, and say so once.
func TestCreatedFolder(t *testing.T) {
	parent := t.TempDir()
	rows, backup := filepath.Join(parent, "rows.jsonl"), filepath.Join(parent, "backup")
	program.WriteRows(t, rows, 1)
	imported, restored, served := filepath.Join(parent, "a", "imported"), filepath.Join(parent, "restored"), filepath.Join(parent, "served")
	for n, said := range []bool{true, false} {
		_, stderr, err := runWith(t, nil, "", "import", "--data", imported, rows)
		if err != nil || strings.Contains(stderr, "created the data folder "+imported+"\n") != said {
			t.Errorf("import %d: %v, and says %q", n, err, stderr)
		}
		if n == 0 {
			mustRun(t, "backup", "--data", imported, backup)
		}
		_, stderr, err = runWith(t, nil, "", "restore", "--data", restored, backup)
		if err != nil || strings.Contains(stderr, "created the data folder "+restored+"\n") != said {
			t.Errorf("restore %d: %v, and says %q", n, err, stderr)
		}
		server := program.Serve(t, served)
		if err := server.End(os.Interrupt); err != nil {
			t.Error(err)
		}
		if log := server.Log(); strings.Contains(log, `"msg":"created the data folder","folder":"`+served+`"`) != said {
			t.Errorf("serve %d says %s", n, log)
		}
	}
}

// TestEmptyStore: doctor and backup of an empty store say that it is empty.
func TestEmptyStore(t *testing.T) {
	dir := t.TempDir()
	_, stderr, err := runWith(t, nil, "", "doctor", "--data", dir)
	if want := "the store in " + dir + " is empty"; err != nil || !strings.Contains(stderr, want) {
		t.Errorf("doctor: %v, and says %q", err, stderr)
	}
	_, stderr, err = runWith(t, nil, "", "backup", "--data", dir, filepath.Join(dir, "copy"))
	if want := "the store in " + dir + " is empty"; err != nil || !strings.Contains(stderr, want) {
		t.Errorf("backup: %v, and says %q", err, stderr)
	}
	mustRun(t, "user", "add", "--data", dir, "--id", demoUser, "--upn", demoUPN)
	for _, args := range [][]string{{"doctor"}, {"backup", filepath.Join(dir, "second")}} {
		if _, stderr, err := runWith(t, nil, "", append(args, "--data", dir)...); err != nil || stderr != "" {
			t.Errorf("%s of a store with a name: %v, and says %q", args[0], err, stderr)
		}
	}
	for _, command := range []string{"doctor", "backup copy"} {
		if _, err := run(t, append(strings.Fields(command), "--data", dir, "--store", "memory")...); err == nil || !strings.Contains(err.Error(), "keeps nothing") || ExitCode(err) != 2 {
			t.Errorf("%s --store memory: %v", command, err)
		}
	}
}

// TestNewKey: token says that it has created a key, because a server that runs on another
// folder refuses the token.
func TestNewKey(t *testing.T) {
	dir := t.TempDir()
	for n, said := range []bool{true, false} {
		_, stderr, err := runWith(t, nil, "", "token", "--data", dir)
		if err != nil || strings.Contains(stderr, "created the key "+filepath.Join(dir, "issuer.key")) != said {
			t.Errorf("token %d: %v, and says %q", n, err, stderr)
		}
	}
}
