package operations

import (
	"errors"
	"testing"

	"afterhours/handlers/problem"
	"afterhours/handlers/wire"
	"afterhours/store"
)

// TestPrecondition checks every pair of If-Match and If-None-Match against a stored and a missing
// statistic (RFC 9110, 13.2.2). The result is the header that the 412 names, "" for no error.
func TestPrecondition(t *testing.T) {
	const stored = store.Revision(42)
	tag := wire.EntityTag(stored)
	for _, test := range []struct {
		match, noneMatch                  string // "" for an absent header
		whenStored, whenMissing, untagged string
	}{
		{"", "", "", "", ""},
		{tag, "", "", "If-Match", "If-Match"},
		{`"x", ` + tag, "", "", "If-Match", "If-Match"},
		{`"x"`, "", "If-Match", "If-Match", "If-Match"},
		{"*", "", "", "If-Match", ""},
		{"", tag, "If-None-Match", "", ""},
		{"", `"x"`, "", "", ""},
		{"", "*", "If-None-Match", "", "If-None-Match"},
		{tag, tag, "If-None-Match", "If-Match", "If-Match"},
		{`"x"`, "*", "If-Match", "If-Match", "If-Match"},
		{"*", `"x"`, "", "If-Match", ""},
	} {
		var p precondition
		if test.match != "" {
			p.match = &test.match
		}
		if test.noneMatch != "" {
			p.noneMatch = &test.noneMatch
		}
		for name, result := range map[string]struct {
			err  error
			want string
		}{
			"stored":   {p.check(stored), test.whenStored},
			"missing":  {p.check(store.NoRevision), test.whenMissing},
			"untagged": {p.checkUntagged(), test.untagged},
		} {
			var found *problem.Problem
			target := ""
			if errors.As(result.err, &found) {
				target = found.Target
			}
			if target != result.want || result.err != nil && !errors.Is(result.err, problem.ErrPrecondition) {
				t.Errorf("If-Match %q, If-None-Match %q, %s: %v, want %q", test.match, test.noneMatch, name, result.err, result.want)
			}
		}
		if wantUnmodified := p.noneMatch != nil && (test.noneMatch == tag || test.noneMatch == "*"); p.unmodified(stored) != wantUnmodified {
			t.Errorf("If-None-Match %q: unmodified is not %t", test.noneMatch, wantUnmodified)
		}
	}
}
