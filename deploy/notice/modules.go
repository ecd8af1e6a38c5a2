package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
)

// systems are those that releases are built for. What is linked depends on them, and not on the processor.
var systems = []string{"linux", "darwin", "windows"}

// licenceFile matches the names of files with a licence or a notice.
var licenceFile = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|patents|third-party|unlicense)[^/]*$`)

// goItself returns the part for Go's runtime and standard library.
func goItself() (part, error) {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return part{}, fmt.Errorf("go env GOROOT: %w", err)
	}
	texts, err := textsOf(strings.TrimSpace(string(root)), strings.TrimSpace(string(root)))
	return part{name: "Go", version: runtime.Version(), source: "https://go.dev/dl/", texts: texts}, err
}

// linked returns the modules that a main package links on any of the systems, sorted by name. Its own module is left out.
func linked(main string) ([]part, error) {
	modules := map[string]part{}
	for _, system := range systems {
		if err := addLinked(modules, main, system); err != nil {
			return nil, fmt.Errorf("what %s links on %s: %w", main, system, err)
		}
	}
	return slices.SortedFunc(maps.Values(modules), func(a, b part) int { return strings.Compare(a.name, b.name) }), nil
}

// addLinked adds the modules that a main package links on one system.
func addLinked(modules map[string]part, main, system string) error {
	list := exec.Command("go", "list", "-deps", "-json=Dir,Module", main)
	list.Env = append(os.Environ(), "GOOS="+system, "CGO_ENABLED=0", "GOFLAGS=") // -race would need cgo
	list.Stderr = os.Stderr
	out, err := list.Output()
	if err != nil {
		return err
	}
	for packages := json.NewDecoder(bytes.NewReader(out)); ; {
		var listed struct {
			Dir    string
			Module *struct {
				Path, Version, Dir string
				Main               bool
			}
		}
		if err := packages.Decode(&listed); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		module := listed.Module
		if module == nil || module.Main {
			continue
		}
		texts, err := textsOf(module.Dir, listed.Dir)
		if err != nil {
			return err
		}
		modules[module.Path] = part{name: module.Path, version: module.Version, source: "https://pkg.go.dev/" + module.Path + "@" + module.Version,
			texts: union(modules[module.Path].texts, texts)}
	}
}

// union returns the texts of both lists, each once.
func union(have, more []text) []text {
	for _, text := range more {
		if !slices.Contains(have, text) {
			have = append(have, text)
		}
	}
	return have
}

// textsOf returns the licence files of a package: those in its folder and in each folder above, up to the root of its
// module. They are named by their path below the root.
func textsOf(root, folder string) ([]text, error) {
	var texts []text
	for {
		entries, err := os.ReadDir(folder)
		if err != nil {
			return nil, err
		}
		for _, entry := range entries {
			if entry.IsDir() || !licenceFile.MatchString(entry.Name()) || filepath.Ext(entry.Name()) == ".go" {
				continue
			}
			content, err := os.ReadFile(filepath.Join(folder, entry.Name()))
			if err != nil {
				return nil, err
			}
			name, err := filepath.Rel(root, filepath.Join(folder, entry.Name()))
			if err != nil {
				return nil, err
			}
			texts = append(texts, text{filepath.ToSlash(name), string(content)})
		}
		if folder == root {
			return texts, nil
		}
		folder = filepath.Dir(folder)
	}
}
