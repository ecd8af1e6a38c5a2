package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// ofPages returns the npm packages that the program has in its pages: the dependencies of each page. The build of the
// page has copied their licences to handlers/pages/built.
func ofPages() ([]part, error) {
	root, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "afterhours").Output()
	if err != nil {
		return nil, fmt.Errorf("go list -m afterhours: %w", err)
	}
	pages := filepath.Join(strings.TrimSpace(string(root)), "handlers", "pages")
	manifests, err := filepath.Glob(filepath.Join(pages, "*", "package.json"))
	if err != nil {
		return nil, err
	}
	var parts []part
	for _, manifest := range manifests {
		of, err := ofPage(manifest, filepath.Join(pages, "built"))
		if err != nil {
			return nil, err
		}
		parts = append(parts, of...)
	}
	return parts, nil
}

// ofPage returns the dependencies of the page with this package.json. Their licences are in the folder built.
func ofPage(manifest, built string) ([]part, error) {
	content, err := os.ReadFile(manifest)
	if err != nil {
		return nil, err
	}
	var page struct{ Dependencies map[string]string }
	if err := json.Unmarshal(content, &page); err != nil {
		return nil, fmt.Errorf("%s: %w", manifest, err)
	}
	var parts []part
	for _, name := range slices.Sorted(maps.Keys(page.Dependencies)) {
		file := name + ".LICENSE.txt"
		licence, err := os.ReadFile(filepath.Join(built, file))
		if err != nil {
			return nil, fmt.Errorf("the licence of %s, which the build of the page copies: %w", name, err)
		}
		version := page.Dependencies[name]
		parts = append(parts, part{name: name, version: version, source: "https://www.npmjs.com/package/" + name + "/v/" + version,
			texts: []text{{file, string(licence)}}})
	}
	return parts, nil
}
