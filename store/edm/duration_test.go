package edm_test

import (
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"afterhours/contract/bounded"
	"afterhours/store/edm"
)

func TestDurationText(t *testing.T) {
	for text, want := range map[string]edm.Duration{
		"PT0S":                         0,
		"PT0.0000001S":                 1,
		"-PT0.0000001S":                -1,
		"PT0.1S":                       edm.Second / 10,
		"PT1S":                         edm.Second,
		"PT30S":                        30 * edm.Second,
		"PT1M":                         edm.Minute,
		"PT1H":                         edm.Hour,
		"P1D":                          edm.Day,
		"P1DT0.0000001S":               edm.Day + 1,
		"P1DT12H":                      36 * edm.Hour,
		"PT1H30M":                      90 * edm.Minute,
		"PT1M55.0810357S":              1_150_810_357, // the documented sample of the list
		"-PT1M55.0810357S":             -1_150_810_357,
		"-P6DT23H59M59.9999S":          -(7*edm.Day - 1000), // OData ABNF test case
		"P10675199DT2H48M5.4775807S":   edm.MaxDuration,
		"-P10675199DT2H48M5.4775808S":  edm.MinDuration,
		"-P10675199DT2H48M5.4775807S":  -edm.MaxDuration,
		"P10675198DT23H59M59.9999999S": 10675199*edm.Day - 1,
		"P10675199DT1H":                10675199*edm.Day + edm.Hour,
		"PT23H59M59.9999999S":          edm.Day - 1,
		"PT59M0.0000001S":              59*edm.Minute + 1,
		"P7D":                          7 * edm.Day,
		"-P1D":                         -edm.Day,
		"-P1DT2H3M4.5S":                -(edm.Day + 2*edm.Hour + 3*edm.Minute + 4*edm.Second + edm.Second/2),
	} {
		got, err := edm.ParseDuration(text)
		if err != nil || got != want {
			t.Errorf("ParseDuration(%q) = %d, %v; want %d", text, got, err, want)
		}
		if want.String() != text {
			t.Errorf("Duration(%d).String() = %q; want %q", want, want, text)
		}
	}
}

func TestParseDurationOfOtherSpellings(t *testing.T) {
	zeros := strings.Repeat("0", 100)
	for text, canonical := range map[string]string{
		"-PT0S":                            "PT0S",
		"P0D":                              "PT0S",
		"P0DT0H0M0.000S":                   "PT0S",
		"PT36H":                            "P1DT12H",
		"PT90M":                            "PT1H30M",
		"PT168H":                           "P7D",
		"PT86400S":                         "P1D",
		"PT60M":                            "PT1H",
		"P0DT1H":                           "PT1H",
		"P01DT002H":                        "P1DT2H",
		"PT30.0S":                          "PT30S",
		"PT1.50S":                          "PT1.5S",
		"PT0.12345670000000000S":           "PT0.1234567S",
		"PT" + zeros + "1.5" + zeros + "S": "PT1.5S",
		"P" + zeros + "10675199DT2H48M5S":  "P10675199DT2H48M5S",
		"PT922337203685.4775807S":          "P10675199DT2H48M5.4775807S",
		"-PT922337203685.4775808S":         "-P10675199DT2H48M5.4775808S",
		"P10675199DT10085S":                "P10675199DT2H48M5S",
		"-P10675198DT26H48M5.4775808S":     "-P10675199DT2H48M5.4775808S",
	} {
		if got, err := edm.ParseDuration(text); err != nil || got.String() != canonical {
			t.Errorf("ParseDuration(%q) = %v, %v; want %s", text, got, err, canonical)
		}
	}
}

// badDurations maps each text to a part of its error.
var badDurations = map[string]string{
	"":                              "character 1: expected a P, found the end",
	"-":                             "character 2: expected a P, found the end",
	"1h":                            "it must be a duration, as in PT1H30M; character 1: expected a P, found '1'",
	"3600":                          "character 1: expected a P",
	"0:00:30":                       "character 1: expected a P",
	"+P6DT23H59M59.9999S":           "character 1: a duration has no plus sign", // OData ABNF test case
	"--P1D":                         "character 2: expected a P, found '-'",
	" PT1S":                         "character 1: expected a P, found ' '",
	"PT1S ":                         "character 5: expected a number, found ' '",
	"PT1S\n":                        `found '\n'`,
	"P T1S":                         "character 2: expected a number, found ' '",
	"pt1s":                          "upper case",
	"Pt1S":                          "character 2: the letters must be upper case",
	"PT1h":                          "character 4: the letters must be upper case",
	"P":                             "character 2: expected at least one component after the P",
	"-P":                            "character 3: expected at least one component after the P",
	"PT":                            "character 3: expected hours, minutes or seconds after the T",
	"P1DT":                          "character 5: expected hours, minutes or seconds after the T",
	"P1Y":                           "character 3: years have no fixed length",
	"P1Y6DT23H59M59.9999S":          "character 3: years have no fixed length",  // OData ABNF test case
	"P1M6DT23H59M59.9999S":          "character 3: months have no fixed length", // OData ABNF test case
	"P1W":                           "it must be a duration, as in P7D; character 3: weeks must be given as days",
	"P1H":                           "character 3: hours, minutes and seconds come after a T",
	"P1S":                           "character 3: hours, minutes and seconds come after a T",
	"P1D2D":                         "character 5: each unit comes once",
	"PT1D":                          "character 4: days come before the T",
	"PT1M1H":                        "character 6: each unit comes once",
	"PT1S1S":                        "character 6: each unit comes once",
	"PT1H1H":                        "character 6: each unit comes once",
	"PT1HT1M":                       "character 5: expected a number, found 'T'",
	"PT-1M":                         "character 3: a sign can only be the minus before the P",
	"P-1D":                          "character 2: a sign can only be the minus before the P",
	"PT+1M":                         "character 3: a sign",
	"PT1":                           "character 4: expected a unit after the number, found the end",
	"PT1.":                          "character 5: expected a digit after the decimal point",
	"PT1.S":                         "character 5: expected a digit after the decimal point",
	"PT.5S":                         "character 3: expected a digit before the decimal point",
	"PT1.5.5S":                      "character 6: expected a unit after the number, found '.'",
	"PT1,5S":                        "character 4: the decimal point is a full stop",
	"PT1.5H":                        "character 6: only seconds can have decimals",
	"P1.5D":                         "character 5: only seconds can have decimals",
	"PT0.12345678S":                 "character 12: a duration is exact to 100 nanoseconds",
	"PT0.00000001S":                 "only zeros can follow the seventh decimal",
	"P1DT１H":                        "character 5: expected a number, found '１'",
	"P\x00":                         `found '\x00'`,
	"P1D\xff":                       "expected a number, found",
	"P10675200D":                    "out of range: it must be from -P10675199DT2H48M5.4775808S to P10675199DT2H48M5.4775807S",
	"P10675199DT2H48M5.4775808S":    "out of range",
	"-P10675199DT2H48M5.4775809S":   "out of range",
	"PT18446744073709551616S":       "out of range", // the number wraps uint64
	"PT18446744073709551615S":       "out of range", // the product wraps it
	"PT1844674407370S":              "out of range",
	"PT1844674407370.9551615S":      "out of range",
	"PT1844674407370.9551616S":      "out of range", // the sum wraps it
	"PT1844674407371.9551616S":      "out of range",
	"PT18446744073709551616Y":       "years have no fixed length", // the syntax is reported first
	"PT36893488147419103232H30M":    "out of range",
	"P99999999999999999999999999D":  "out of range",
	"-P99999999999999999999999999D": "out of range",
}

func TestParseDurationRefuses(t *testing.T) {
	for text, want := range badDurations {
		got, err := edm.ParseDuration(text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("ParseDuration(%q) = %v, %v; want an error with %q", text, got, err, want)
		}
	}
}

func TestParseDurationRepeatsOnlyTheStartOfALongText(t *testing.T) {
	_, err := edm.ParseDuration(strings.Repeat("ä", 1_000_000))
	if err == nil || len(err.Error()) > 300 || strings.Contains(err.Error(), `\x`) {
		t.Errorf("the error is %.400q", err)
	}
}

func TestDurationUnmarshalTextKeepsItsValueOnError(t *testing.T) {
	d := edm.Hour
	if err := d.UnmarshalText([]byte("P1Y")); err == nil || d != edm.Hour {
		t.Errorf("got %v, %v", d, err)
	}
}

func TestParseDurationAllocatesNothing(t *testing.T) {
	const text = "-P10675199DT2H48M5.4775808S"
	if n := testing.AllocsPerRun(100, func() { _, _ = edm.ParseDuration(text) }); n != 0 {
		t.Errorf("ParseDuration makes %v allocations", n)
	}
	if n := testing.AllocsPerRun(100, func() { _ = edm.MinDuration.String() }); n > 1 {
		t.Errorf("String makes %v allocations", n)
	}
}

func TestDurationRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := edm.Duration(rapid.Int64().Draw(t, "ticks"))
		text, err := want.MarshalText()
		if err != nil || string(text) != want.String() {
			t.Fatalf("MarshalText = %q, %v; String = %q", text, err, want)
		}
		var got edm.Duration
		if err := got.UnmarshalText(text); err != nil || got != want {
			t.Fatalf("%d becomes %q becomes %d, %v", want, text, got, err)
		}
	})
}

// TestParseDurationIsExact compares with arithmetic that knows no overflow.
func TestParseDurationIsExact(t *testing.T) {
	digits := rapid.StringMatching(`[0-9]{1,22}`)
	maybe := rapid.Bool()
	rapid.Check(t, func(t *rapid.T) {
		text, exact := "P", new(big.Int)
		component := func(name string, unit edm.Duration) {
			if maybe.Draw(t, "has "+name) {
				number := digits.Draw(t, name)
				text += number + name
				count, _ := new(big.Int).SetString(number, 10)
				exact.Add(exact, count.Mul(count, big.NewInt(int64(unit))))
			}
		}
		component("D", edm.Day)
		text += "T"
		component("H", edm.Hour)
		component("M", edm.Minute)
		seconds, decimals := digits.Draw(t, "seconds"), rapid.StringMatching(`[0-9]{7}0{0,9}`).Draw(t, "decimals")
		text += seconds + "." + decimals + "S"
		ticks, _ := new(big.Int).SetString(seconds+decimals[:7], 10)
		exact.Add(exact, ticks)
		if maybe.Draw(t, "negative") {
			text = "-" + text
			exact.Neg(exact)
		}

		got, err := edm.ParseDuration(text)
		if fits := exact.IsInt64(); fits != (err == nil) || fits && int64(got) != exact.Int64() {
			t.Fatalf("ParseDuration(%q) = %d, %v; exactly it is %v", text, got, err, exact)
		}
	})
}

// FuzzParseDuration: what has the grammar is read or out of range, nothing else is read,
// and its text reads the same.
func FuzzParseDuration(f *testing.F) {
	for _, text := range []string{"PT0S", "-P6DT23H59M59.9999S", "PT36H", "PT1M55.0810357S", "P10675199DT2H48M5.4775807S", "-P10675199DT2H48M5.4775808S", "P0001D"} {
		f.Add(text)
	}
	for text := range badDurations {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		defer bounded.Input(t)()
		d, err := edm.ParseDuration(text)
		if grammar := durationGrammar.MatchString(text); err == nil && !grammar {
			t.Fatalf("%q is no Edm.Duration and became %v", text, d)
		} else if err != nil && grammar && !strings.Contains(err.Error(), "out of range") {
			t.Fatalf("%q is an Edm.Duration and gave %v", text, err)
		}
		if again, err2 := edm.ParseDuration(d.String()); err == nil && (err2 != nil || again != d) {
			t.Fatalf("%q is %d, its text %q is %d, %v", text, d, d, again, err2)
		}
	})
}
