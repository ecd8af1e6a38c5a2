package spec_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"afterhours/handlers/spec"
)

// TestLoadChecksDurations checks that a duration which only the contract or only the store's
// table has is an error of Load. The server would silently drop such a property.
func TestLoadChecksDurations(t *testing.T) {
	if types := load(t).Types; len(types) != 5 {
		t.Errorf("%d types", len(types))
	}
	text, err := os.ReadFile("../../openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"conflicting": "differ in conflicting", // renamed: the contract lacks one and has one more
		"afterHours":  "differ in afterHours",
	} {
		changed := bytes.ReplaceAll(text, []byte("        "+name+":"), []byte("        "+name+"X:"))
		if _, err := spec.Load(changed); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
}
