package edm

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// ParseSDKDuration reads an Edm.Duration, as ParseDuration does, and other forms in which
// official Microsoft Graph SDKs write durations:
//
//	P                       zero (Go)
//	P1W, P1W1DT1H           weeks, of seven days (Go)
//	PT-1M-55.0810357S       a sign at each component (Java)
//	-1 day, 23:58:04.9189   str(timedelta): [[-]D day[s], ]H:MM:SS[.ffffff] (Python)
//
// The value is exact, or there is an error. For a text in none of the forms it is the error
// of ParseDuration. PT is refused: Go writes it for durations whose value it lost.
func ParseSDKDuration(text string) (Duration, error) {
	strict, err := ParseDuration(text)
	if err == nil {
		return strict, nil
	}
	if text == "P" {
		return 0, nil
	}
	if total, ok := parseTimedelta(text); ok {
		return total, nil
	}
	if total, ok := parseSignedComponents(text); ok {
		return total, nil
	}
	return 0, err
}

// parseTimedelta reads Python's str(timedelta). The days have the sign, and the time is
// positive and below a day.
func parseTimedelta(text string) (Duration, bool) {
	clock, ok := text, true
	days := 0
	if number, rest, found := strings.Cut(text, " day"); found {
		rest = strings.TrimPrefix(rest, "s")
		if days, ok = wholeDays(number); !ok {
			return 0, false
		}
		if clock, ok = strings.CutPrefix(rest, ", "); !ok {
			return 0, false
		}
	}
	parts := strings.Split(clock, ":")
	if len(parts) != 3 || strings.ContainsAny(clock, "+-") || len(parts[1]) != 2 || parts[1] > "59" || len(parts[2]) < 2 || parts[2] >= "60" {
		return 0, false
	}
	time, err := ParseDuration(fmt.Sprintf("PT%sH%sM%sS", parts[0], parts[1], parts[2]))
	if err != nil || time >= Day {
		return 0, false
	}
	if days < 0 { // the days without the time may be out of range
		days, time = days+1, time-Day
	}
	return add(Duration(days)*Day, time)
}

// wholeDays reads a number of days, at most one more than a duration can hold.
func wholeDays(text string) (int, bool) {
	days, err := strconv.Atoi(text)
	most := int(MaxDuration/Day) + 1
	return days, err == nil && -most <= days && days < most && !strings.HasPrefix(text, "+")
}

// parseSignedComponents reads a duration whose components may have signs of their own and
// may begin with weeks. A minus before the P negates all of them.
func parseSignedComponents(text string) (Duration, bool) {
	rest, negative := strings.CutPrefix(text, "-")
	rest, isDuration := strings.CutPrefix(rest, "P")
	if !isDuration || rest == "" {
		return 0, false
	}
	date, time, hasTime := strings.Cut(rest, "T")
	if hasTime && time == "" {
		return 0, false
	}
	var total Duration
	ok := addComponents(&total, date, "WD", false, negative) && addComponents(&total, time, "HMS", true, negative)
	return total, ok
}

// addComponents adds the components of a text, each a number and a unit. The units must
// come in their order, each once at most.
func addComponents(total *Duration, text, units string, ofTime, negative bool) bool {
	for text != "" {
		end := strings.IndexAny(text, units)
		if end < 0 {
			return false
		}
		value, ok := component(text[:end], text[end], ofTime)
		if negative && value == math.MinInt64 {
			return false
		}
		if negative {
			value = -value
		}
		if *total, ok = addIf(ok, *total, value); !ok {
			return false
		}
		units = units[strings.IndexByte(units, text[end])+1:]
		text = text[end+1:]
	}
	return true
}

// component returns so many units, with the component's own sign.
func component(number string, unit byte, ofTime bool) (Duration, bool) {
	digits, negative := strings.CutPrefix(number, "-")
	if unit == 'W' {
		weeks, err := strconv.ParseUint(digits, 10, 32)
		if err != nil {
			return 0, false
		}
		digits, unit = strconv.FormatUint(weeks*7, 10), 'D'
	}
	text := "P"
	if negative {
		text = "-P"
	}
	if ofTime {
		text += "T"
	}
	value, err := ParseDuration(text + digits + string(unit))
	return value, err == nil
}

func addIf(ok bool, a, b Duration) (Duration, bool) {
	if !ok {
		return 0, false
	}
	return add(a, b)
}

// add returns the sum, and reports whether it is in range.
func add(a, b Duration) (Duration, bool) {
	sum := a + b
	return sum, (sum > a) == (b > 0)
}
