package odata

import (
	"errors"
	"regexp"
	"strconv"
	"strings"

	"afterhours/store"
)

// The forms of a numeral that are no number. Each decides by its beginning, so that an error can say what
// is wrong further on.
var (
	guidForm    = regexp.MustCompile(`^[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}$`)
	farForm     = regexp.MustCompile(`^(?:-\d{4,}|0000|\d{5,})-\d\d-\d\d(?:$|[Tt])`)
	instantForm = regexp.MustCompile(`^\d{4}-\d\d-\d\d[Tt]`)
	timeForm    = regexp.MustCompile(`^\d\d:`)
	dateForm    = regexp.MustCompile(`^[+-]?\d+-`)
)

// numeral parses a number, a date, a point in time or a time of day, with a sign or without.
func (p *parser) numeral() (operand, error) {
	t := p.take()
	start := t.start
	if t.kind != tokenNumeral {
		t = p.take()
	}
	text := p.text[start:t.end]
	kind := store.KindNumber
	switch {
	case guidForm.MatchString(text):
		return operand{}, p.notImplemented(start, "literals of the type Edm.Guid")
	case farForm.MatchString(text):
		return operand{}, p.notImplemented(start, "dates before the year 1 and after 9999")
	case instantForm.MatchString(text):
		kind = store.KindInstant
	case timeForm.MatchString(text):
		kind = store.KindTimeOfDay
	case dateForm.MatchString(text):
		kind = store.KindDate
	default:
		return p.numberLiteral(text, start, t.end)
	}
	value, shifted, err := p.model.read(text, kind)
	switch {
	case errors.Is(err, errTooPrecise):
		return operand{}, p.notImplemented(start, err.Error())
	case errors.Is(err, errNoInstant), errors.Is(err, errNoTimeOfDay):
		return operand{}, p.fault(start, "%v, found %s", err, short(text))
	case err != nil:
		return operand{}, p.fault(start, "%v", err)
	}
	x, err := p.node(store.Literal{Value: value}, kind, start, t.end)
	x.shifted = shifted
	return x, err
}

// numberLiteral parses a number. It is whole by its type if it has neither decimals nor an exponent.
func (p *parser) numberLiteral(text string, start, end int) (operand, error) {
	value, err := readNumber(text)
	switch {
	case errors.Is(err, errNoNumber):
		return operand{}, p.fault(start, "%v, found %s", err, short(text))
	case err != nil:
		return operand{}, p.notImplemented(start, err.Error())
	}
	x, err := p.node(store.Literal{Value: value}, store.KindNumber, start, end)
	x.whole = !strings.ContainsAny(text, ".eE")
	return x, err
}

// decimals is the maximum number of decimals: one tick is 0.0000001 s.
const decimals = 7

// numberForm is rule decimalValue of the ABNF, less infinities.
var numberForm = regexp.MustCompile(`^([+-]?\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,9}))?$`)

var (
	errNoNumber  = errors.New("expected a number such as 1.5, or a date such as 2019-06-16")
	errPrecision = errors.New("numbers with more than 7 decimals")
	errRange     = errors.New("numbers below -922337203685.4775808 and above 922337203685.4775807")
)

// readNumber reads a number that a store.Value can hold exactly.
func readNumber(text string) (store.Value, error) {
	parts := numberForm.FindStringSubmatch(text)
	if parts == nil {
		return store.Value{}, errNoNumber
	}
	exponent, _ := strconv.Atoi("0" + parts[3])
	if strings.HasPrefix(parts[3], "-") || strings.HasPrefix(parts[3], "+") {
		exponent, _ = strconv.Atoi(parts[3])
	}
	digits := parts[1] + parts[2]
	shift := decimals - len(parts[2]) + exponent
	if strings.Trim(digits, "+-0") == "" {
		shift = 0 // zero has any exponent
	}
	if shift < 0 {
		kept := strings.TrimRight(digits, "0")
		if shift < len(kept)-len(digits) {
			return store.Value{}, errPrecision
		}
		digits, shift = digits[:len(digits)+shift], 0
	}
	if shift > 2*len("9223372036854775807") {
		return store.Value{}, errRange
	}
	number, err := strconv.ParseInt(digits+strings.Repeat("0", shift), 10, 64)
	if err != nil {
		return store.Value{}, errRange
	}
	return store.Value{Kind: store.KindNumber, Number: number}, nil
}
