package odata

import (
	"maps"
	"slices"
	"strings"

	"afterhours/handlers/suggest"
	"afterhours/store"
	"afterhours/store/edm"
)

// spellings are operators and quotes of other languages with OData's words for them, the longer ones
// first.
var spellings = []struct{ found, words string }{
	{"==", "write eq instead of =="},
	{"!=", "write ne instead of !="},
	{"<>", "write ne instead of <>"},
	{">=", "write ge instead of >="},
	{"<=", "write le instead of <="},
	{"&&", "write and instead of &&"},
	{"||", "write or instead of ||"},
	{"=", "write eq instead of ="},
	{">", "write gt instead of >"},
	{"<", "write lt instead of <"},
	{"!", "write not instead of !"},
	{"&", "write and instead of &"},
	{"|", "write or instead of |"},
	{`"`, "put a text in single quotes, as in 'UTC'"},
}

// hint returns "; " and how $filter spells what the next token tries to say, "" if it does not know.
func (p *parser) hint(t token) string {
	if p.option != filterOption || t.kind != tokenStray {
		return ""
	}
	for _, one := range spellings {
		if strings.HasPrefix(p.text[t.start:], one.found) {
			return "; " + one.words
		}
	}
	return ""
}

// quotesHint returns "; " and the advice to quote a word that stands where a literal may stand, ""
// for any other word. The token is the one taken last.
func (p *parser) quotesHint(t token) string {
	if p.option != filterOption || p.at < 2 {
		return ""
	}
	start := t.start
	before := p.tokens[p.at-2]
	if before.kind == tokenMinus && before.end == start && p.at > 2 { // -PT1H
		start, before = before.start, p.tokens[p.at-3]
	}
	if precedences[p.word(before)] < precedences["eq"] && before.kind != tokenComma {
		return ""
	}
	return p.quoteIt(start)
}

// quoteIt returns "; " and the advice to quote the piece of the text from start to the next space,
// comma or parenthesis, and to say that it is a duration if it is one.
func (p *parser) quoteIt(start int) string {
	piece := p.text[start:]
	if end := strings.IndexAny(piece, " \t,()"); end >= 0 {
		piece = piece[:end]
	}
	if _, err := edm.ParseDuration(piece); err == nil {
		return "; write duration'" + short(piece) + "' if it is a duration"
	}
	return "; write '" + short(piece) + "' in quotes if it is a literal"
}

// enumerationHint returns "; " and the advice for an enumeration where a text is expected, "" for any
// other kinds.
func (p *parser) enumerationHint(x operand, wanted store.Kind) string {
	if x.kind != store.KindActivity || wanted != store.KindText {
		return ""
	}
	return "; " + p.piece(x) + " is an enumeration: use eq or in"
}

// nearest returns " (did you mean ...?)" with the name that is nearest to the mistyped one, "" if none is
// near or if it is right and only misplaced.
func nearest(mistyped string, names []string) string {
	if name := suggest.Nearest(mistyped, names); name != "" && fold(name) != fold(mistyped) {
		return " (did you mean '" + name + "'?)"
	}
	return ""
}

// expectedOperator returns the error for a next token that is no operator.
func (p *parser) expectedOperator(description string) error {
	t := p.next()
	if standardOperators[p.word(t)] {
		return p.notImplemented(t.start, "the operator "+p.word(t))
	}
	operators := append(slices.Sorted(maps.Keys(precedences)), "in")
	return p.fault(t.start, "expected %s, found %s%s%s", description, shown(p.text[t.start:t.end]), p.hint(t), nearest(p.word(t), operators))
}

// names returns the sorted names of the properties of the type.
func (t *entityType) names() []string {
	var names []string
	for _, property := range t.properties {
		names = append(names, string(property.name))
	}
	slices.Sort(names)
	return names
}

// typeNames returns the sorted names of the derived types.
func (m *Model) typeNames() []string {
	var names []string
	for _, t := range m.types {
		if t != m.base {
			names = append(names, t.name)
		}
	}
	slices.Sort(names)
	return names
}

// nearestActivity is nearest for the members of analyticsActivityType.
func (m *Model) nearestActivity(text string) string {
	names := make([]string, len(m.activities))
	for i, activity := range m.activities {
		names[i] = string(activity)
	}
	return nearest(text, names)
}

// suggestion is nearest for a text in quotes where an activity or the name of a type is wanted, "" for
// any other operand.
func (p *parser) suggestion(x operand, wanted store.Kind) string {
	if !x.quoted {
		return ""
	}
	text := x.expr.(store.Literal).Value.Text
	switch wanted {
	case store.KindActivity:
		return p.model.nearestActivity(text)
	case kindTypeName:
		return nearest(strings.TrimPrefix(text, "#"), p.model.typeNames())
	}
	return ""
}
