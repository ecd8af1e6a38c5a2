package odata

import (
	"errors"
	"regexp"
	"strings"
	"time"

	"afterhours/store"
	"afterhours/store/edm"
)

// Clock is the time of one request, for now(). It is not safe for concurrent use.
type Clock struct {
	Now time.Time
	// Used is set when a text has now().
	Used bool
}

// At returns the model for one request, whose options may have now(). Without a clock, now() is not
// implemented.
func (m *Model) At(clock *Clock) *Model {
	of := *m
	of.clock = clock
	return &of
}

// instants has the functions without arguments. Their values are known when the text is parsed.
var instants = map[string]func(*parser) (store.Value, bool){
	"mindatetime": func(*parser) (store.Value, bool) { return store.Value{Kind: store.KindInstant}, true },
	"maxdatetime": func(*parser) (store.Value, bool) {
		return store.Value{Kind: store.KindInstant, Number: store.MaxInstant}, true
	},
	"now": func(p *parser) (store.Value, bool) {
		if p.model.clock == nil {
			return store.Value{}, false
		}
		p.model.clock.Used = true
		return instantOf(p.model.clock.Now)
	},
}

// instant parses a function without arguments, from its parenthesis on.
func (p *parser) instant(name token) (operand, error) {
	p.take()
	end := p.next().end
	if err := p.want(tokenClose, ")"); err != nil {
		return operand{}, err
	}
	value, ok := instants[p.word(name)](p)
	if !ok {
		return operand{}, p.notImplemented(name.start, "the function "+p.word(name)+" in this place")
	}
	return p.node(store.Literal{Value: value}, store.KindInstant, name.start, end)
}

// instantOf returns the time as a value, and reports whether it is from the year 1 to 9999.
func instantOf(t time.Time) (store.Value, bool) {
	t = t.UTC()
	const unixToStart = 62_135_596_800 // seconds from 0001-01-01 to 1970-01-01
	seconds := t.Unix() + unixToStart
	if seconds < 0 || t.Year() > 9999 {
		return store.Value{}, false
	}
	return store.Value{Kind: store.KindInstant, Number: seconds*int64(edm.Second) + int64(t.Nanosecond()/100)}, true
}

// Rules dateTimeOffsetValue and timeOfDayValue of the ABNF, less the years before 1 and after 9999.
var (
	instantText   = regexp.MustCompile(`^(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d(?::\d\d(?:\.\d{1,12})?)?)([Zz]|[+-]\d\d:\d\d)$`)
	timeOfDayText = regexp.MustCompile(`^\d\d:\d\d(?::\d\d(?:\.\d{1,12})?)?$`)
)

var (
	errNoInstant   = errors.New("expected a time such as 2019-06-16T07:30:00Z")
	errNoTimeOfDay = errors.New("expected a time of day such as 07:30:00")
	errTooPrecise  = errors.New("times with more than 7 decimals of a second")
)

// readInstant reads a point in time, and reports whether it is written with an offset from UTC.
func readInstant(text string) (value store.Value, shifted bool, err error) {
	parts := instantText.FindStringSubmatch(text)
	if parts == nil {
		return value, false, errNoInstant
	}
	date, err := edm.ParseDate(parts[1])
	if err != nil {
		return value, false, err
	}
	ofDay, err := readTimeOfDay(parts[2])
	if err != nil {
		return value, false, err
	}
	offset, err := readOffset(parts[3])
	if err != nil {
		return value, false, err
	}
	ticks := int64(date)*int64(edm.Day) + ofDay.Number - offset
	if ticks < 0 || ticks > store.MaxInstant {
		return value, false, errNoInstant
	}
	return store.Value{Kind: store.KindInstant, Number: ticks}, offset != 0, nil
}

// readOffset reads Z or an offset from UTC, in ticks.
func readOffset(text string) (int64, error) {
	if strings.EqualFold(text, "Z") {
		return 0, nil
	}
	value, err := readTimeOfDay(text[1:])
	if text[0] == '-' {
		value.Number = -value.Number
	}
	return value.Number, err
}

// readTimeOfDay reads a time of day. Seconds may be missing.
func readTimeOfDay(text string) (store.Value, error) {
	if !timeOfDayText.MatchString(text) {
		return store.Value{}, errNoTimeOfDay
	}
	text, fraction, _ := strings.Cut(text, ".")
	if fraction = strings.TrimRight(fraction, "0"); len(fraction) > decimals {
		return store.Value{}, errTooPrecise
	}
	layout := time.TimeOnly
	if len(text) == len("15:04") {
		layout = "15:04"
	}
	t, err := time.Parse(layout, text)
	if err != nil {
		return store.Value{}, errNoTimeOfDay
	}
	seconds := int64(t.Hour()*3600 + t.Minute()*60 + t.Second())
	part, err := readNumber("0." + fraction + "0")
	return store.Value{Kind: store.KindTimeOfDay, Number: seconds*int64(edm.Second) + part.Number}, err
}
