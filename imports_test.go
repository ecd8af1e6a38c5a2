package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// importTable lists which packages of this module each package may import, and which
// packages of any module it must not import.
var importTable = map[string]struct{ may, never []string }{
	"afterhours":                              {may: []string{"afterhours/command"}, never: append([]string{"github.com/spf13/..."}, storeNever...)},
	"afterhours/command":                      {may: []string{"afterhours/handlers", "afterhours/handlers/auth", "afterhours/handlers/exchange", "afterhours/handlers/spec", "afterhours/store", "afterhours/store/..."}, never: []string{"github.com/gin-gonic/gin", "afterhours/gen"}},
	"afterhours/gen":                          {may: []string{"afterhours/store/edm"}},
	"afterhours/handlers":                     {may: []string{"afterhours/gen", "afterhours/store", "afterhours/store/edm", "afterhours/store/bulk", "afterhours/store/staged", "afterhours/handlers/..."}, never: []string{"database/sql", "github.com/jackc/..."}},
	"afterhours/handlers/odata":               {may: storeMay, never: append([]string{"afterhours/gen"}, storeNever...)},
	"afterhours/handlers/auth":                {never: []string{"github.com/gin-gonic/gin"}},
	"afterhours/handlers/batch":               {never: []string{"github.com/gin-gonic/gin"}},
	"afterhours/store":                        {may: []string{"afterhours/store/edm"}, never: storeNever},
	"afterhours/store/edm":                    {never: storeNever},
	"afterhours/store/bulk":                   {may: storeMay, never: storeNever},
	"afterhours/store/gate":                   {may: storeMay, never: storeNever},
	"afterhours/store/memory":                 {may: storeMay, never: storeNever},
	"afterhours/store/sqlite":                 {may: append(storeMay, "afterhours/store/gate", "afterhours/store/sqlquery"), never: []string{"github.com/gin-gonic/gin", "github.com/getkin/..."}},
	"afterhours/store/postgres":               {may: append(storeMay, "afterhours/store/gate", "afterhours/store/sqlquery"), never: []string{"github.com/gin-gonic/gin", "github.com/getkin/...", "modernc.org/..."}},
	"afterhours/store/postgres/postgrestest":  {never: storeNever[:2]},
	"afterhours/store/sqlquery":               {may: storeMay, never: storeNever},
	"afterhours/store/staged":                 {may: storeMay, never: storeNever},
	"afterhours/store/storetest":              {may: storeMay, never: storeNever},
	"afterhours/store/storetest/strace":       {never: storeNever},
	"afterhours/bench":                        {never: storeNever[:2]},
	"afterhours/contract/checked":             {may: []string{"afterhours/gen", "afterhours/store/edm"}},
	"afterhours/contract/bounded":             {never: storeNever},
	"afterhours/contract/durability":          {never: storeNever[:2]},
	"afterhours/contract/durability/failover": {may: []string{"afterhours/contract/program"}, never: storeNever},
	"afterhours/contract/program":             {may: []string{"afterhours/contract/checked"}, never: storeNever},
}

var (
	storeMay   = []string{"afterhours/store", "afterhours/store/edm"}
	storeNever = []string{"github.com/gin-gonic/gin", "github.com/getkin/...", "database/sql", "modernc.org/...", "github.com/jackc/...", "github.com/prometheus/..."}
)

// TestImports compares the table with the imports of every package, tests excepted.
func TestImports(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-f", `{{.ImportPath}}{{range .Imports}} {{.}}{{end}}`, "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		row, listed := importTable[words[0]]
		seen[words[0]] = true
		if !listed {
			t.Errorf("%s is not in the table", words[0])
		}
		for _, imported := range words[1:] {
			ours := imported == "afterhours" || strings.HasPrefix(imported, "afterhours/")
			if ours && !matchesAny(row.may, imported) || matchesAny(row.never, imported) {
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

// matchesAny reports whether a path matches one of the patterns. x/... matches everything
// below x.
func matchesAny(patterns []string, path string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		below, isPrefix := strings.CutSuffix(pattern, "...")
		return path == pattern || isPrefix && strings.HasPrefix(path, below)
	})
}
