package edm

import (
	"math"
	"strconv"
)

// Duration is an Edm.Duration: a signed count of ticks of 100 nanoseconds, like .NET's
// TimeSpan. It can therefore hold every value of an official Graph client.
type Duration int64

// The units of a duration. A day always has 24 hours.
const (
	Tick   Duration = 1
	Second          = 10_000_000 * Tick
	Minute          = 60 * Second
	Hour            = 60 * Minute
	Day             = 24 * Hour
)

// The range of a duration. The smallest one is a tick further from zero.
const (
	MinDuration Duration = math.MinInt64 // -P10675199DT2H48M5.4775808S
	MaxDuration Duration = math.MaxInt64 //  P10675199DT2H48M5.4775807S
)

// longestDuration is the length of the longest canonical text.
const longestDuration = len("-P10675199DT23H59M59.9999999S")

// String returns the canonical text, as .NET's XmlConvert writes it: days, hours below 24,
// minutes and seconds below 60. It leaves out components that are zero and zeros at the
// end of a fraction. Zero is "PT0S".
func (d Duration) String() string {
	var text [longestDuration]byte
	return string(d.Append(text[:0]))
}

// MarshalText returns the canonical text; it never fails.
func (d Duration) MarshalText() ([]byte, error) {
	return d.Append(make([]byte, 0, longestDuration)), nil
}

// UnmarshalText sets the duration to the result of ParseDuration. On an error it leaves
// the duration unchanged.
func (d *Duration) UnmarshalText(text []byte) error {
	parsed, err := ParseDuration(string(text))
	if err == nil {
		*d = parsed
	}
	return err
}

// Append appends the text that String returns.
func (d Duration) Append(text []byte) []byte {
	if d == 0 {
		return append(text, "PT0S"...)
	}
	ticks := uint64(d)
	if d < 0 {
		text = append(text, '-')
		ticks = -ticks // in two's complement this is right for MinDuration, too
	}
	text = append(text, 'P')
	text = appendComponent(text, ticks/uint64(Day), 'D')
	if ticks %= uint64(Day); ticks == 0 {
		return text
	}
	text = append(text, 'T')
	text = appendComponent(text, ticks/uint64(Hour), 'H')
	ticks %= uint64(Hour)
	text = appendComponent(text, ticks/uint64(Minute), 'M')
	return appendSeconds(text, ticks%uint64(Minute))
}

func appendComponent(text []byte, count uint64, designator byte) []byte {
	if count == 0 {
		return text
	}
	return append(strconv.AppendUint(text, count, 10), designator)
}

func appendSeconds(text []byte, ticks uint64) []byte {
	if ticks == 0 {
		return text
	}
	text = strconv.AppendUint(text, ticks/uint64(Second), 10)
	if fraction := ticks % uint64(Second); fraction != 0 {
		// The one that is added keeps the leading zeros. The point then replaces it.
		point := len(text)
		text = strconv.AppendUint(text, fraction+uint64(Second), 10)
		text[point] = '.'
		for text[len(text)-1] == '0' {
			text = text[:len(text)-1]
		}
	}
	return append(text, 'S')
}
