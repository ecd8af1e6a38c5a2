package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestPage checks that the page has every figure, and no table of what was not measured.
func TestPage(t *testing.T) {
	p := &page{Rounds: 3, Seconds: 4, Peers: []peer{bare(""), allPeers[1]}, Machine: "a machine",
		OneCore:  []row{{"bare net/http", 76543, 810 * time.Microsecond, 2500 * time.Microsecond, 1, 0.45}},
		TwoCores: []row{{"Afterhours, sqlite", 22800, 2 * time.Millisecond, 12 * time.Millisecond, 0.4123, 1}},
	}
	short := written(t, p)
	for _, want := range []string{
		"3 rounds of 4 s", "| bare net/http | 76,543 | 0.81 ms | 2.50 ms | 1.00 | 0.45 |", "| Afterhours, sqlite | 22,800 | 2.00 ms | 12.00 ms | 0.41 | 1.00 |",
		"| Afterhours, sqlite | tokens | against the contract | SQLite | yes (FULL) |", "\n\na machine.\n",
	} {
		if !strings.Contains(short, want) {
			t.Errorf("the page lacks %q:\n%s", want, short)
		}
	}
	if strings.Contains(short, "Reading") || strings.Contains(short, "large store") {
		t.Errorf("the page shows what was not measured:\n%s", short)
	}
	if strings.Contains(short, "Preliminary") {
		t.Errorf("the machine was idle:\n%s", short)
	}
	p.Busy = 33
	p.Reading = []readingTable{{"GET of one", 64, p.OneCore}, {"batch of 20 GETs", 16, p.TwoCores}}
	p.Large = &large{1_015_000, 40_000, 12_000, 6000, 30, time.Millisecond, 9 * time.Millisecond, 50 * time.Millisecond, 2}
	long := written(t, p)
	for _, want := range []string{
		"| GET of one, 64 connections | requests/s | p50 | p99 | to bare |\n|---|---|---|---|---|\n| bare net/http | 76,543 | 0.81 ms | 2.50 ms | 1.00 |\n",
		"not with other machines.\n\n**Preliminary:** other programs were using the machine when the run began (load average 33).\n\n- The load",
		"| batch of 20 GETs, 16 connections |", "with 1,015,000 statistics", "40,000 of them", "| 12,000/s | 6,000/s | 1.00 ms | 9.00 ms | 50.00 ms | 2 |\n",
	} {
		if !strings.Contains(long, want) {
			t.Errorf("the page lacks %q:\n%s", want, long)
		}
	}
	if strings.Contains(long, "\n\n\n") || strings.Contains(long, "<no value>") {
		t.Errorf("the page has gaps:\n%s", long)
	}
}

func written(t *testing.T, p *page) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "page.md")
	if err := p.write(file); err != nil {
		t.Fatal(err)
	}
	return read(t, file)
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestNumbers(t *testing.T) {
	for value, want := range map[float64]string{0: "0", 999.6: "1,000", 12: "12", 123456.4: "123,456", 1234567: "1,234,567"} {
		if got := rate(value); got != want {
			t.Errorf("%v is %s; want %s", value, got, want)
		}
	}
	for value, want := range map[float64]string{0: "–", 0.054: "0.05", 9.994: "9.99", 12.34: "12.3"} {
		if got := decimals(value); got != want {
			t.Errorf("%v is %s; want %s", value, got, want)
		}
	}
}

// TestVersions: the page says the versions that are installed.
func TestVersions(t *testing.T) {
	for name, lock := range map[string]struct{ file, before string }{
		"gin":         {"servers/go.mod", "github.com/gin-gonic/gin v"},
		"pocketbase":  {"servers/go.mod", "github.com/pocketbase/pocketbase v"},
		"json-server": {"json-server/package.json", `"json-server": "`},
		"prism":       {"../../contract/prism/package.json", `"@stoplight/prism-cli": "`},
		"wiremock":    {"peers.go", `"org.wiremock:wiremock-standalone:`},
	} {
		chosen, err := choose(name, "")
		if err != nil {
			t.Fatal(err)
		}
		version := strings.TrimSuffix(strings.Fields(chosen[0].title)[1], ",")
		if !strings.Contains(read(t, lock.file), lock.before+version) {
			t.Errorf("%s has no %s%s", lock.file, lock.before, version)
		}
	}
}

func TestChoose(t *testing.T) {
	for _, test := range []struct{ names, postgres, want, fault string }{
		{"", "", "memory,sqlite,gin,json-server,pocketbase,wiremock,prism", ""},
		{"", "postgres://x", "memory,sqlite,postgres,gin,json-server,pocketbase,wiremock,prism", ""},
		{"gin,sqlite", "", "gin,sqlite", ""},
		{"bare,gin", "", "gin", ""},
		{"gin,express", "", "", `"express" is no peer; choose from memory,sqlite,gin,`},
		{"postgres", "", "", "AFTERHOURS_TEST_POSTGRES is not set"},
	} {
		chosen, err := choose(test.names, test.postgres)
		if got := strings.Join(namesOf(chosen), ","); got != test.want || (err == nil) != (test.fault == "") || err != nil && !strings.Contains(err.Error(), test.fault) {
			t.Errorf("%+v: %s, %v", test, got, err)
		}
	}
}
