package edm_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"afterhours/contract/bounded"
	"afterhours/store/edm"
)

func TestDateText(t *testing.T) {
	for text, want := range map[string]edm.Date{
		"0001-01-01": edm.MinDate,
		"0001-01-02": 1,
		"0001-12-31": 364,
		"0004-02-29": 3*365 + 31 + 28,
		"1600-02-29": 584_081,
		"1969-12-31": 719_161,
		"1970-01-01": 719_162,
		"2000-02-29": 730_178,
		"2012-09-03": 734_748, // OData ABNF test case
		"2019-06-16": 737_225,
		"9999-12-31": edm.MaxDate,
	} {
		got, err := edm.ParseDate(text)
		if err != nil || got != want {
			t.Errorf("ParseDate(%q) = %d, %v; want %d", text, got, err, want)
		}
		if want.String() != text {
			t.Errorf("Date(%d).String() = %q; want %q", want, want, text)
		}
	}
}

// TestCalendar compares each day of 400 years, after which the calendar repeats itself, and the first and last days, with
// package time.
func TestCalendar(t *testing.T) {
	from, to := edm.DateOf(time.Date(1799, 12, 31, 0, 0, 0, 0, time.UTC)), edm.DateOf(time.Date(2200, 1, 2, 0, 0, 0, 0, time.UTC))
	for _, days := range [][2]edm.Date{{edm.MinDate, 800}, {from, to}, {edm.MaxDate - 800, edm.MaxDate}} {
		for date := days[0]; date <= days[1]; date++ {
			day := time.Date(1, 1, 1+int(date), 0, 0, 0, 0, time.UTC)
			year, month, ofMonth := date.Calendar()
			if wantYear, wantMonth, wantDay := day.Date(); year != wantYear || month != wantMonth || ofMonth != wantDay {
				t.Fatalf("Date(%d).Calendar() = %d, %d, %d; want %v", date, year, month, ofMonth, day)
			}
			if got, err := edm.ParseDate(day.Format(time.DateOnly)); err != nil || got != date {
				t.Fatalf("ParseDate(%s) = %d, %v; want %d", day.Format(time.DateOnly), got, err, date)
			}
		}
	}
}

func BenchmarkDate(b *testing.B) {
	text := make([]byte, 0, 10)
	for b.Loop() {
		date, _ := edm.ParseDate("2019-06-16")
		text = date.Append(text[:0])
	}
}

// badDates maps each text to a part of its error.
var badDates = map[string]string{
	"":                     "it must be a date, YYYY-MM-DD, as in 2019-06-16",
	"2019-02-30":           "the day must be from 01 to 28 in February 2019",
	"2019-02-29":           "from 01 to 28",
	"1900-02-29":           "from 01 to 28",
	"2020-02-30":           "the day must be from 01 to 29 in February 2020",
	"2019-04-31":           "from 01 to 30 in April 2019",
	"2019-12-32":           "from 01 to 31 in December 2019",
	"2019-06-00":           "from 01 to 30 in June 2019",
	"2019-00-10":           "the month must be from 01 to 12",
	"2019-13-01":           "the month must be from 01 to 12",
	"0000-01-01":           "the year must be from 0001 to 9999", // OData ABNF allows a year zero
	"-10000-04-01":         "YYYY-MM-DD",                         // and negative years
	"10000-01-01":          "YYYY-MM-DD",
	"-001-01-01":           "YYYY-MM-DD",
	"INF":                  "YYYY-MM-DD",
	"2019-6-16":            "YYYY-MM-DD",
	"19-06-16":             "YYYY-MM-DD",
	"20190616":             "YYYY-MM-DD",
	"2019/06/16":           "YYYY-MM-DD",
	"16-06-2019":           "YYYY-MM-DD",
	" 2019-06-16":          "YYYY-MM-DD",
	"2019-06-16 ":          "YYYY-MM-DD",
	"2019-06-1６":           "YYYY-MM-DD",
	"2019-06-16T00:00:00Z": "YYYY-MM-DD",
	"2019-06-16Z":          "YYYY-MM-DD",
}

func TestParseDateRefuses(t *testing.T) {
	for text, want := range badDates {
		got, err := edm.ParseDate(text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("ParseDate(%q) = %v, %v; want an error with %q", text, got, err, want)
		}
	}
}

func TestDateUnmarshalTextKeepsItsValueOnError(t *testing.T) {
	d := edm.MaxDate
	if err := d.UnmarshalText([]byte("2019-02-30")); err == nil || d != edm.MaxDate {
		t.Errorf("got %v, %v", d, err)
	}
}

func TestDateOf(t *testing.T) {
	kiritimati := time.FixedZone("+14", 14*60*60)
	for _, c := range []struct {
		time time.Time
		want string
	}{
		{time.Date(2019, 6, 16, 23, 59, 59, 999_999_999, time.UTC), "2019-06-16"},
		{time.Date(2019, 6, 16, 23, 0, 0, 0, time.UTC).In(kiritimati), "2019-06-17"},
		{time.Date(1969, 12, 31, 23, 59, 59, 0, time.UTC), "1969-12-31"},
		{time.Time{}, "0001-01-01"},
		{time.Date(-44, 3, 15, 0, 0, 0, 0, time.UTC), "0001-01-01"},
		{time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC), "9999-12-31"},
	} {
		if got := edm.DateOf(c.time).String(); got != c.want {
			t.Errorf("DateOf(%v) = %s; want %s", c.time, got, c.want)
		}
	}
}

func TestAddDays(t *testing.T) {
	day, _ := edm.ParseDate("2020-02-28")
	for n, want := range map[int]string{
		0: "2020-02-28", 1: "2020-02-29", 2: "2020-03-01", -59: "2019-12-31", 366: "2021-02-28",
		math.MaxInt: "9999-12-31", math.MinInt: "0001-01-01",
	} {
		if got := day.AddDays(n).String(); got != want {
			t.Errorf("%v and %d days is %s; want %s", day, n, got, want)
		}
	}
}

// TestDatesRoundTrip compares the calendar with that of package time. The stride has no
// factor in common with the 146,097 days after which the calendar repeats, and there are
// 25 such cycles, so each day of the cycle is tested.
func TestDatesRoundTrip(t *testing.T) {
	const stride = 11
	calendar := time.Date(1, 1, 1, 12, 0, 0, 0, time.UTC)
	for date := edm.MinDate; date <= edm.MaxDate; date += stride {
		want := calendar.Format(time.DateOnly)
		if got, err := edm.ParseDate(want); got != date || err != nil || date.String() != want || edm.DateOf(calendar) != date {
			t.Fatalf("day %d is %s, written %v, parsed %d, %v", date, want, date, got, err)
		}
		calendar = calendar.AddDate(0, 0, stride)
	}
}

func TestDateOrderIsThatOfItsText(t *testing.T) {
	dates := rapid.Int32Range(int32(edm.MinDate), int32(edm.MaxDate))
	rapid.Check(t, func(t *rapid.T) {
		a, b := edm.Date(dates.Draw(t, "a")), edm.Date(dates.Draw(t, "b"))
		if (a < b) != (a.String() < b.String()) {
			t.Fatalf("%v and %v are ordered otherwise than %d and %d", a, b, a, b)
		}
	})
}

// FuzzParseDate: what is a date is read, nothing else is, and it is written as it was read.
func FuzzParseDate(f *testing.F) {
	f.Add("2012-09-03")
	f.Add("0001-01-01")
	f.Add("9999-12-31")
	for text := range badDates {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		defer bounded.Input(t)()
		date, err := edm.ParseDate(text)
		if err != nil {
			if at, wrong := time.Parse(time.DateOnly, text); wrong == nil && at.Year() > 0 && dateGrammar.MatchString(text) {
				t.Fatalf("%q is a date and gave %v", text, err)
			}
			return
		}
		if !dateGrammar.MatchString(text) || date < edm.MinDate || date > edm.MaxDate {
			t.Fatalf("%q is no date and became %v", text, date)
		}
		if marshalled, err := date.MarshalText(); string(marshalled) != text || err != nil {
			t.Fatalf("%q is written as %q, %v", text, marshalled, err)
		}
	})
}
