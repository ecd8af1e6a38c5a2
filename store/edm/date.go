package edm

import (
	"fmt"
	"time"
)

// Date is an Edm.Date: a day of the proleptic Gregorian calendar, without a time
// and without a zone, as the count of days since 0001-01-01, which is the zero
// value. Only the values from MinDate to MaxDate are dates.
type Date int32

// The range of a date: the years that have four digits, as in SQL and .NET.
const (
	MinDate Date = 0         // 0001-01-01
	MaxDate Date = 3_652_058 // 9999-12-31
)

// unixEpoch is 1970-01-01, the day from which package time counts.
const unixEpoch Date = 719_162

const secondsPerDay = 24 * 60 * 60

// DateOf returns the day of the time in its own location. It returns MinDate for a time
// before MinDate, and MaxDate for a time after MaxDate.
func DateOf(t time.Time) Date {
	return dateOf(midnight(t.Date()))
}

// dateOf returns the day that begins at the time.
func dateOf(midnight time.Time) Date {
	return unixEpoch.AddDays(int(midnight.Unix() / secondsPerDay))
}

// AddDays returns the date n days later, or earlier if n is negative, but no
// further than MinDate and MaxDate.
func (d Date) AddDays(n int) Date {
	return d + Date(min(max(n, int(MinDate-d)), int(MaxDate-d)))
}

// Calendar returns the year, month and day. Package time takes twice as long.
func (d Date) Calendar() (year int, month time.Month, day int) {
	n := int(d) + daysBefore
	cycle, n := n/cycleDays, n%cycleDays
	year = (n - n/1460 + n/36_524 - n/(cycleDays-1)) / 365 // less one day for each leap day before
	n -= daysOfYears(year)
	fromMarch := (5*n + 2) / 153 // five months from March or from August on have 153 days
	day = n - daysOfMonths(fromMarch) + 1
	year += 400 * cycle
	if fromMarch < 10 {
		return year, time.Month(fromMarch + 3), day
	}
	return year + 1, time.Month(fromMarch - 9), day
}

// Years that begin in March end with the leap day, so that a month begins on the same day of each.
const (
	// daysBefore is the days from 0000-03-01 to MinDate.
	daysBefore = 306
	// cycleDays is the days of 400 years, after which the calendar repeats itself.
	cycleDays = 146_097
)

// daysOfYears returns the days of so many years from 0000-03-01 on.
func daysOfYears(years int) int { return 365*years + years/4 - years/100 + years/400 }

// daysOfMonths returns the days of so many months, at most 11, from a 1 March on.
func daysOfMonths(months int) int { return (153*months + 2) / 5 }

// dateFrom returns the date of the year, month and day, which must be one.
func dateFrom(year, month, day int) Date {
	if month < 3 {
		year, month = year-1, month+12
	}
	return Date(daysOfYears(year) + daysOfMonths(month-3) + day - 1 - daysBefore)
}

// String returns the date as YYYY-MM-DD.
func (d Date) String() string {
	var text [len(time.DateOnly)]byte
	return string(d.Append(text[:0]))
}

// MarshalText returns the date as YYYY-MM-DD; it never fails.
func (d Date) MarshalText() ([]byte, error) {
	return d.Append(make([]byte, 0, len(time.DateOnly))), nil
}

// Append appends the text that String returns.
func (d Date) Append(text []byte) []byte {
	year, month, day := d.Calendar()
	return append(text, digit(year/1000), digit(year/100), digit(year/10), digit(year), '-',
		digit(int(month)/10), digit(int(month)), '-', digit(day/10), digit(day))
}

// digit returns the last decimal digit of a number.
func digit(n int) byte { return '0' + byte(n%10) }

// UnmarshalText sets the date to the result of ParseDate. On an error it leaves the date
// unchanged.
func (d *Date) UnmarshalText(text []byte) error {
	parsed, err := ParseDate(string(text))
	if err == nil {
		*d = parsed
	}
	return err
}

// ParseDate reads a date of the form YYYY-MM-DD, ten characters, from 0001-01-01 to
// 9999-12-31 (rule dateValue of the OData ABNF, less the years before 1 and after
// 9999). The error says what is wrong in the text and what would be right.
func ParseDate(text string) (Date, error) {
	if !looksLikeDate(text) {
		return 0, dateFault(text, "it must be a date, YYYY-MM-DD, as in 2019-06-16")
	}
	year, month, day := number(text[:4]), number(text[5:7]), number(text[8:])
	if year == 0 {
		return 0, dateFault(text, "the year must be from 0001 to 9999")
	}
	if month < 1 || month > 12 {
		return 0, dateFault(text, "the month must be from 01 to 12")
	}
	if day >= 1 && day <= 28 {
		return dateFrom(year, month, day), nil
	}
	if last := daysIn(year, time.Month(month)); day < 1 || day > last {
		return 0, dateFault(text, fmt.Sprintf("the day must be from 01 to %d in %v %04d", last, time.Month(month), year))
	}
	return dateFrom(year, month, day), nil
}

func dateFault(text, problem string) error {
	return &Fault{"date", shown(text), problem}
}

func looksLikeDate(text string) bool {
	if len(text) != len(time.DateOnly) {
		return false
	}
	for i := range len(text) {
		isDash := i == 4 || i == 7
		if isDash && text[i] != '-' || !isDash && !isDigit(text[i]) {
			return false
		}
	}
	return true
}

// number returns the value of a few digits.
func number(digits string) int {
	value := 0
	for i := range len(digits) {
		value = value*10 + int(digits[i]-'0')
	}
	return value
}

// daysIn returns how many days the month has: the day before the next one's first.
func daysIn(year int, month time.Month) int {
	return midnight(year, month+1, 0).Day()
}

func midnight(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}
