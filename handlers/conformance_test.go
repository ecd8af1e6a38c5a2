package handlers_test

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// rules has a test for each rule of a level of conformance that the server keeps, by its number.
type rules map[string]func(t *testing.T, c testClient)

// levels are the levels of the chapter on conformance of the OData Protocol. The page docs/odata.md has
// the rules in words.
var levels = map[string]rules{
	"4.0 minimal": minimal40, "4.0 intermediate": intermediate40, "4.0 advanced": advanced40,
	"4.01 minimal": minimal401, "4.01 intermediate": intermediate401, "4.01 advanced": advanced401,
}

// TestConformance: the server keeps each rule that has a test.
func TestConformance(t *testing.T) {
	for _, level := range slices.Sorted(maps.Keys(levels)) {
		t.Run(level, func(t *testing.T) {
			for _, number := range slices.Sorted(maps.Keys(levels[level])) {
				t.Run(number, func(t *testing.T) {
					c := newTestClient(t)
					c.fill()
					levels[level][number](t, c)
				})
			}
		})
	}
}

var (
	levelHeading = regexp.MustCompile(`^### (4\.01? \w+)`)
	ruleRow      = regexp.MustCompile(`^\| ([0-9.]+) \| (?:MUST|SHOULD|MAY) \|.*\| (yes|no)\b[^|]*\|$`)
)

// TestConformancePage: docs/odata.md says yes to the rules that have a test, and to no others.
func TestConformancePage(t *testing.T) {
	page, err := os.ReadFile("../docs/odata.md")
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]map[string]bool{}
	level := ""
	for line := range strings.Lines(string(page)) {
		line = strings.TrimSpace(line)
		if heading := levelHeading.FindStringSubmatch(line); heading != nil {
			level = heading[1]
			said[level] = map[string]bool{}
		} else if row := ruleRow.FindStringSubmatch(line); row != nil {
			said[level][row[1]] = row[2] == "yes"
		}
	}
	for name, kept := range levels {
		if len(said[name]) == 0 {
			t.Errorf("the page has no rules of the level %s", name)
		}
		for number := range kept {
			if !said[name][number] {
				t.Errorf("%s, rule %s has a test, and the page does not say yes", name, number)
			}
		}
		for number, yes := range said[name] {
			if yes && kept[number] == nil {
				t.Errorf("the page says yes to rule %s of %s, which has no test", number, name)
			}
		}
	}
}
