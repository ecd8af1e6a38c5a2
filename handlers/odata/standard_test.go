package odata_test

import (
	"errors"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"afterhours/handlers/odata"
)

// constructRow is a row of docs/odata-constructs.md: the section, the option, its text, the answer, and
// why.
var constructRow = regexp.MustCompile("^\\| ([0-9.]+) \\| `(\\$[a-z]+)=(.*)` \\| (yes|501|400) \\| (.*?) ?\\|$")

// TestConstructs checks each row of docs/odata-constructs.md. The reason for a 501 must be in its error.
func TestConstructs(t *testing.T) {
	text, err := os.ReadFile("../../docs/odata-constructs.md")
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		row := constructRow.FindStringSubmatch(line)
		if row == nil {
			if strings.Contains(line, "`$") && strings.HasPrefix(line, "|") {
				t.Errorf("not a row: %s", line)
			}
			continue
		}
		checked++
		if answer, fault := answerTo(row[2], row[3]); answer != row[4] || answer == "501" && !strings.Contains(fault.Problem, row[5]) {
			t.Errorf("%s\nis answered %s: %v", line, answer, fault)
		}
	}
	if checked < 100 {
		t.Errorf("%d rows", checked)
	}
}

// answerTo returns the answer to an option as the table has it, with the error if it is refused.
func answerTo(option, text string) (string, *odata.Error) {
	at := model.At(&odata.Clock{Now: time.Date(2026, 11, 26, 7, 0, 0, 0, time.UTC)})
	var err error
	switch option {
	case "$filter":
		_, err = at.ParseFilter(text)
	case "$orderby":
		_, err = at.ParseOrderBy(text)
	case "$select":
		_, err = at.ParseSelect(text)
	case "$search":
		if err = odata.CheckSearch(text); err == nil {
			err = &odata.Error{Problem: "OData has the query option $search", NotImplemented: true}
		}
	}
	var fault *odata.Error
	switch {
	case err == nil:
		return "yes", nil
	case errors.As(err, &fault) && fault.NotImplemented:
		return "501", fault
	}
	return "400", fault
}
