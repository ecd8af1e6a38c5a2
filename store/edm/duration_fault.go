package edm

import (
	"fmt"
	"unicode/utf8"
)

// The errors below are for the author of the text. Each names the first wrong character,
// counted from 1.

// faultAtStart returns the error for a text without its P.
func (s *durationScanner) faultAtStart() error {
	switch s.next() {
	case '+':
		return s.fault("a duration has no plus sign", "P1D")
	case 'p':
		return s.fault("the letters must be upper case", "PT1H30M")
	}
	return s.fault("expected a P, found "+s.found(), "PT1H30M")
}

// faultAtComponent returns the error at a character that begins no component.
func (s *durationScanner) faultAtComponent() error {
	switch c := s.next(); {
	case s.at == len(s.text) && s.afterT:
		return s.fault("expected hours, minutes or seconds after the T", "PT1H30M")
	case s.at == len(s.text):
		return s.fault("expected at least one component after the P", "PT0S for no time at all")
	case c == '-' || c == '+':
		return s.fault("a sign can only be the minus before the P", "-PT1H30M")
	case c == '.':
		return s.fault("expected a digit before the decimal point", "PT0.5S")
	case c == 't':
		return s.fault("the letters must be upper case", "PT1H30M")
	}
	return s.fault("expected a number, found "+s.found(), "P1DT2H3M4.5S")
}

// faultAtDesignator returns the error at a character that is not the unit of a number.
func (s *durationScanner) faultAtDesignator(decimals bool) error {
	switch c := s.next(); {
	case decimals && (c == 'D' || c == 'H' || c == 'M'):
		return s.fault("only seconds can have decimals", "PT1H30M instead of PT1.5H")
	case c == 'Y':
		return s.fault("years have no fixed length", "P365D")
	case c == 'W':
		return s.fault("weeks must be given as days", "P7D")
	case c == 'M' && !s.afterT:
		return s.fault("months have no fixed length, and minutes come after a T", "P30D or PT1M")
	case (c == 'H' || c == 'S') && !s.afterT:
		return s.fault("hours, minutes and seconds come after a T", "PT1H30M")
	case c == 'D' && s.afterT:
		return s.fault("days come before the T", "P1DT1H")
	case c == 'D' || c == 'H' || c == 'M' || c == 'S':
		return s.fault("each unit comes once, in the order D, H, M, S", "P1DT2H3M4.5S")
	case c == 'd' || c == 'h' || c == 'm' || c == 's':
		return s.fault("the letters must be upper case", "PT1H30M")
	case c == ',':
		return s.fault("the decimal point is a full stop", "PT1.5S")
	}
	return s.fault("expected a unit after the number, found "+s.found(), "P1DT2H3M4.5S")
}

func (s *durationScanner) faultAtDecimal() error {
	return s.fault("a duration is exact to 100 nanoseconds, so only zeros can follow the seventh decimal", "PT0.1234567S")
}

func (s *durationScanner) faultInRange() error {
	return &Fault{"duration", shown(s.text), fmt.Sprintf("out of range: it must be from %v to %v", MinDuration, MaxDuration)}
}

// fault returns an error with the problem at the next byte and a text that is right.
func (s *durationScanner) fault(problem, right string) error {
	character := utf8.RuneCountInString(s.text[:s.at]) + 1
	return &Fault{"duration", shown(s.text), fmt.Sprintf("it must be a duration, as in %s; character %d: %s", right, character, problem)}
}

// found names the next character, even an invisible one.
func (s *durationScanner) found() string {
	if s.at == len(s.text) {
		return "the end"
	}
	char, _ := utf8.DecodeRuneInString(s.text[s.at:])
	return fmt.Sprintf("%q", char)
}
