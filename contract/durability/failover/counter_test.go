package main

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"afterhours/contract/program"
)

// TestCounter: a counter accepts a write of unknown outcome that a later read shows, and
// refuses a count that it never wrote and an entity tag that came before.
func TestCounter(t *testing.T) {
	shown := `{"duration":"PT1S","timeZoneUsed":"write 1"}`
	tag := `W/"2"`
	fake := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("ETag", tag)
		_, _ = w.Write([]byte(shown))
	}))
	defer fake.Close()
	s := &server{Server: &program.Server{URL: fake.URL}, client: fake.Client()}
	c := &counter{server: s, id: "call_00", tag: `W/"1"`, tags: map[string]bool{`W/"1"`: true}, unknown: map[string]bool{"write 1": true}}
	if err := c.find(s); err != nil || c.kept != 1 || c.tag != tag || s.tally != (tally{found: 1}) {
		t.Errorf("a write that is found: %+v, %v", c, err)
	}
	shown = `{"duration":"PT3S","timeZoneUsed":"write 3"}`
	if err := c.find(s); err == nil {
		t.Error("a count that was never written is accepted")
	}
	shown, tag = `{"duration":"PT2S","timeZoneUsed":"write 2"}`, `W/"1"`
	c.unknown["write 2"] = true
	if err := c.find(s); err == nil {
		t.Error("an entity tag that came before is accepted")
	}
}
