package odata

import (
	"strings"

	"afterhours/store"
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
// comma or parenthesis.
func (p *parser) quoteIt(start int) string {
	piece := p.text[start:]
	if end := strings.IndexAny(piece, " \t,()"); end >= 0 {
		piece = piece[:end]
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
