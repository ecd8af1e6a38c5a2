package spec

import (
	"os"
	"testing"
)

// TestHasName: names of parameters and properties at any depth, and no others.
func TestHasName(t *testing.T) {
	text, err := os.ReadFile("../../openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	contract, err := Load(text)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{
		"user-id": true, "$filter": true, "If-Match": true, "timeZoneUsed": true, "requests": true, "dependsOn": true, "hasOptedOut": true,
		"": false, "TimeZoneUsed": false, "megan@example.com": false, "secret": false,
	} {
		if contract.HasName(name) != want {
			t.Errorf("HasName(%q) = %v", name, !want)
		}
	}
}
