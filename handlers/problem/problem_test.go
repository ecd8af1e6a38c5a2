package problem_test

import (
	"errors"
	"strings"
	"testing"

	"afterhours/gen"
	"afterhours/handlers/problem"
)

// TestInvalid holds the three forms of a problem: one fault, several, and more than a response names.
func TestInvalid(t *testing.T) {
	fault := problem.Fault(gen.InvalidValue, "duration", "'%s' is wrong.", "PT")
	for _, test := range []struct {
		faults, details int
		target, message string
	}{
		{1, 1, "duration", "'PT' is wrong."},
		{3, 3, "", "The request breaks the contract in 3 places; details names each."},
		{problem.MaxFaults + 1, problem.MaxFaults, "", "The request breaks the contract in many places; details names 50."},
	} {
		var faults []gen.ErrorDetail
		for range test.faults {
			faults = append(faults, fault)
		}
		found := problem.Invalid(faults...)
		if !errors.Is(found, problem.ErrInvalid) || found.Target != test.target || found.Error() != test.message || len(found.Details) != test.details {
			t.Errorf("%d faults: %+v", test.faults, found)
		}
	}
}

func TestShownCutsBetweenCharacters(t *testing.T) {
	for text, want := range map[string]string{
		"":                      "",
		strings.Repeat("é", 60): strings.Repeat("é", 60),
		strings.Repeat("é", 61): strings.Repeat("é", 60) + "…",
	} {
		if shown := problem.Shown(text); shown != want {
			t.Errorf("%d bytes: %q", len(text), shown)
		}
	}
}
