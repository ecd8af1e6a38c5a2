package handlers

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"afterhours/handlers/spec"
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
		text := newRequestID(time.Now())
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

// FuzzUsualHost checks that a usual Host has the form of all.
func FuzzUsualHost(f *testing.F) {
	for _, host := range []string{"", ":", "localhost", "127.0.0.1:8080", "graph.example.com", "a_b-c.d:1", "[::1]:80", "a:", ":80", "a:123456", "a:8x",
		"a b", "é", "a:1:2", "a/b", strings.Repeat("a", 253), strings.Repeat("a", 254), "a\n", "a:1\n"} {
		f.Add(host)
	}
	f.Fuzz(func(t *testing.T, host string) {
		if isUsualHost(host) && !hostForm.MatchString(host) {
			t.Errorf("%q", host)
		}
	})
}

// TestUsualHosts: the hosts that clients send take the short way.
func TestUsualHosts(t *testing.T) {
	for _, host := range []string{"localhost", "127.0.0.1:8080", "graph.example.com", "a_b-c.d:65535", strings.Repeat("a", 253)} {
		if !isUsualHost(host) {
			t.Errorf("%q", host)
		}
	}
}

// TestAcceptAllocates: for a plain request the door makes no more than its id, its path, one struct, a copy of the HTTP
// request and the map of the response's headers.
func TestAcceptAllocates(t *testing.T) {
	text, err := os.ReadFile("../openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	contract, err := spec.Load(text)
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{spec: contract, diagnostic: []string{"x"}}
	r := httptest.NewRequest(http.MethodPatch, "/beta/me/analytics/activityStatistics/5f1c7d0a-6f3e-4d44-9f59-1a1c1f1d8e11", http.NoBody)
	r.Header.Set("Client-Request-Id", "0f8fad5b-d9cb-469f-a165-70867728950e")
	const most = 5
	if got := testing.AllocsPerRun(100, func() {
		accepted, req := s.accept(r, time.Now())
		header := http.Header{}
		s.setHeaders(header, req)
		if checkHost(accepted) != nil || statusText(200) != "200" || accepted.Context().Err() != nil {
			t.Error("the request is refused")
		}
		req.context.end()
	}); got > most {
		t.Errorf("%v allocations, want at most %d", got, most)
	}
}
