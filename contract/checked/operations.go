package checked

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// Operation is one of the contract's.
type Operation struct {
	*openapi3.Operation
	// ID is the operationId of openapi.yaml, to which gen gives a capital.
	ID     string
	Method string
	// Template is the path behind a base, with the names of its parameters.
	Template string
}

// Operations returns those of the contract, in the order of their paths and methods.
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

// Path returns the path below /beta, with values for the names of its parameters.
func (o Operation) Path(namesAndValues ...string) string {
	return "/beta" + strings.NewReplacer(namesAndValues...).Replace(o.Template)
}
