package command

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"afterhours/contract/checked"
	"afterhours/contract/program"
	"afterhours/store/cassandra/cassandratest"
	"afterhours/store/postgres/postgrestest"
)

var exportedTag = regexp.MustCompile(`"@odata.etag":"[^ ]*?",`)

// exported returns an export without entity tags, which differ from store to store.
func exported(t *testing.T, format string, at ...string) string {
	t.Helper()
	return exportedTag.ReplaceAllString(mustRun(t, append([]string{"export", "--format", format}, at...)...), "")
}

// TestExchangeBetweenStores exports the store of a running server, imports it into a second
// store and that one into a third, and loses nothing.
func TestExchangeBetweenStores(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	p := program.Serve(t, dir, "--demo")
	token := mustRun(t, "token", "--data", dir)
	client := checked.Client(t)
	if status, _, answer := checked.Send(t, client, http.MethodPatch, p.URL+"/v1.0/me/analytics/settings", token, `{"hasLicense":false}`); status != http.StatusOK {
		t.Fatalf("PATCH = %d %s", status, answer)
	}
	if status, _, answer := checked.Send(t, client, http.MethodPost, p.URL+program.Statistics, token,
		`{"@odata.type":"#microsoft.graph.callActivityStatistics","id":"x","activity":"Chat","timeZoneUsed":"=a,\"b\"","duration":"-P10675199DT2H48M5.4775808S"}`); status != http.StatusNoContent {
		t.Fatalf("POST = %d %s", status, answer)
	}

	all := filepath.Join(t.TempDir(), "all.jsonl")
	mustRun(t, "export", "--data", dir, all)
	if out, err := run(t, "export", "--data", dir, all); err == nil || !strings.Contains(err.Error(), "is there already") {
		t.Errorf("to a file that is there: %s, %v", out, err)
	}
	if out := mustRun(t, "import", "--data", other, all); out != "37 created, 1 replaced, 0 unchanged, 0 refused" {
		t.Errorf("import printed %q", out)
	}
	if out := mustRun(t, "import", "--data", other, all); out != "0 created, 0 replaced, 38 unchanged, 0 refused" {
		t.Errorf("import printed %q", out)
	}
	want := exported(t, "jsonl", "--data", dir)
	if strings.Count(want, "\n") != 37 || !strings.Contains(want, `"timeZoneUsed":"=a,\"b\"","duration":"-P10675199DT2H48M5.4775808S"`) || !strings.Contains(want, `"hasLicense":false`) {
		t.Errorf("the export is %s", want)
	}
	if got := exported(t, "jsonl", "--data", other); got != want {
		t.Errorf("in the other store is\n%s\nwant\n%s", got, want)
	}

	rows, third := filepath.Join(t.TempDir(), "all.csv"), t.TempDir()
	mustRun(t, "export", "--data", other, rows)
	if out := mustRun(t, "import", "--data", third, rows); out != "36 created, 0 replaced, 0 unchanged, 0 refused" {
		t.Errorf("import printed %q", out)
	}
	if got, want := exported(t, "csv", "--data", third), exported(t, "csv", "--data", dir); got != want {
		t.Errorf("as CSV, there is\n%s\nwant\n%s", got, want)
	}
}

// TestExchangeOnEveryWay moves statistics, settings and names of users of several tenants from store to store, with
// their order, from each kind of store to each other one.
func TestExchangeOnEveryWay(t *testing.T) {
	first := t.TempDir()
	mustImport(t, manyUsers(), "--data", first)
	want := exported(t, "jsonl", "--data", first)
	if strings.Count(want, "\n") != 4*30-1 {
		t.Fatalf("the export is %s", want)
	}
	fresh := map[string]func(t *testing.T) []string{
		"sqlite":    func(t *testing.T) []string { return []string{"--data", t.TempDir()} },
		"postgres":  func(t *testing.T) []string { return []string{"--store", postgrestest.Address(t)} },
		"cassandra": func(t *testing.T) []string { return []string{"--store", cassandratest.Address(t)} },
	}
	for _, way := range [][]string{{"sqlite"}, {"postgres", "sqlite"}, {"cassandra", "sqlite"}, {"postgres", "cassandra", "postgres"}} {
		t.Run(strings.Join(way, " "), func(t *testing.T) {
			from := []string{"--data", first}
			for _, kind := range way {
				file, to := filepath.Join(t.TempDir(), "all.jsonl"), fresh[kind](t)
				mustRun(t, append(append([]string{"export"}, from...), file)...)
				mustRun(t, append(append([]string{"import"}, to...), file)...)
				if got := exported(t, "jsonl", to...); got != want {
					t.Fatalf("in %s is\n%s\nwant\n%s", kind, got, want)
				}
				from = to
			}
		})
	}
}

// manyUsers returns rows of 30 users in three tenants: two statistics, the settings and a name of each.
func manyUsers() string {
	var rows strings.Builder
	for n := range 30 {
		owner := fmt.Sprintf(`{"tenant":"%08d-0000-4000-8000-000000000000","user":"%08d-1111-4000-8000-000000000000",`, n%3, n*7919%1000)
		for _, id := range []string{"z", "a"} {
			fmt.Fprintf(&rows, "%s\"statistic\":{\"@odata.type\":\"#microsoft.graph.meetingActivityStatistics\",\"id\":%q,\"recurring\":\"PT%dM\"}}\n", owner, id, n)
		}
		fmt.Fprintf(&rows, "%s\"settings\":{\"hasLicense\":%t,\"hasOptedOut\":true}}\n%s\"userPrincipalName\":\"user%d@example.com\"}\n", owner, n%2 == 0, owner, n)
	}
	return rows.String()
}

// mustImport imports rows from standard input.
func mustImport(t *testing.T, rows string, at ...string) {
	t.Helper()
	if out, stderr, err := runWith(t, nil, rows, append(append([]string{"import"}, at...), "-")...); err != nil {
		t.Fatalf("import: %v %s %s", err, out, stderr)
	}
}

// TestImportReportsRefusedRows: the report has line, property and reason of each refused
// row, and all others are stored.
func TestImportReportsRefusedRows(t *testing.T) {
	dir := t.TempDir()
	const owner = `{"tenant":"` + demoTenant + `","user":"` + demoUser + `","statistic":{"@odata.type":"#microsoft.graph.focusActivityStatistics",`
	text := owner + "\"id\":\"a\"}}\n" + owner + "\"id\":\"b\",\"duration\":\"long\",\"colour\":\"red\"}}\nnonsense\n" + owner + "\"id\":\"c\"}}\n"
	file, report := filepath.Join(dir, "some.jsonl"), filepath.Join(dir, "report.csv")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := run(t, "import", "--data", dir, "--report", report, file)
	if err == nil || err.Error() != "2 rows refused; the others are stored" || ExitCode(err) != 1 || out != "2 created, 0 replaced, 0 unchanged, 2 refused\n" {
		t.Errorf("import printed %q, %v", out, err)
	}
	reported, err := os.ReadFile(report)
	if want := regexp.MustCompile(`^line,property,reason\n2,colour,"There is no property 'colour'.*"\n2,duration,.*\n3,,"The line cannot be read: .*"\n$`); err != nil || !want.Match(reported) {
		t.Errorf("the report is %s, %v", reported, err)
	}
	if got := exported(t, "jsonl", "--data", dir); strings.Count(got, "\n") != 1 { // between two rows
		t.Errorf("stored is %s", got)
	}

	stdout, stderr, err := runWith(t, nil, text, "import", "--data", dir, "--from", "3", "-")
	if err == nil || stdout != "0 created, 0 replaced, 1 unchanged, 1 refused\n" || !strings.HasPrefix(stderr, "line 3: The line cannot be read: ") {
		t.Errorf("from standard input: %q, %q, %v", stdout, stderr, err)
	}
	for _, args := range [][]string{
		{"import", "--store", "memory", file}, {"import", "--format", "xml", file}, {"import"}, {"export", "--resume"},
		{"import", "--format", "csv", "--tenant", "x", file}, {"export", "--format", "xml"},
	} {
		if out, err := run(t, args...); err == nil || ExitCode(err) != 2 {
			t.Errorf("%q: %q, %v; want an error of the command line", args, out, err)
		}
	}
}

// TestResumeFromEveryByte: --resume completes an export that was cut off anywhere. It does
// not change a file that is no export.
func TestResumeFromEveryByte(t *testing.T) {
	dir, files := t.TempDir(), t.TempDir()
	in := filepath.Join(files, "in.jsonl")
	program.WriteRows(t, in, 3)
	mustRun(t, "import", "--data", dir, in)
	mustRun(t, "user", "add", "--data", dir, "--id", demoUser, "--upn", demoUPN)
	for _, form := range []string{"jsonl", "csv"} {
		file := filepath.Join(files, "out."+form)
		mustRun(t, "export", "--data", dir, file)
		whole := mustRead(t, file)
		for cut := 0; cut < len(whole); cut += 7 {
			if err := os.WriteFile(file, []byte(whole[:cut]), 0o600); err != nil {
				t.Fatal(err)
			}
			mustRun(t, "export", "--data", dir, "--resume", file)
			if got := mustRead(t, file); got != whole {
				t.Fatalf("cut off at byte %d, it became\n%s\nwant\n%s", cut, got, whole)
			}
		}
	}
	other := filepath.Join(files, "other.jsonl")
	for text, want := range map[string]string{
		"a letter\nto somebody":       "it does not begin with {\"tenant\":\"",
		`{"tenant":"x"}` + "\n{\"ten": "its last row is not the row of an export",
	} {
		if err := os.WriteFile(other, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := run(t, "export", "--data", dir, "--resume", other); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("--resume of %q: %q, %v", text, out, err)
		}
		if got := mustRead(t, other); got != text {
			t.Errorf("%q has become %q", text, got)
		}
	}
}

// TestFileFormat: the ending of a file says its format, and one that says none is refused.
func TestFileFormat(t *testing.T) {
	for _, row := range []struct{ flag, file, want string }{
		{"", "", "jsonl"}, {"", "-", "jsonl"}, {"", "all", "jsonl"}, {"", "all.jsonl", "jsonl"}, {"", "ALL.JSONL", "jsonl"}, {"", "all.ndjson", "jsonl"},
		{"", "a.b/all", "jsonl"}, {"", "/dev/stdout", "jsonl"}, {"", "all.csv", "csv"}, {"", "All.CSV", "csv"}, {"csv", "all.txt", "csv"}, {"jsonl", "all.csv", "jsonl"},
	} {
		if got, err := fileFormat(row.flag, row.file); err != nil || got != row.want {
			t.Errorf("--format %s of %s is %q, %v; want %s", row.flag, row.file, got, err, row.want)
		}
	}
	for _, file := range []string{"all.xml", "all.json", "all.xlsx", "all.txt", "all.jsonl.gz", ".csvx"} {
		if got, err := fileFormat("", file); err == nil || ExitCode(err) != 2 || !strings.Contains(err.Error(), "--format jsonl") {
			t.Errorf("%s is %q, %v", file, got, err)
		}
	}
}

// TestUnknownEnding: export and import of a file of another format write nothing.
func TestUnknownEnding(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "all.xml")
	data := filepath.Join(dir, "data")
	if err := os.Mkdir(data, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := run(t, "export", "--data", data, file); ExitCode(err) != 2 {
		t.Errorf("export: %v", err)
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("export has created the file")
	}
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := run(t, "import", "--data", filepath.Join(dir, "new"), file); ExitCode(err) != 2 {
		t.Errorf("import: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "new")); err == nil {
		t.Error("import has created the folder")
	}
}
