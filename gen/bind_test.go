package gen_test

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// TestHeadersAreFound checks that the generated code looks for each header of the contract by the spelling under which
// package http keeps it. wrappers.tmpl makes the spelling without package http.
func TestHeadersAreFound(t *testing.T) {
	doc, _ := contracts[0].document(t)
	code, err := os.ReadFile("server.gen.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, ref := range doc.Components.Parameters {
		name := http.CanonicalHeaderKey(ref.Value.Name)
		if ref.Value.In == openapi3.ParameterInHeader && !strings.Contains(string(code), `(c.Request.Header, "`+name+`")`) {
			t.Errorf("server.gen.go does not look for %s", name)
		}
	}
}
