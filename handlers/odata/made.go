package odata

import (
	"fmt"
	"unicode/utf8"

	"afterhours/store"
)

// maxMade is the maximum number of characters of all texts that concat, tolower and toupper
// make for one statistic if its properties are as long as they may be. In UTF-8 they are at
// most 16 KiB. A store.Matcher makes equal texts once, so they count once. It makes a
// constant text once for all statistics, so that does not count.
const maxMade = 4096

// text is what the parser knows of an expression that is a text.
type text struct {
	key      any // the same for equal expressions, comparable with ==
	longest  int // its maximum length in characters, which a change of case keeps
	constant bool
}

// countMade counts the text that a function makes against maxMade. start is the offset of
// the function.
func (p *parser) countMade(f store.Function, start int) error {
	switch f.Func {
	case store.Concat, store.ToLower, store.ToUpper:
	default:
		return nil
	}
	result := p.model.textOf(f)
	if result.constant || p.made[result.key] {
		return nil
	}
	if p.made == nil {
		p.made = map[any]bool{}
	}
	p.made[result.key] = true
	if p.characters += result.longest; p.characters > maxMade {
		return p.fault(start, "expected at most %d characters of text that concat, tolower and toupper make for a statistic (equal calls count once), found up to %d", maxMade, p.characters)
	}
	return nil
}

// textOf returns what is known of a text: a literal, a property or a function of texts.
func (m *Model) textOf(expr store.Expr) text {
	switch x := expr.(type) {
	case store.Literal:
		return text{x, utf8.RuneCountInString(x.Value.Text), true}
	case store.Property:
		return text{x, m.maxLengths[x.Name], false}
	}
	f := expr.(store.Function)
	result, key := text{constant: true}, [4]any{f.Func}
	for i, arg := range f.Args {
		if f.Func == store.Substring && i > 0 {
			key[i+1] = fmt.Sprintf("%#v", arg) // a number, which may be of any form
			_, constant := arg.(store.Literal)
			result.constant = result.constant && constant
			continue
		}
		of := m.textOf(arg)
		key[i+1] = of.key
		result.longest += of.longest
		result.constant = result.constant && of.constant
	}
	result.key = key
	return result
}
