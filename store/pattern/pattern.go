// Package pattern compiles the regular expressions of OData's matchespattern, which are those of
// ECMAScript with the flag u, to expressions of package regexp. These match in a time that is linear
// in the text. The package leaves alone what a pattern is matched with.
//
//	pattern of ECMAScript -> scanner -> pattern of RE2 -> regexp
//
// Some constructs of ECMAScript have no counterpart in RE2: groups that look ahead or behind, references
// to groups, and properties of Unicode. They are ErrUnsupported.
package pattern

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
)

// The kinds of errors of Compile.
var (
	// ErrMalformed is the kind for a text that is no pattern of ECMAScript.
	ErrMalformed = errors.New("malformed pattern")
	// ErrUnsupported is the kind for a pattern of ECMAScript that this package cannot match.
	ErrUnsupported = errors.New("unsupported pattern")
)

// MaxCost is the maximum Cost of a pattern.
const MaxCost = 1000

// Pattern is a compiled pattern. It is safe for concurrent use.
type Pattern struct {
	regexp *regexp.Regexp
	// Cost is the most steps that one character of a text may take, 1 or more.
	Cost int
}

// Compile compiles a pattern. Its error wraps ErrMalformed or ErrUnsupported and says what is wrong.
func Compile(text string) (*Pattern, error) {
	s := &scanner{rest: []rune(text)}
	if err := s.pattern(); err != nil {
		return nil, err
	}
	parsed, err := syntax.Parse(s.out.String(), syntax.Perl)
	if err != nil {
		return nil, refused(err)
	}
	program, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrMalformed, err)
	}
	cost := len(program.Inst)
	if cost > MaxCost {
		return nil, fmt.Errorf("%w: it is too large; repeat less often", ErrUnsupported)
	}
	compiled, err := regexp.Compile(s.out.String())
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrMalformed, err)
	}
	return &Pattern{compiled, cost}, nil
}

// refused returns the error for a pattern that package syntax refuses.
func refused(err error) error {
	var fault *syntax.Error
	if errors.As(err, &fault) && (fault.Code == syntax.ErrInvalidRepeatSize || fault.Code == syntax.ErrLarge || fault.Code == syntax.ErrNestingDepth) {
		return fmt.Errorf("%w: it is too large; repeat less often", ErrUnsupported)
	}
	return fmt.Errorf("%w: %v", ErrMalformed, err)
}

// Match reports whether a part of the text matches the pattern.
func (p *Pattern) Match(text string) bool { return p.regexp.MatchString(text) }
