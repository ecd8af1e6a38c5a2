package checked

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// Operation is an operation of the contract.
type Operation struct {
	*openapi3.Operation
	// ID is the operationId in openapi.yaml.
	ID     string
	Method string
	// Template is the path after the base path, with the names of its parameters in braces.
	Template string
}

// Operations returns all operations, in the order of their paths and methods.
func Operations(t testing.TB) []Operation {
	t.Helper()
	doc, err := load()
	if err != nil {
		t.Fatal(err)
	}
	var all []Operation
	for _, path := range slices.Sorted(maps.Keys(doc.Paths.Map())) {
		operations := doc.Paths.Value(path).Operations()
		for _, method := range slices.Sorted(maps.Keys(operations)) {
			id := operations[method].OperationID
			all = append(all, Operation{operations[method], strings.ToLower(id[:1]) + id[1:], method, path})
		}
	}
	return all
}

// Path returns the path under /beta. Each name of a parameter is followed by its value.
func (o Operation) Path(namesAndValues ...string) string {
	return "/beta" + strings.NewReplacer(namesAndValues...).Replace(o.Template)
}
