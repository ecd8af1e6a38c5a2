package odata

import (
	"errors"
	"strings"

	"afterhours/store"
	"afterhours/store/edm"
)

// prefixes maps the word before the quote of a literal to the kind of the literal (rules
// duration and enum of the ABNF).
var prefixes = map[string]store.Kind{
	"duration":             store.KindDuration,
	fold(activityTypeName): store.KindActivity,
}

// literal parses a literal in the list of an in.
func (p *parser) literal() (operand, error) {
	t := p.next()
	name := p.word(t)
	following := p.tokens[min(p.at+1, len(p.tokens)-1)]
	switch {
	case p.isAlias(t):
		return p.aliasLiteral()
	case t.kind == tokenText, t.kind == tokenNumeral, p.signsNumeral(t),
		name == "null", name == "true", name == "false",
		t.kind == tokenWord && following.kind == tokenText && following.start == t.end:
		return p.primary()
	}
	if t.kind == tokenWord {
		return operand{}, p.fault(t.start, "expected a literal, found %s%s", shown(p.text[t.start:t.end]), p.quoteIt(t.start))
	}
	return operand{}, p.expected("a literal")
}

// quoted returns the operand of a string literal.
func (p *parser) quoted(t token) (operand, error) {
	value := store.Value{Kind: store.KindText, Text: p.unquoted(t)}
	x, err := p.node(store.Literal{Value: value}, store.KindText, t.start, t.end)
	x.quoted = true
	return x, err
}

// unquoted returns the text of a string literal, without its quotes.
func (p *parser) unquoted(t token) string {
	return strings.ReplaceAll(p.text[t.start+1:t.end-1], "''", "'")
}

// prefixed parses the string literal that follows its prefix.
func (p *parser) prefixed(prefix token) (operand, error) {
	kind, ok := prefixes[p.word(prefix)]
	switch {
	case standardPrefixes[p.word(prefix)]:
		return operand{}, p.notImplemented(prefix.start, "literals with the prefix "+p.word(prefix))
	case !ok:
		return operand{}, p.fault(prefix.start, "expected duration or %s before the quote, found %s",
			activityTypeName, shown(p.text[prefix.start:prefix.end]))
	}
	t := p.take()
	value, _, err := p.model.read(p.unquoted(t), kind)
	if err != nil {
		return operand{}, p.fault(t.start, "%v", err)
	}
	return p.node(store.Literal{Value: value}, kind, prefix.start, t.end)
}

// errNoText means that a string literal cannot be a value of the kind.
var errNoText = errors.New("no text is of this kind")

// read returns the text as a value of the kind. shifted reports whether it is an instant that is not
// written in UTC.
func (m *Model) read(text string, kind store.Kind) (value store.Value, shifted bool, err error) {
	value = store.Value{Kind: kind}
	switch kind {
	case store.KindDate:
		value.Date, err = edm.ParseDate(text)
	case store.KindDuration:
		value.Duration, err = edm.ParseDuration(text)
	case store.KindInstant:
		return readInstant(text)
	case store.KindTimeOfDay:
		value, err = readTimeOfDay(text)
	case store.KindActivity:
		activity, ok := m.activity(text)
		if !ok {
			err = errors.New("expected " + m.describe(kind) + ", found '" + short(text) + "'" + m.nearestActivity(text))
		}
		value.Text = string(activity)
	default:
		err = errNoText
	}
	return value, false, err
}

// signsNumeral reports whether the token is the sign of a number, as in -1.5. The ABNF
// allows no space after a sign: in - 1.5 the minus is an operator.
func (p *parser) signsNumeral(t token) bool {
	if t.kind != tokenMinus && t.kind != tokenPlus {
		return false
	}
	following := p.tokens[p.at+1] // exists, since the last token is tokenEnd
	return following.kind == tokenNumeral && following.start == t.end
}
