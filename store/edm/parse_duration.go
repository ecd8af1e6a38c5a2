package edm

import (
	"math"
	"math/bits"
)

// unit is a component that a duration's text may have: a number and a designator.
type unit struct {
	designator byte
	ticks      uint64
}

// The components before and after the T, in the order in which they must come.
var (
	dateUnits = []unit{{'D', uint64(Day)}}
	timeUnits = []unit{{'H', uint64(Hour)}, {'M', uint64(Minute)}, {'S', uint64(Second)}}
)

// ParseDuration reads the text of an Edm.Duration,
//
//	["-"] "P" [n "D"] ["T" [n "H"] [n "M"] [n ["." n] "S"]]
//
// in upper case, with at least one component, and with a T only before one (rule
// durationValue of the OData ABNF, dayTimeDuration of XML Schema). A component may
// be larger than its unit needs (PT36H, PT90M) and begin with zeros, as long as the
// total is a Duration. Decimals of a second beyond the seventh must be zeros. The
// error says what is wrong in the text, where, and what would be right.
func ParseDuration(text string) (Duration, error) {
	s := durationScanner{text: text}
	negative := s.accept('-')
	if !s.accept('P') {
		return 0, s.faultAtStart()
	}
	if err := s.components(dateUnits); err != nil {
		return 0, err
	}
	if s.accept('T') {
		s.afterT = true
		if err := s.components(timeUnits); err != nil {
			return 0, err
		}
	}
	if s.at < len(s.text) || s.needsComponent() {
		return 0, s.faultAtComponent()
	}
	return s.total(negative)
}

// durationScanner walks through a text and sums up its components. It only notes that the
// sum exceeds uint64, so that a fault further on in the text is reported first.
type durationScanner struct {
	text     string
	at       int // offset of the next byte
	afterT   bool
	ticks    uint64
	overflow bool
}

// next returns the next byte, or 0 at the end. A byte 0 in the text is as wrong as the end,
// so only the text of an error distinguishes the two.
func (s *durationScanner) next() byte {
	if s.at == len(s.text) {
		return 0
	}
	return s.text[s.at]
}

func (s *durationScanner) accept(want byte) bool {
	if s.next() != want {
		return false
	}
	s.at++
	return true
}

// needsComponent reports whether a component must follow the last byte read.
func (s *durationScanner) needsComponent() bool {
	last := s.text[s.at-1]
	return last == 'P' || last == 'T'
}

// components reads all numbers that follow, each with one of the units, in order.
func (s *durationScanner) components(units []unit) error {
	for isDigit(s.next()) {
		number := s.number()
		fraction, decimals, err := s.fraction()
		if err != nil {
			return err
		}
		i := 0
		for i < len(units) && units[i].designator != s.next() {
			i++
		}
		if i == len(units) || decimals && s.next() != 'S' {
			return s.faultAtDesignator(decimals)
		}
		s.at++
		s.add(number, units[i].ticks)
		s.add(fraction, uint64(Tick))
		units = units[i+1:]
	}
	return nil
}

// number reads digits, at least one, and notes an overflow.
func (s *durationScanner) number() uint64 {
	var number uint64
	for ; isDigit(s.next()); s.at++ {
		digit := uint64(s.next() - '0')
		if number > (math.MaxUint64-digit)/10 {
			s.overflow = true
		}
		number = number*10 + digit
	}
	return number
}

// fraction reads a point and decimals, if they are there, as ticks of a second.
func (s *durationScanner) fraction() (ticks uint64, decimals bool, err error) {
	if !s.accept('.') {
		return 0, false, nil
	}
	if !isDigit(s.next()) {
		return 0, false, s.fault("expected a digit after the decimal point", "PT1.5S")
	}
	scale := uint64(Second)
	for ; isDigit(s.next()); s.at++ {
		digit := uint64(s.next() - '0')
		if scale /= 10; scale == 0 && digit != 0 {
			return 0, false, s.faultAtDecimal()
		}
		ticks += digit * scale
	}
	return ticks, true, nil
}

// add adds to the sum and notes an overflow.
func (s *durationScanner) add(number, ticks uint64) {
	over, product := bits.Mul64(number, ticks)
	sum, carry := bits.Add64(s.ticks, product, 0)
	s.ticks = sum
	s.overflow = s.overflow || over != 0 || carry != 0
}

// total returns the sum with its sign. No component has a sign of its own, so a sum that
// is once too large stays too large.
func (s *durationScanner) total(negative bool) (Duration, error) {
	limit := uint64(MaxDuration)
	if negative {
		limit++
	}
	if s.overflow || s.ticks > limit {
		return 0, s.faultInRange()
	}
	if negative {
		return Duration(-s.ticks), nil
	}
	return Duration(s.ticks), nil
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
