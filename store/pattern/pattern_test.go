package pattern_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"afterhours/contract/bounded"
	"afterhours/store/pattern"
)

// TestMatch compares matches with what ECMAScript answers with the flag u.
func TestMatch(t *testing.T) {
	for text, examples := range map[string][2][]string{
		`^A.*e$`:                           {{"Ae", "Apple"}, {"apple", "A\ne", "xAe"}},
		`call`:                             {{"a call", "call"}, {"Call", ""}},
		``:                                 {{"", "x"}, nil},
		`^$`:                               {{""}, {"x", "\n"}},
		`^(a|b)+$`:                         {{"abba"}, {"", "abc"}},
		`^(?:ab){2,3}?$`:                   {{"abab", "ababab"}, {"ab", "abababab"}},
		`^a{2}b{1,}$`:                      {{"aab", "aabbb"}, {"ab", "aa"}},
		`^\d\D\w\W$`:                       {{"1xy-", "1é_é"}, {"1234", "٣xy-"}},
		`^\s\S$`:                           {{"\u00a0x", "\ufeffx", "\u2028é", "\tx"}, {"xx", " \u3000", "\u200bx"}},
		`^[\s\S]$`:                         {{"\n", "x", "\U0001F9D1"}, {""}},
		`^.$`:                              {{"x", "é", "\U0001F9D1", "\u0085"}, {"\n", "\r", "\u2028", "\u2029", "xy"}},
		`^[^a-c\d]$`:                       {{"d", "-"}, {"a", "5"}},
		`^[]$`:                             {nil, {"", "x"}},
		`^[^]$`:                            {{"\n", "x"}, {""}},
		`^[a\-z]$`:                         {{"a", "-", "z"}, {"b"}},
		`^[-a]$`:                           {{"-", "a"}, {"b"}},
		`^[a-]$`:                           {{"-", "a"}, {"b"}},
		`^[\b]$`:                           {{"\b"}, {"b"}},
		`^[[:alpha:]$`:                     {{"[", ":", "a", "h"}, {"b"}},
		`^[&&x]$`:                          {{"&", "x"}, {"b"}},
		`\bcall\b`:                         {{"a call", "call."}, {"calls", "recall"}},
		`a\Bb`:                             {{"ab"}, {"a b"}},
		`^\x41\u0042\u{1F9D1}$`:            {{"AB\U0001F9D1"}, {"AB"}},
		`^\cJ\t\n\v\f\r\0$`:                {{"\n\t\n\v\f\r\x00"}, {"J"}},
		`^\^\$\\\.\*\+\?\(\)\[\]\{\}\|\/$`: {{`^$\.*+?()[]{}|/`}, {""}},
		`^(?<year>\d+)-(?<größe>x)$`:       {{"2019-x"}, {"-x"}},
		`a||b`:                             {{"", "x"}, nil},
		`(|x)`:                             {{""}, nil},
		`^[^\D]$`:                          {{"1"}, {"a"}},
		`^[\w.-]+@[\w-]+$`:                 {{"a.b@c", "a-b@c-d"}, {"a b@c"}},
	} {
		compiled, err := pattern.Compile(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		for i, matches := range []bool{true, false} {
			for _, example := range examples[i] {
				if compiled.Match(example) != matches {
					t.Errorf("%s matches %q: %t", text, example, !matches)
				}
			}
		}
	}
}

func TestCompileRefuses(t *testing.T) {
	for text, want := range map[string]struct {
		kind error
		part string
	}{
		`(a`:                            {pattern.ErrMalformed, "no closing parenthesis"},
		`a)`:                            {pattern.ErrMalformed, "has no group"},
		`[a`:                            {pattern.ErrMalformed, "no closing bracket"},
		`a]`:                            {pattern.ErrMalformed, "] needs a backslash"},
		`a}`:                            {pattern.ErrMalformed, "} needs a backslash"},
		`*a`:                            {pattern.ErrMalformed, "nothing to repeat before *"},
		`a**`:                           {pattern.ErrMalformed, "nothing to repeat"},
		`a|+`:                           {pattern.ErrMalformed, "nothing to repeat"},
		`^*`:                            {pattern.ErrMalformed, "nothing to repeat"},
		`\b+`:                           {pattern.ErrMalformed, "nothing to repeat"},
		`(?:*)`:                         {pattern.ErrMalformed, "nothing to repeat"},
		`a{`:                            {pattern.ErrMalformed, "{ needs a backslash"},
		`a{,2}`:                         {pattern.ErrMalformed, "{,2} is no repetition"},
		`a{3,2}`:                        {pattern.ErrMalformed, "{3,2} is no repetition"},
		`a{x}`:                          {pattern.ErrMalformed, "{x} is no repetition"},
		`(?i)a`:                         {pattern.ErrMalformed, "(? must go on"},
		`(?P<n>a)`:                      {pattern.ErrMalformed, "(? must go on"},
		`(?<1>a)`:                       {pattern.ErrMalformed, "name of a group"},
		`(?<n`:                          {pattern.ErrMalformed, "name of a group"},
		`\`:                             {pattern.ErrMalformed, `\ at the end`},
		`[\`:                            {pattern.ErrMalformed, `\ at the end`},
		`\A`:                            {pattern.ErrMalformed, `\A means nothing`},
		`\z`:                            {pattern.ErrMalformed, `\z means nothing`},
		`\Q`:                            {pattern.ErrMalformed, `\Q means nothing`},
		`\é`:                            {pattern.ErrMalformed, `\é means nothing`},
		`\x4`:                           {pattern.ErrMalformed, "2 hexadecimal digits"},
		`\u12`:                          {pattern.ErrMalformed, "4 hexadecimal digits"},
		`\u{110000}`:                    {pattern.ErrMalformed, "no character 110000"},
		`\u{1234567}`:                   {pattern.ErrMalformed, "no character 123456"},
		`\u{}`:                          {pattern.ErrMalformed, "1 hexadecimal digits"},
		`\c1`:                           {pattern.ErrMalformed, "letter"},
		`\01`:                           {pattern.ErrMalformed, "before a digit"},
		`[z-a]`:                         {pattern.ErrMalformed, "ends before its beginning"},
		`[\d-x]`:                        {pattern.ErrMalformed, "with a set"},
		`a(?=b)`:                        {pattern.ErrUnsupported, "looks ahead"},
		`a(?!b)`:                        {pattern.ErrUnsupported, "looks ahead"},
		`(?<=b)a`:                       {pattern.ErrUnsupported, "looks behind"},
		`(?<!b)a`:                       {pattern.ErrUnsupported, "looks behind"},
		`(a)\1`:                         {pattern.ErrUnsupported, `reference \1`},
		`(?<n>a)\k<n>`:                  {pattern.ErrUnsupported, `reference \k`},
		`\p{L}`:                         {pattern.ErrUnsupported, "property of Unicode"},
		`[\P{L}]`:                       {pattern.ErrUnsupported, "property of Unicode"},
		`\ud83e\uddd1`:                  {pattern.ErrUnsupported, "surrogate"},
		`a{2000}`:                       {pattern.ErrUnsupported, "too large"},
		`(a{100}){100}`:                 {pattern.ErrUnsupported, "too large"},
		strings.Repeat(`[a-z]{500}`, 5): {pattern.ErrUnsupported, "too large"},
	} {
		_, err := pattern.Compile(text)
		if !errors.Is(err, want.kind) || !strings.Contains(err.Error(), want.part) {
			t.Errorf("%.40s: %v, want %v with %q", text, err, want.kind, want.part)
		}
	}
}

// TestMatchIsLinear matches patterns that take exponential time where a match goes back. The time is far
// above what a busy machine needs.
func TestMatchIsLinear(t *testing.T) {
	text := strings.Repeat("a", 128) + "!"
	for _, slow := range []string{`^(a+)+$`, `^(a|a)*$`, `^(a|aa)+$`, `(x+x+)+y`, `^(.*a){20}$`} {
		compiled, err := pattern.Compile(slow)
		if err != nil {
			t.Fatalf("%s: %v", slow, err)
		}
		begun := time.Now()
		compiled.Match(text)
		if took := time.Since(begun); took > 2*time.Second {
			t.Errorf("%s takes %v", slow, took)
		}
	}
}

// FuzzCompile checks that each text is a pattern or has one of the two errors.
func FuzzCompile(f *testing.F) {
	for _, text := range []string{`^A.*e$`, `[^a-z\d]{2,3}?`, `(?<n>a|b)\k<n>`, `\u{1F9D1}\x41\cJ`, `a(?!b)`, `[]`, `[^]`, `a{1`, `\p{L}`} {
		f.Add(text, "Apple")
	}
	f.Fuzz(func(t *testing.T, text, subject string) {
		defer bounded.Input(t)()
		if len(text) > 1024 || len(subject) > 128 {
			return
		}
		compiled, err := pattern.Compile(text)
		switch {
		case err == nil:
			if compiled.Cost < 1 || compiled.Cost > pattern.MaxCost {
				t.Errorf("%q costs %d", text, compiled.Cost)
			}
			compiled.Match(subject)
		case !errors.Is(err, pattern.ErrMalformed) && !errors.Is(err, pattern.ErrUnsupported):
			t.Errorf("%q: %v", text, err)
		}
	})
}
