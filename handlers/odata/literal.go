package odata

import (
	"errors"
	"strconv"
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
	if !ok {
		return operand{}, p.fault(prefix.start, "expected duration or %s before the quote, found %s",
			activityTypeName, shown(p.text[prefix.start:prefix.end]))
	}
	t := p.take()
	value, err := p.model.read(p.unquoted(t), kind)
	if err != nil {
		return operand{}, p.fault(t.start, "%v", err)
	}
	return p.node(store.Literal{Value: value}, kind, prefix.start, t.end)
}

// errNoText means that a string literal cannot be a value of the kind.
var errNoText = errors.New("no text is of this kind")

// read returns the text as a value of the kind.
func (m *Model) read(text string, kind store.Kind) (store.Value, error) {
	value := store.Value{Kind: kind}
	var err error
	switch kind {
	case store.KindDate:
		value.Date, err = edm.ParseDate(text)
	case store.KindDuration:
		value.Duration, err = edm.ParseDuration(text)
	case store.KindActivity:
		activity, ok := m.activity(text)
		if !ok {
			err = errors.New("expected " + m.describe(kind) + ", found '" + short(text) + "'" + m.nearestActivity(text))
		}
		value.Text = string(activity)
	default:
		err = errNoText
	}
	return value, err
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

// numeral parses a number or a date, with a sign or without.
func (p *parser) numeral() (operand, error) {
	t := p.take()
	start := t.start
	if t.kind != tokenNumeral {
		t = p.take()
	}
	text := p.text[start:t.end]
	kind, read := store.KindNumber, readNumber
	if strings.Contains(p.text[t.start:t.end], "-") {
		kind, read = store.KindDate, func(text string) (store.Value, error) { return p.model.read(text, store.KindDate) }
	}
	value, err := read(text)
	if err != nil {
		return operand{}, p.fault(start, "%v", err)
	}
	return p.node(store.Literal{Value: value}, kind, start, t.end)
}

// decimals is the maximum number of decimals: one tick is 0.0000001 s.
const decimals = 7

// readNumber parses rule decimalValue of the ABNF. It refuses exponents, infinities and
// numbers that a store.Value cannot hold exactly.
func readNumber(text string) (store.Value, error) {
	whole, fraction, hasPoint := strings.Cut(text, ".")
	digits := strings.TrimLeft(whole, "+-")
	if !isDigits(digits) || hasPoint && !isDigits(fraction) {
		return store.Value{}, errors.New("expected a number such as 1.5, or a date such as 2019-06-16, found " + short(text))
	}
	if len(fraction) > decimals {
		return store.Value{}, errors.New("expected at most 7 decimals, found " + short(text))
	}
	number, err := strconv.ParseInt(whole+fraction+strings.Repeat("0", decimals-len(fraction)), 10, 64)
	if err != nil {
		return store.Value{}, errors.New("expected a number from -922337203685.4775808 to 922337203685.4775807, found " + short(text))
	}
	return store.Value{Kind: store.KindNumber, Number: number}, nil
}

func isDigits(text string) bool {
	return text != "" && endOf(text, 0, isDigit) == len(text)
}
