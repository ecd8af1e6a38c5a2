package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// importTable says which packages of ours each package may import, and what
// nobody there may ever import.
var importTable = map[string]struct{ may, never []string }{
	"afterhours":                             {may: []string{"afterhours/handlers", "afterhours/handlers/auth", "afterhours/handlers/auth/atomicfile", "afterhours/store", "afterhours/store/..."}, never: []string{"github.com/gin-gonic/gin", "afterhours/gen"}},
	"afterhours/gen":                         {may: []string{"afterhours/store/edm"}},
	"afterhours/handlers":                    {may: []string{"afterhours/gen", "afterhours/store", "afterhours/store/edm", "afterhours/store/bulk", "afterhours/store/staged", "afterhours/handlers/..."}, never: []string{"database/sql", "github.com/jackc/..."}},
	"afterhours/handlers/odata":              {may: storeMay, never: append([]string{"afterhours/gen"}, storeNever...)},
	"afterhours/handlers/auth":               {may: []string{"afterhours/handlers/auth/atomicfile"}, never: []string{"github.com/gin-gonic/gin"}},
	"afterhours/handlers/auth/atomicfile":    {never: storeNever},
	"afterhours/handlers/batch":              {never: []string{"github.com/gin-gonic/gin"}},
	"afterhours/store":                       {may: []string{"afterhours/store/edm"}, never: storeNever},
	"afterhours/store/edm":                   {never: storeNever},
	"afterhours/store/bulk":                  {may: storeMay, never: storeNever},
	"afterhours/store/gate":                  {may: storeMay, never: storeNever},
	"afterhours/store/group":                 {never: append([]string{"afterhours/store"}, storeNever...)},
	"afterhours/store/memory":                {may: storeMay, never: storeNever},
	"afterhours/store/sqlite":                {may: append(storeMay, "afterhours/store/gate", "afterhours/store/group", "afterhours/store/sqlquery"), never: []string{"github.com/gin-gonic/gin", "github.com/getkin/..."}},
	"afterhours/store/postgres":              {may: append(storeMay, "afterhours/store/gate", "afterhours/store/group", "afterhours/store/sqlquery"), never: []string{"github.com/gin-gonic/gin", "github.com/getkin/...", "modernc.org/..."}},
	"afterhours/store/postgres/postgrestest": {never: storeNever[:2]},
	"afterhours/store/sqlquery":              {may: storeMay, never: storeNever},
	"afterhours/store/staged":                {may: storeMay, never: storeNever},
	"afterhours/store/storetest":             {may: storeMay, never: storeNever},
	"afterhours/store/storetest/strace":      {never: storeNever},
	"afterhours/bench":                       {never: storeNever[:2]},
	"afterhours/bench/failover":              {never: storeNever},
	"afterhours/contract/checked":            {may: []string{"afterhours/gen", "afterhours/store/edm"}},
	"afterhours/contract/bounded":            {never: storeNever},
}

var (
	storeMay   = []string{"afterhours/store", "afterhours/store/edm"}
	storeNever = []string{"github.com/gin-gonic/gin", "github.com/getkin/...", "database/sql", "modernc.org/...", "github.com/jackc/...", "github.com/prometheus/..."}
)

// TestImports holds the table against what the packages import.
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

// matchesAny says whether a path is one of the patterns, of which x/... stands for
// everything below x.
func matchesAny(patterns []string, path string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		below, isPrefix := strings.CutSuffix(pattern, "...")
		return path == pattern || isPrefix && strings.HasPrefix(path, below)
	})
}
