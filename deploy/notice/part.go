package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/google/licensecheck"
)

// part is something with a licence of its own: Go, a module, or the packages of a page.
type part struct {
	name, version string
	// source is where its source code can be had.
	source string
	texts  []text
}

// text is a licence file or a notice.
type text struct {
	name, content string
}

// allowed lists the licences that a part may have, by their SPDX identifiers. All let a program of any licence be given
// away in binary form if the licence texts come with it, which is what NOTICE is for.
var allowed = map[string]bool{
	"Apache-2.0": true,
	// Of a module under MPL-2.0 only the module's own files stay under it. Who gives the program away must say where
	// their source can be had; NOTICE does.
	"MPL-2.0":      true,
	"BSD-2-Clause": true,
	"BSD-3-Clause": true,
	"ISC":          true,
	"MIT":          true,
	"Zlib":         true,
	// The public domain.
	"CC0-1.0":      true,
	"PublicDomain": true,
	"Unlicense":    true,
	"blessing":     true,
	// A grant of patents in addition to a licence.
	"GooglePatentsFile": true,
}

// textCovered is the share of a licence file, in percent, that known licences must make up. The rest are the lines of
// copyright.
const textCovered = 75

// licences returns the identifiers of all licences in the texts of a part, sorted.
func (p part) licences() []string {
	found := map[string]bool{}
	for _, text := range p.texts {
		for _, match := range licensecheck.Scan([]byte(text.content)).Match {
			if !match.IsURL {
				found[match.ID] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// check returns an error if no text of the part is a licence, or if one has a licence that is not allowed.
func (p part) check() error {
	hasLicence := slices.ContainsFunc(p.texts, func(text text) bool {
		return licensecheck.Scan([]byte(text.content)).Percent >= textCovered
	})
	if !hasLicence {
		return fmt.Errorf("%s %s: none of its %d licence files is a licence that is known; read them before you use it", p.name, p.version, len(p.texts))
	}
	for _, id := range p.licences() {
		if !allowed[id] {
			return fmt.Errorf("%s %s: the licence %s is not among the allowed ones in deploy/notice/part.go", p.name, p.version, id)
		}
	}
	return nil
}

// write writes a table of the parts and then each text once, below the names of the parts that have it.
func write(out io.Writer, parts []part) {
	fmt.Fprint(out, "Afterhours contains the works below. Each one is under the licence whose text follows.\n\n")
	width := 0
	for _, part := range parts {
		width = max(width, len(part.name)+1+len(part.version))
	}
	for _, part := range parts {
		fmt.Fprintf(out, "%-*s  %s\n%*s  source: %s\n", width, part.name+" "+part.version, strings.Join(part.licences(), ", "), width, "", part.source)
	}
	owners := map[string][]string{}
	var contents []string // in the order of the parts
	for _, part := range parts {
		for _, text := range part.texts {
			if owners[text.content] == nil {
				contents = append(contents, text.content)
			}
			owners[text.content] = append(owners[text.content], part.name+" "+part.version+": "+text.name)
		}
	}
	for _, content := range contents {
		fmt.Fprintf(out, "\n%s\n%s\n\n%s\n", strings.Repeat("=", 100), strings.Join(owners[content], "\n"), strings.TrimRight(content, "\n"))
	}
}
