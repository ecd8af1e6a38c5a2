package handlers

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

func TestIsClientID(t *testing.T) {
	for text, want := range map[string]bool{
		"a": true, "0f8fad5b-d9cb-469f-A165-70867728950e": true, strings.Repeat("x", 64): true,
		"": false, strings.Repeat("x", 65): false, "a b": false, "a\n": false, "a\"": false, "é": false, "a_b": false,
	} {
		if isClientID(text) != want {
			t.Errorf("%q: want %t", text, want)
		}
	}
}

// TestNewRequestID: an id is a UUID of version 7 with the time of now, and none comes twice.
func TestNewRequestID(t *testing.T) {
	seen := map[string]bool{}
	for range 10_000 {
		text := newRequestID()
		id, err := uuid.Parse(text)
		if err != nil || id.String() != text || id.Version() != 7 || id.Variant() != uuid.RFC4122 || seen[text] {
			t.Fatalf("%q: %v, version %d, variant %v, seen %t", text, err, id.Version(), id.Variant(), seen[text])
		}
		seen[text] = true
		seconds, _ := id.Time().UnixTime()
		if off := time.Since(time.Unix(seconds, 0)).Abs(); off > time.Minute {
			t.Fatalf("%q: %v away from now", text, off)
		}
	}
}

// TestStatusText: a status is its number, also one that no server sends.
func TestStatusText(t *testing.T) {
	for status, want := range map[int]string{0: "0", 200: "200", 599: "599", 600: "600", 1000: "1000", -1: "-1"} {
		if got := statusText(status); got != want {
			t.Errorf("%d: %q", status, got)
		}
	}
}
