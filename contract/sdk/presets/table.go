package main

import (
	"fmt"
	"math"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// table is the table of a page in Markdown, with a column for each SDK and a row for each failure.
type table struct {
	file  string
	lines []string
	cells map[string]cell // those of the SDK, by the first column
}

// cell is a cell of the table.
type cell struct {
	line   *string
	column int
}

func (c cell) text() string { return strings.TrimSpace(strings.Split(*c.line, "|")[c.column]) }

func (c cell) set(text string) {
	columns := strings.Split(*c.line, "|")
	columns[c.column] = " " + text + " "
	*c.line = strings.Join(columns, "|")
}

// readTable reads the first table of the file that has a column for the SDK.
func readTable(file, sdk string) (*table, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	t := &table{file: file, lines: strings.Split(string(text), "\n"), cells: map[string]cell{}}
	column := -1
	for i := range t.lines {
		columns := strings.Split(t.lines[i], "|")
		if column < 0 {
			column = slices.IndexFunc(columns, func(text string) bool { return plain(text) == sdk })
			continue
		}
		if len(columns) <= column {
			break
		}
		t.cells[plain(columns[1])] = cell{&t.lines[i], column}
	}
	if column < 0 {
		return nil, fmt.Errorf("%s has no table with a column %q", file, sdk)
	}
	return t, nil
}

// plain returns the text of a cell without its backquotes.
func plain(text string) string { return strings.Trim(text, " `") }

func (t *table) write() error {
	return os.WriteFile(t.file, []byte(strings.Join(t.lines, "\n")), 0o644)
}

// waits are the seconds in a cell.
var waits = regexp.MustCompile(`[0-9]+\.[0-9]`)

// agree reports whether two texts of a cell say the same. Waits may differ by 1.5 s or by a half.
func agree(want, got string) bool {
	if waits.ReplaceAllString(want, "") != waits.ReplaceAllString(got, "") {
		return false
	}
	wanted, found := waits.FindAllString(want, -1), waits.FindAllString(got, -1)
	for i := range wanted {
		a, _ := strconv.ParseFloat(wanted[i], 64)
		b, _ := strconv.ParseFloat(found[i], 64)
		if math.Abs(a-b) > max(1.5, a/2) {
			return false
		}
	}
	return true
}
