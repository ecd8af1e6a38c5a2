package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// importTable lists the packages of this module that each package may import.
var importTable = map[string][]string{
	"afterhours":              {"command"},
	"afterhours/command":      {"command/generate", "handlers", "handlers/admin", "handlers/auth", "handlers/auth/atomicfile", "handlers/control", "handlers/exchange", "handlers/limits", "handlers/pages", "handlers/signin", "handlers/spec", "handlers/suggest", "logs", "metrics", "store", "store/...", "traces"},
	"afterhours/gen":          {"gen/nullable", "store/edm"},
	"afterhours/gen/nullable": {},
	"afterhours/control":      {"gen", "store/edm"},
	"afterhours/logs":         {},
	"afterhours/traces":       {"store/metered"},
	"afterhours/metrics":      {"handlers/auth", "handlers/limits", "store", "store/metered"},

	"afterhours/kit/go":                 {"command", "kit/go/internal/client", "store/edm"},
	"afterhours/kit/go/internal/client": {},

	"afterhours/command/generate": {"store", "store/bulk", "store/edm"},

	// A request goes down this list and never back up.
	"afterhours/handlers": {"gen", "control", "store", "store/staged", "handlers/auth", "handlers/batch", "handlers/control", "handlers/faults", "handlers/input",
		"handlers/limits", "handlers/operations", "handlers/pages", "handlers/problem", "handlers/signin", "handlers/spec", "handlers/wire", "logs", "traces"},
	"afterhours/handlers/operations": {"handlers/auth", "handlers/odata", "handlers/problem", "handlers/spec", "handlers/suggest", "handlers/timezone", "handlers/wire",
		"gen", "store", "store/edm", "store/staged"},
	"afterhours/handlers/control":  {"control", "gen", "handlers/auth", "handlers/exchange", "handlers/faults", "handlers/problem", "store", "store/bulk", "store/edm"},
	"afterhours/handlers/faults":   {"control", "gen", "handlers/problem", "handlers/suggest", "store", "store/edm"},
	"afterhours/handlers/signin":   {"handlers/auth", "store"},
	"afterhours/handlers/exchange": {"handlers/input", "handlers/problem", "handlers/spec", "handlers/suggest", "handlers/wire", "gen", "gen/nullable", "store", "store/bulk", "store/edm"},
	"afterhours/handlers/input":    {"handlers/plain", "handlers/problem", "handlers/spec", "handlers/suggest", "handlers/wire", "gen", "store/edm"},
	"afterhours/handlers/spec":     {"handlers/odata", "handlers/plain", "handlers/suggest", "handlers/wire", "gen", "store"},
	"afterhours/handlers/wire":     {"handlers/problem", "gen", "gen/nullable", "store", "store/edm"},
	"afterhours/handlers/problem":  {"gen"},

	"afterhours/handlers/odata":           {"handlers/suggest", "store", "store/edm", "store/pattern"},
	"afterhours/handlers/admin":           {"gen", "logs"},
	"afterhours/handlers/auth":            {"handlers/auth/atomicfile"},
	"afterhours/handlers/auth/atomicfile": {},
	"afterhours/handlers/batch":           {},
	"afterhours/handlers/limits":          {},
	"afterhours/handlers/pages":           {},
	"afterhours/handlers/plain":           {"gen/nullable", "store/edm"},
	"afterhours/handlers/suggest":         {},
	"afterhours/handlers/timezone":        {"handlers/suggest"},

	"afterhours/store":                         {"store/edm", "store/pattern"},
	"afterhours/store/edm":                     {},
	"afterhours/store/bulk":                    {"store", "store/edm"},
	"afterhours/store/cassandra":               {"store", "store/edm", "store/gate", "store/sqlquery", "store/track"},
	"afterhours/store/cassandra/cassandratest": {"contract/program"},
	"afterhours/store/gate":                    {"store", "store/edm"},
	"afterhours/store/group":                   {},
	"afterhours/store/memory":                  {"store", "store/edm", "store/track"},
	"afterhours/store/sqlite":                  {"store", "store/edm", "store/gate", "store/group", "store/sqlquery", "store/track"},
	"afterhours/store/metered":                 {"store"},
	"afterhours/store/postgres":                {"store", "store/edm", "store/gate", "store/group", "store/sqlquery", "store/track"},
	"afterhours/store/postgres/postgrestest":   {},
	"afterhours/store/sqlquery":                {"store", "store/edm"},
	"afterhours/store/pattern":                 {},
	"afterhours/store/staged":                  {"store", "store/edm"},
	"afterhours/store/storetest":               {"store", "store/edm"},
	"afterhours/store/storetest/strace":        {},
	"afterhours/store/track":                   {"store"},

	"afterhours/bench":                        {},
	"afterhours/bench/budgets":                {},
	"afterhours/bench/growth":                 {},
	"afterhours/bench/overload":               {},
	"afterhours/bench/peers":                  {},
	"afterhours/bench/ring":                   {},
	"afterhours/bench/ring/simulation":        {},
	"afterhours/contract/bounded":             {},
	"afterhours/contract/checked":             {"store/edm", "gen"},
	"afterhours/contract/durability":          {},
	"afterhours/contract/durability/failover": {"contract/program"},
	"afterhours/contract/golden":              {},
	"afterhours/contract/history":             {"contract/checked", "contract/program", "store/edm"},
	"afterhours/contract/oidc":                {},
	"afterhours/contract/program":             {"contract/checked"},
	"afterhours/contract/proxy":               {},
	"afterhours/contract/ring":                {},
	"afterhours/contract/sdk/presets":         {"control"},
	"afterhours/contract/traces":              {},

	"afterhours/deploy":        {},
	"afterhours/deploy/notice": {},
}

// confined lists the only packages that may import a package of another module.
var confined = map[string][]string{
	"github.com/gin-gonic/gin":    {"gen", "control", "handlers"},
	"github.com/getkin/...":       {"handlers", "handlers/exchange", "handlers/input", "handlers/plain", "handlers/spec", "contract/checked"},
	"database/sql":                {"store/sqlite", "store/postgres"},
	"modernc.org/...":             {"store/sqlite"},
	"github.com/apache/...":       {"store/cassandra", "store/cassandra/cassandratest"},
	"github.com/jackc/...":        {"store/postgres", "store/postgres/postgrestest"},
	"github.com/anishathalye/...": {"contract/history"},
	"github.com/spf13/...":        {"command"},
	"github.com/coreos/...":       {"command"},
	"github.com/golang-jwt/...":   {"handlers/auth"},
	"github.com/MicahParks/...":   {"handlers/auth"},
	"golang.org/x/time/...":       {"handlers/limits", "logs"},
	"github.com/pressly/...":      {"store/sqlite", "store/postgres"},
	"github.com/agnivade/...":     {"handlers/suggest"},
	"github.com/lmittmann/...":    {"logs"},
	"github.com/prometheus/...":   {"metrics"},
	"net/http/pprof":              {"handlers/admin"},
	"github.com/klauspost/...":    {"handlers"},
	// It reads licences for releases, and is no part of the program.
	"github.com/google/licensecheck": {"deploy/notice"},
	"github.com/go-logr/...":         {"traces"},
	"go.opentelemetry.io/...":        {"traces"},
}

// TestImports compares the tables with the imports of every package, tests excepted.
func TestImports(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-f", `{{.ImportPath}}{{range .Imports}} {{.}}{{end}}`, "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		may, ok := importTable[words[0]]
		seen[words[0]] = true
		if !ok {
			t.Errorf("%s is not in the table", words[0])
		}
		for _, imported := range words[1:] {
			if own, ok := strings.CutPrefix(imported, "afterhours/"); ok && !matchesAny(may, own) || isConfined(imported, words[0]) {
				t.Errorf("%s must not import %s", words[0], imported)
			}
		}
	}
	for name := range importTable {
		if !seen[name] {
			t.Errorf("%s is in the table, but not in the module", name)
		}
	}
}

// isConfined reports whether the table confines the imported package to others than the importer.
func isConfined(imported, importer string) bool {
	for pattern, importers := range confined {
		if matchesAny([]string{pattern}, imported) && !slices.Contains(importers, strings.TrimPrefix(importer, "afterhours/")) {
			return true
		}
	}
	return false
}

// matchesAny reports whether the path matches a pattern. The pattern x/... matches everything below x.
func matchesAny(patterns []string, path string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		below, isPrefix := strings.CutSuffix(pattern, "...")
		return path == pattern || isPrefix && strings.HasPrefix(path, below)
	})
}
