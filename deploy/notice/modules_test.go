package main

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// listed is the file with the modules that may be linked, one on each line, sorted.
const listed = "modules.txt"

// TestModules: the program links the modules of the list, and no other ones. What a module brings with it
// is in the list, too.
func TestModules(t *testing.T) {
	text, err := os.ReadFile(listed)
	if err != nil {
		t.Fatal(err)
	}
	allowed := strings.Fields(string(text))
	parts, err := linked("afterhours")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, part := range parts {
		names = append(names, part.name)
		if !slices.Contains(allowed, part.name) {
			t.Errorf("the program links %s, which %s does not have. go mod why -m %[1]s shows who imports it. Do without it, or add it to the list and say in the commit what it is for", part.name, listed)
		}
	}
	for _, name := range allowed {
		if !slices.Contains(names, name) {
			t.Errorf("%s has %s, which the program does not link any more: remove the line", listed, name)
		}
	}
	if !slices.IsSorted(allowed) {
		t.Errorf("%s is not sorted", listed)
	}
}
