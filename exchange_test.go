package main

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"afterhours/contract/checked"
	"afterhours/store/postgres/postgrestest"
)

var exportedTag = regexp.MustCompile(`"@odata.etag":"[^ ]*?",`)

// exported returns an export without its entity tags, which each store draws anew.
func exported(t *testing.T, format string, at ...string) string {
	t.Helper()
	return exportedTag.ReplaceAllString(mustCommand(t, append([]string{"export", "--format", format}, at...)...), "")
}

// TestExchangeBetweenStores: what a running server holds comes to another store and
// from there to a third one, and nothing is lost.
func TestExchangeBetweenStores(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	p := startServe(t, dir, "--demo")
	token := mustCommand(t, "token", "--data", dir)
	client := checked.Client(t)
	if status, _, answer := send(t, client, http.MethodPatch, p.url+"/v1.0/me/analytics/settings", token, `{"hasLicense":false}`); status != http.StatusOK {
		t.Fatalf("PATCH = %d %s", status, answer)
	}
	if status, _, answer := send(t, client, http.MethodPost, p.url+statistics, token,
		`{"@odata.type":"#microsoft.graph.callActivityStatistics","id":"x","activity":"Chat","timeZoneUsed":"=a,\"b\"","duration":"-P10675199DT2H48M5.4775808S"}`); status != http.StatusNoContent {
		t.Fatalf("POST = %d %s", status, answer)
	}

	all := filepath.Join(t.TempDir(), "all.jsonl")
	mustCommand(t, "export", "--data", dir, all)
	if out, err := command(t, "export", "--data", dir, all); err == nil || !strings.Contains(err.Error(), "is there already") {
		t.Errorf("to a file that is there: %s, %v", out, err)
	}
	if out := mustCommand(t, "import", "--data", other, all); out != "37 created, 1 replaced, 0 unchanged, 0 refused" {
		t.Errorf("import says %q", out)
	}
	if out := mustCommand(t, "import", "--data", other, all); out != "0 created, 0 replaced, 38 unchanged, 0 refused" {
		t.Errorf("import says %q", out)
	}
	want := exported(t, "jsonl", "--data", dir)
	if strings.Count(want, "\n") != 37 || !strings.Contains(want, `"timeZoneUsed":"=a,\"b\"","duration":"-P10675199DT2H48M5.4775808S"`) || !strings.Contains(want, `"hasLicense":false`) {
		t.Errorf("the export is %s", want)
	}
	if got := exported(t, "jsonl", "--data", other); got != want {
		t.Errorf("in the other store is\n%s\nwant\n%s", got, want)
	}

	rows, third := filepath.Join(t.TempDir(), "all.csv"), t.TempDir()
	mustCommand(t, "export", "--data", other, rows)
	if out := mustCommand(t, "import", "--data", third, rows); out != "36 created, 0 replaced, 0 unchanged, 0 refused" {
		t.Errorf("import says %q", out)
	}
	if got, want := exported(t, "csv", "--data", third), exported(t, "csv", "--data", dir); got != want {
		t.Errorf("as CSV, there is\n%s\nwant\n%s", got, want)
	}

	t.Run("postgres", func(t *testing.T) {
		address, back := postgrestest.Address(t), t.TempDir()
		mustCommand(t, "import", "--store", address, all)
		if got := exported(t, "jsonl", "--store", address); got != want {
			t.Errorf("in PostgreSQL is\n%s\nwant\n%s", got, want)
		}
		returned := filepath.Join(back, "returned.jsonl")
		mustCommand(t, "export", "--store", address, returned)
		mustCommand(t, "import", "--data", back, returned)
		if got := exported(t, "jsonl", "--data", back); got != want {
			t.Errorf("from PostgreSQL came\n%s\nwant\n%s", got, want)
		}
	})
}

// TestImportReportsRefusedRows by line, property and reason, and stores the others.
func TestImportReportsRefusedRows(t *testing.T) {
	dir := t.TempDir()
	const owner = `{"tenant":"` + demoTenant + `","user":"` + demoUser + `","statistic":{"@odata.type":"#microsoft.graph.focusActivityStatistics",`
	text := owner + "\"id\":\"a\"}}\n" + owner + "\"id\":\"b\",\"duration\":\"long\",\"colour\":\"red\"}}\nnonsense\n" + owner + "\"id\":\"c\"}}\n"
	file, report := filepath.Join(dir, "some.jsonl"), filepath.Join(dir, "report.csv")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := command(t, "import", "--data", dir, "--report", report, file)
	if err == nil || err.Error() != "2 rows were refused; the others are stored" || exitCode(err) != 1 || out != "2 created, 0 replaced, 0 unchanged, 2 refused\n" {
		t.Errorf("import says %q, %v", out, err)
	}
	reported, err := os.ReadFile(report)
	if want := regexp.MustCompile(`^line,property,reason\n2,colour,"There is no property 'colour'.*"\n2,duration,.*\n3,,"The line cannot be read: .*"\n$`); err != nil || !want.Match(reported) {
		t.Errorf("the report is %s, %v", reported, err)
	}
	if got := exported(t, "jsonl", "--data", dir); strings.Count(got, "\n") != 1 { // between two rows
		t.Errorf("stored is %s", got)
	}

	var stdout, stderr bytes.Buffer
	none := func(string) string { return "" }
	err = run(t.Context(), []string{"import", "--data", dir, "--from", "3", "-"}, none, strings.NewReader(text), &stdout, &stderr)
	if err == nil || stdout.String() != "0 created, 0 replaced, 1 unchanged, 1 refused\n" || !strings.HasPrefix(stderr.String(), "line 3: The line cannot be read: ") {
		t.Errorf("from standard input: %q, %q, %v", stdout.String(), stderr.String(), err)
	}
	for _, args := range [][]string{
		{"import", "--store", "memory", file}, {"import", "--format", "xml", file}, {"import"}, {"export", "--resume"},
		{"import", "--format", "csv", "--tenant", "x", file}, {"export", "--format", "xml"},
	} {
		if out, err := command(t, args...); err == nil || exitCode(err) != 2 {
			t.Errorf("%q: %q, %v; want a fault of the command line", args, out, err)
		}
	}
}

// rowsOf writes so many rows to a file, of owners with a hundred each.
func rowsOf(t *testing.T, name string, count int) string {
	t.Helper()
	var text strings.Builder
	for n := range count {
		fmt.Fprintf(&text, `{"tenant":%q,"user":"00000000-0000-4000-8000-%012d","statistic":{"@odata.type":"#microsoft.graph.callActivityStatistics","@odata.etag":"","id":"call_%04d","activity":"Call","startDate":null,"endDate":null,"timeZoneUsed":null,"duration":"PT%dS","afterHours":null}}`+"\n",
			demoTenant, n/100, n%100, n%59+1)
	}
	if err := os.WriteFile(name, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// killed runs a command line as a process and kills it after something has happened.
func killed(t *testing.T, after func(), args ...string) {
	t.Helper()
	process := exec.Command(os.Args[0], args...)
	process.Env = append(os.Environ(), asProgram+"=1")
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	after()
	_ = process.Process.Kill()
	_ = process.Wait()
}

// TestExchangeGoesOnAfterAKill: import by doing it again, export with --resume, and
// what comes out is what would have without.
func TestExchangeGoesOnAfterAKill(t *testing.T) {
	const rows = 10_000
	dir, files := t.TempDir(), t.TempDir()
	in := filepath.Join(files, "in.jsonl")
	want := rowsOf(t, in, rows)
	mustCommand(t, "user", "list", "--data", dir) // makes the store
	for range 3 {
		killed(t, func() { waitForBytes(t, filepath.Join(dir, "afterhours.db-wal"), 200_000) }, "import", "--data", dir, in)
		if stored := strings.Count(exported(t, "jsonl", "--data", dir), "\n"); stored%1000 != 999 && stored != 0 { // command cut the last line break
			t.Errorf("after a kill %d rows are stored, which are not whole batches", stored+1)
		}
	}
	out := mustCommand(t, "import", "--data", dir, in)
	var created, unchanged int
	if _, err := fmt.Sscanf(out, "%d created, 0 replaced, %d unchanged, 0 refused", &created, &unchanged); err != nil || created+unchanged != rows {
		t.Errorf("import says %q", out)
	}

	for _, form := range []string{"jsonl", "csv"} {
		whole, partly := filepath.Join(files, "whole."+form), filepath.Join(files, "partly."+form)
		mustCommand(t, "export", "--data", dir, whole)
		killed(t, func() { waitForBytes(t, partly, 1) }, "export", "--data", dir, partly)
		mustCommand(t, "export", "--data", dir, "--resume", partly)
		wholeText, partlyText := mustRead(t, whole), mustRead(t, partly)
		if partlyText != wholeText {
			t.Errorf("%s: the export that went on has %d bytes, the other %d, and they differ", form, len(partlyText), len(wholeText))
		}
		if got := exportedTag.ReplaceAllString(wholeText, ""); form == "jsonl" && got != exportedTag.ReplaceAllString(want, "") {
			t.Errorf("the export is not what was imported")
		}
		mustCommand(t, "export", "--data", dir, "--resume", partly)
		if again := mustRead(t, partly); again != wholeText {
			t.Errorf("%s: --resume of what was whole changed it", form)
		}
	}
}

// TestResumeFromEveryByte: wherever an export was cut off, --resume makes it whole.
func TestResumeFromEveryByte(t *testing.T) {
	dir, files := t.TempDir(), t.TempDir()
	in := filepath.Join(files, "in.jsonl")
	rowsOf(t, in, 3)
	mustCommand(t, "import", "--data", dir, in)
	mustCommand(t, "user", "add", "--data", dir, "--id", demoUser, "--upn", demoUPN)
	for _, form := range []string{"jsonl", "csv"} {
		file := filepath.Join(files, "out."+form)
		mustCommand(t, "export", "--data", dir, file)
		whole := mustRead(t, file)
		for cut := 0; cut < len(whole); cut += 7 {
			if err := os.WriteFile(file, []byte(whole[:cut]), 0o600); err != nil {
				t.Fatal(err)
			}
			mustCommand(t, "export", "--data", dir, "--resume", file)
			if got := mustRead(t, file); got != whole {
				t.Fatalf("cut off at byte %d, it became\n%s\nwant\n%s", cut, got, whole)
			}
		}
	}
	other := filepath.Join(files, "other.jsonl")
	for text, want := range map[string]string{
		"a letter\nto somebody":       "it does not begin with {\"tenant\":\"",
		`{"tenant":"x"}` + "\n{\"ten": "its last row is none of an export",
	} {
		if err := os.WriteFile(other, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := command(t, "export", "--data", dir, "--resume", other); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("--resume of %q: %q, %v", text, out, err)
		}
		if got := mustRead(t, other); got != text {
			t.Errorf("%q has become %q", text, got)
		}
	}
}

func mustRead(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// waitForBytes waits until so much is in the file.
func waitForBytes(t *testing.T, name string, least int64) {
	t.Helper()
	for begun := time.Now(); time.Since(begun) < time.Minute; time.Sleep(time.Millisecond) {
		if info, err := os.Stat(name); err == nil && info.Size() >= least {
			return
		}
	}
	t.Errorf("%d bytes never came into %s", least, name)
}
