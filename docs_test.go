package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	testFunction = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	testNamed    = regexp.MustCompile("`((?:Test|Fuzz)[A-Z]\\w+)`")
	fileNamed    = regexp.MustCompile(`(?:\]\(|src(?:set)?=")([^):"]+)[)"]`)
)

// TestDocumentsNameWhatIsThere checks that the tests and files which a page names exist.
func TestDocumentsNameWhatIsThere(t *testing.T) {
	tests := map[string]bool{}
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, found := range testFunction.FindAllStringSubmatch(string(text), -1) {
			tests[found[1]] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var pages []string
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/decisions/*.md", "bench/*.md", "bench/*/*.md", "contract/*/*.md", "contract/durability/*/*.md", "kit/*/*.md"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("no page matches %s: %v", pattern, err)
		}
		pages = append(pages, found...)
	}
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, named := range testNamed.FindAllStringSubmatch(string(text), -1) {
			if !tests[named[1]] {
				t.Errorf("%s names %s, and there is no such test", page, named[1])
			}
		}
		for _, named := range fileNamed.FindAllStringSubmatch(string(text), -1) {
			path, _, _ := strings.Cut(named[1], "#")
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), path)); err != nil {
				t.Errorf("%s: %v", page, err)
			}
		}
	}
}
