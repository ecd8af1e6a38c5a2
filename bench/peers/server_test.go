package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestPrepare: a peer that answers an error, or does not keep what it is said to keep, is not
// measured.
func TestPrepare(t *testing.T) {
	answer := func(status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, _ = fmt.Fprint(w, body)
		}
	}
	for _, test := range []struct {
		name    string
		keeps   bool
		handler http.HandlerFunc
		fault   string
	}{
		{"constant", false, answer(200, "{}"), ""},
		{"refusing", false, answer(503, "busy"), "PATCH /c/call00000000000: 503 Service Unavailable: busy"},
		{"forgetful", true, answer(200, `{"duration":"`+duration(0)+`"}`), "after a PATCH of the duration -PT1M11.0810357S it answers"},
		{"stuck", true, answer(200, `{"duration":"`+duration(1)+`"}`), "after a PATCH of the duration -PT1M12.0810357S it answers"},
	} {
		t.Run(test.name, func(t *testing.T) {
			listener := httptest.NewServer(test.handler)
			defer listener.Close()
			s := &server{peer: peer{collection: "/c", keeps: test.keeps}, address: strings.TrimPrefix(listener.URL, "http://")}
			err := s.prepare(&bench{})
			if test.fault == "" && err != nil || test.fault != "" && (err == nil || !strings.Contains(err.Error(), test.fault)) {
				t.Errorf("%v; want %q", err, test.fault)
			}
		})
	}
}

// TestRecord: the recording has the bytes and headers of the response, but not its date.
func TestRecord(t *testing.T) {
	listener := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `W/"1"`)
		_, _ = fmt.Fprint(w, `{"duration":null}`)
	}))
	defer listener.Close()
	s := &server{address: strings.TrimPrefix(listener.URL, "http://")}
	file, err := s.record(&bench{folder: t.TempDir()}, "kind", request{"GET", "/", ""})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"Status":200,"Header":{"Content-Length":["17"],"Content-Type":["text/plain; charset=utf-8"],"Etag":["W/\"1\""]},"Body":"eyJkdXJhdGlvbiI6bnVsbH0="}`
	if got := read(t, file); got != want {
		t.Errorf("%s; want %s", got, want)
	}
}
