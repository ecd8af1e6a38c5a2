package main

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

// TestTextIsHTTP: net/http reads from the text what was to be sent.
func TestTextIsHTTP(t *testing.T) {
	for _, r := range []request{patches(graphPath)[70], lists("$top=50")(graphPath)[0], batches(graphPath)[0]} {
		got, err := http.ReadRequest(bufio.NewReader(strings.NewReader(r.text("127.0.0.1:80", "secret"))))
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(got.Body)
		if got.Method != r.method || got.RequestURI != r.path || string(body) != r.body || got.Header.Get("Authorization") != "Bearer secret" || err != nil {
			t.Errorf("%+v is read as %s %s %v %s, %v", r, got.Method, got.RequestURI, got.Header, body, err)
		}
	}
}

// TestEachPatchIsAChange: a statistic never gets the same body twice in a row, also when the
// requests begin again.
func TestEachPatchIsAChange(t *testing.T) {
	last := map[string]string{}
	all := patches("/c")
	for _, r := range append(all, all...) {
		if !json.Valid([]byte(r.body)) || last[r.path] == r.body {
			t.Fatalf("%s gets %s after %s", r.path, r.body, last[r.path])
		}
		last[r.path] = r.body
	}
	if len(last) != stored {
		t.Errorf("%d statistics get PATCHes; want %d", len(last), stored)
	}
}

func TestBatch(t *testing.T) {
	r := batches(graphPath)[0]
	var got struct {
		Requests []struct{ ID, Method, URL string }
	}
	if err := json.Unmarshal([]byte(r.body), &got); err != nil {
		t.Fatal(err)
	}
	if last := got.Requests[len(got.Requests)-1]; r.path != "/v1.0/$batch" || len(got.Requests) != batchSize ||
		last.ID != "20" || last.URL != "/me/analytics/activityStatistics/call00000000019" {
		t.Errorf("POST %s: %d requests, the last is %+v", r.path, len(got.Requests), last)
	}
}
