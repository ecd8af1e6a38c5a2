package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"testing"

	"afterhours/contract/program"
)

func TestMain(m *testing.M) { os.Exit(program.Main(m)) }

// TestStartServers: clients count up at three servers, whose memory stores are not shared.
func TestStartServers(t *testing.T) {
	servers, err := startServers(program.Path(t), t.TempDir(), "memory")
	for _, s := range servers {
		defer func() { _ = s.End(os.Kill) }()
	}
	if err != nil || len(servers) != 3 {
		t.Fatalf("%d servers: %v", len(servers), err)
	}
	for _, s := range servers {
		c := &counter{server: s, id: "call_00", tags: map[string]bool{}, unknown: map[string]bool{}}
		if err := c.create(); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if err := c.increment(); err != nil {
				t.Error(err)
			}
		}
		if c.kept != 3 || s.tally != (tally{acknowledged: 3}) {
			t.Errorf("the counter is at %d after %+v", c.kept, s.tally)
		}
	}
}

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
