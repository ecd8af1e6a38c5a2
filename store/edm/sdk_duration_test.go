package edm_test

import (
	"testing"

	"pgregory.net/rapid"

	"afterhours/contract/bounded"
	"afterhours/store/edm"
)

// TestSDKDurations reads the text that each official SDK writes for a value.
func TestSDKDurations(t *testing.T) {
	for text, want := range map[string]string{
		"P": "PT0S", "P1W": "P7D", "P1W1DT1H": "P8DT1H", "P2W": "P14D", "-P1W": "-P7D", "P1DT12H": "P1DT12H",
		"PT-1M-55.0810357S": "-PT1M55.0810357S", "P-1DT-2H": "-P1DT2H", "P1DT-2H": "PT22H", "-PT-1M": "PT1M",
		"P-10675199DT-2H-48M-5.4775808S": "-P10675199DT2H48M5.4775808S",
		"1:30:00":                        "PT1H30M", "0:00:30": "PT30S", "0:01:55.081036": "PT1M55.081036S", "23:59:59.999999": "PT23H59M59.999999S",
		"1 day, 2:00:00": "P1DT2H", "7 days, 0:00:00": "P7D", "-10675200 days, 21:11:54.522420": "-P10675199DT2H48M5.47758S", "-1 day, 23:58:04.918964": "-PT1M55.081036S", "8 days, 1:00:00": "P8DT1H",
		"-PT1M55.0810357S": "-PT1M55.0810357S", "PT0S": "PT0S",
	} {
		got, err := edm.ParseSDKDuration(text)
		if err != nil || got.String() != want {
			t.Errorf("%q: got %v, %v, want %s", text, got, err, want)
		}
	}
}

func TestSDKDurationsRefuse(t *testing.T) {
	for _, text := range []string{
		"", "PT", "-P", "P1Y", "1h", "P1D1W", "P1W1W", "PT1S1M", "PT--1S", "P-W", "P1.5W", "PT0.12345678S", "P-10675200D",
		"24:00:00", "0:00:60", "1:2:3", "0:60:00", "0:00:60:00", "-0:00:01", "1 day", "1 day, ", "x days, 0:00:00", "1 day, -1:00:00", "1 days,0:00:00",
		"99999999 days, 0:00:00", "P1WT", "P99999999999999999999W", "P4294967295W", "PT5", "P5",
	} {
		if got, err := edm.ParseSDKDuration(text); err == nil {
			t.Errorf("%q is read as %s", text, got)
		}
	}
}

// TestSDKDurationsOfJava reads random values, written like Java's with a sign at each part.
func TestSDKDurationsOfJava(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := edm.Duration(rapid.Int64().Draw(t, "ticks"))
		text := want.String()
		if text[0] == '-' {
			signed := []byte{'P'}
			for i, c := range []byte(text[2:]) {
				before := text[2:][max(i-1, 0)]
				if isDigit(c) && (i == 0 || !isDigit(before) && before != '.') {
					signed = append(signed, '-')
				}
				signed = append(signed, c)
			}
			text = string(signed)
		}
		if got, err := edm.ParseSDKDuration(text); err != nil || got != want {
			t.Fatalf("%s: got %v, %v, want %v", text, got, err, want)
		}
	})
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// FuzzParseSDKDuration: what is read has a canonical form that reads the same, and what
// is Edm.Duration is read as that.
func FuzzParseSDKDuration(f *testing.F) {
	for _, seed := range []string{"P", "P1W1DT1H", "PT-1M-55.0810357S", "-1 day, 23:58:04.918964", "7 days, 0:00:00", "-P1DT2H"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		defer bounded.Input(t)()
		got, err := edm.ParseSDKDuration(text)
		if exact, wrong := edm.ParseDuration(text); wrong == nil && (err != nil || got != exact) {
			t.Errorf("%q is %v and was read as %v, %v", text, exact, got, err)
		}
		if err != nil {
			return
		}
		if again, err := edm.ParseDuration(got.String()); err != nil || again != got {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	})
}
