package odata

import (
	"errors"
	"strconv"
	"strings"

	"afterhours/store"
	"afterhours/store/edm"
)

// prefixes are what stands before the quote of a literal that says its kind (rules
// duration and enum of the ABNF).
var prefixes = map[string]store.Kind{
	"duration":             store.KindDuration,
	fold(activityTypeName): store.KindActivity,
}

// literal parses a constant, as in the list of an in.
func (p *parser) literal() (operand, error) {
	t := p.next()
	name := p.word(t)
	following := p.tokens[min(p.at+1, len(p.tokens)-1)]
	switch {
	case t.kind == tokenText, t.kind == tokenNumeral, p.signsNumeral(t),
		name == "null", name == "true", name == "false",
		t.kind == tokenWord && following.kind == tokenText && following.start == t.end:
		return p.primary()
	}
	return operand{}, p.expected("a literal")
}

// quoted makes a text of a string literal.
func (p *parser) quoted(t token) (operand, error) {
	value := store.Value{Kind: store.KindText, Text: p.unquoted(t)}
	x, err := p.node(store.Literal{Value: value}, store.KindText, t.start, t.end)
	x.quoted = true
	return x, err
}

func (p *parser) unquoted(t token) string {
	return strings.ReplaceAll(p.text[t.start+1:t.end-1], "''", "'")
}

// prefixed parses the string literal that follows its prefix.
func (p *parser) prefixed(prefix token) (operand, error) {
	kind, known := prefixes[p.word(prefix)]
	if !known {
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

// errNoText is for kinds that no text stands for.
var errNoText = errors.New("no text stands for this kind")

// read returns the value that a text stands for.
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
			err = errors.New("expected " + m.describe(kind) + ", found '" + short(text) + "'")
		}
		value.Text = string(activity)
	default:
		err = errNoText
	}
	return value, err
}

// signsNumeral says whether the token is the sign of a literal, as in -1.5: the
// ABNF has no space behind it. (In - 1.5 the minus is the operator.)
func (p *parser) signsNumeral(t token) bool {
	if t.kind != tokenMinus && t.kind != tokenPlus {
		return false
	}
	following := p.tokens[p.at+1] // there is one: the sign is not the end
	return following.kind == tokenNumeral && following.start == t.end
}

// numeral parses a number or date, with its sign if it has one.
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

// decimals is how many a number can have: those of a tick.
const decimals = 7

// readNumber reads rule decimalValue of the ABNF, less exponents, infinities and
// what a store.Value cannot hold exactly.
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
