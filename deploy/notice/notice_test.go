package main

import (
	"slices"
	"strings"
	"testing"
)

const mitText = `Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.`

const gplText = `This program is free software: you can redistribute it and/or modify it under the terms of the GNU
General Public License as published by the Free Software Foundation, either version 3 of the License, or (at your
option) any later version.

This program is distributed in the hope that it will be useful, but WITHOUT ANY WARRANTY; without even the implied
warranty of MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE. See the GNU General Public License for more details.`

// TestLicences: all that the program contains, on each system, has a licence, and all its licences are allowed.
func TestLicences(t *testing.T) {
	parts, err := all()
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, part := range parts {
		names[part.name] = true
		if err := part.check(); err != nil {
			t.Error(err)
		}
	}
	// One of each kind: the language, a module of all systems, a module of Windows alone, and a package of a page.
	for _, name := range []string{"Go", "modernc.org/sqlite", "github.com/inconshreveable/mousetrap", "preact"} {
		if !names[name] {
			t.Errorf("%s is not among the %d parts", name, len(parts))
		}
	}
	for _, name := range []string{"afterhours", "github.com/google/licensecheck", "honnef.co/go/tools"} {
		if names[name] {
			t.Errorf("%s is among the parts, but the program does not link it", name)
		}
	}
}

// TestCheck: a part is refused if nobody has given a licence, if the licence is unknown, and if it is not allowed.
func TestCheck(t *testing.T) {
	mit := text{"LICENSE", "MIT License\n\n" + mitText}
	tests := []struct {
		name  string
		texts []text
		want  string // a part of the error, "" if the part is allowed
	}{
		{"allowed", []text{mit}, ""},
		{"no file", nil, "none of its 0 licence files"},
		{"an unknown licence", []text{{"LICENSE", "You may look at this, but not touch it."}}, "none of its 1 licence files"},
		{"a licence that is not allowed", []text{{"COPYING", gplText}}, "GPL-3.0-or-later is not among the allowed ones"},
		{"an allowed licence and one that is not", []text{mit, {"COPYING", gplText}}, "GPL-3.0-or-later is not among the allowed ones"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := part{name: "example.com/part", version: "v1.0.0", texts: test.texts}.check()
			switch {
			case test.want == "" && err != nil:
				t.Error(err)
			case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
				t.Errorf("the error is %v; want %q in it", err, test.want)
			}
		})
	}
}

// TestWrite: each text is there once, below the names of all parts that have it.
func TestWrite(t *testing.T) {
	var out strings.Builder
	write(&out, []part{
		{name: "one", version: "v1.0.0", source: "https://example.com/one", texts: []text{{"LICENSE", mitText}}},
		{name: "two", version: "v2.0.0", source: "https://example.com/two", texts: []text{{"COPYING", mitText}, {"NOTICE", "Two is by Ada."}}},
	})
	if n := strings.Count(out.String(), mitText); n != 1 {
		t.Errorf("the text that both have is there %d times; want 1", n)
	}
	lines := strings.Split(out.String(), "\n")
	for _, want := range []string{"one v1.0.0  MIT", "            source: https://example.com/two", "one v1.0.0: LICENSE", "two v2.0.0: COPYING", "two v2.0.0: NOTICE", "Two is by Ada."} {
		if !slices.Contains(lines, want) {
			t.Errorf("no line %q in\n%s", want, out.String())
		}
	}
}
