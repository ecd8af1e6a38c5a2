package command

import (
	"strings"
	"testing"
	"time"
)

func TestLifetime(t *testing.T) {
	const day = 24 * time.Hour
	for text, want := range map[string]time.Duration{
		"1d": day, "-1d": -day, "+2d": 2 * day, "1d12h": 36 * time.Hour, "-1d12h": -36 * time.Hour, "0d": 0, "90m": 90 * time.Minute, "-1h": -time.Hour, "99999d": 99999 * day,
	} {
		var got lifetime
		if err := got.Set(text); err != nil || time.Duration(got) != want {
			t.Errorf("%s is %v, %v; want %v", text, time.Duration(got), err, want)
		}
	}
	for _, text := range []string{"", "d", "1", "1x", "1h1d", "1d1", "1.5d", "100000d", "1d-1h", "--1d", "soon"} {
		var got lifetime
		if err := got.Set(text); err == nil || !strings.Contains(err.Error(), "30m, 12h or 7d") {
			t.Errorf("%q is %v, %v", text, time.Duration(got), err)
		}
	}
}

func TestQueryTime(t *testing.T) {
	for text, want := range map[string]time.Duration{"1s": time.Second, "500ms": time.Second / 2, "30s": 30 * time.Second} {
		var got queryTime
		if err := got.Set(text); err != nil || time.Duration(got) != want {
			t.Errorf("%s is %v, %v; want %v", text, time.Duration(got), err, want)
		}
	}
	for text, message := range map[string]string{
		"0": "more than 0", "0s": "more than 0", "-1s": "more than 0", "31s": "at most 30s", "1h": "at most 30s",
		"": "a number and its unit", "5": "a number and its unit", "soon": "a number and its unit",
	} {
		var got queryTime
		if err := got.Set(text); err == nil || !strings.Contains(err.Error(), message) || !strings.Contains(err.Error(), "500ms or 5s") {
			t.Errorf("%q is %v, %v; want the error %s", text, time.Duration(got), err, message)
		}
	}
}

func TestListenAddress(t *testing.T) {
	for text, want := range map[string]string{
		"8080": "127.0.0.1:8080", "0": "127.0.0.1:0", ":8080": ":8080", "0.0.0.0:80": "0.0.0.0:80", "[::1]:1": "[::1]:1", "localhost:http": "localhost:http",
	} {
		if got, err := listenAddress("addr", text); err != nil || got != want {
			t.Errorf("%s is %q, %v; want %s", text, got, err, want)
		}
	}
	for text, message := range map[string]string{
		"": "it must be host and port", "localhost": "it must be host and port", "::1": "it must be host and port", "http://localhost:8080": "it must be host and port",
		"65536": "from 0 to 65535", "localhost:-1": "from 0 to 65535", "99999999999999": "from 0 to 65535",
	} {
		if got, err := listenAddress("addr", text); err == nil || !strings.Contains(err.Error(), message) || ExitCode(err) != 2 {
			t.Errorf("%q is %q, %v; want the error %s", text, got, err, message)
		}
	}
}
