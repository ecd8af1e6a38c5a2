package spec_test

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"

	"afterhours/handlers/spec"
)

// TestLoadErrors checks that Load says what is wrong with a contract that the server could not follow.
func TestLoadErrors(t *testing.T) {
	text, err := os.ReadFile("../../openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ old, changed, want string }{
		{"openapi:", "openapi: [", "yaml"},
		{"      x-max-bytes: ", "      x-max-octets: ", "x-max-bytes and x-max-values"},
		{"      x-max-values: ", "      x-most-values: ", "x-max-bytes and x-max-values"},
		{"\n    activityStatistics:\n", "\n    otherStatistics:\n", "activityStatistics"},
	} {
		changed := bytes.Replace(text, []byte(test.old), []byte(test.changed), 1)
		if bytes.Equal(changed, text) {
			t.Errorf("the contract has no %q", test.old)
		}
		if _, err := spec.Load(changed); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: %v, want %s", test.changed, err, test.want)
		}
	}
}

// TestLoadAgain: the same text gives the same contract, and another text its own.
func TestLoadAgain(t *testing.T) {
	first := load(t)
	if load(t) != first {
		t.Error("the second load of the same text gives another contract")
	}
	text, err := os.ReadFile("../../openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	changed, err := spec.Load(bytes.Replace(text, []byte("  - url: /v1.0\n"), []byte("  - url: /v2.0\n"), 1))
	if err != nil || !slices.Contains(changed.Bases, "/v2.0") || slices.Contains(first.Bases, "/v2.0") {
		t.Errorf("the changed text: %v, %+v", err, changed)
	}
	if !slices.Contains(load(t).Bases, "/v1.0") {
		t.Error("the first text gives the contract of the second")
	}
}

func TestIsUserName(t *testing.T) {
	c := load(t)
	for name, want := range map[string]bool{
		"megan@example.com": true, "o'brien@example.com": true, strings.Repeat("a", 128): true,
		"": false, "a b": false, "a/b": false, "é@example.com": false, strings.Repeat("a", 129): false,
		"48d31887-5fad-4d73-a9f5-3c356e68a038": false, "48D31887-5FAD-4D73-A9F5-3C356E68A038": false,
	} {
		err := c.CheckUserName(name)
		if c.IsUserName(name) != want || (err == nil) != want {
			t.Errorf("%q: %v, want %t", name, err, want)
		}
	}
}

// load returns the contract of the repository.
func load(t testing.TB) *spec.Contract {
	t.Helper()
	text, err := os.ReadFile("../../openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	contract, err := spec.Load(text)
	if err != nil {
		t.Fatal(err)
	}
	return contract
}
