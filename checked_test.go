package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// unchecked are the test files that may see answers which nothing holds against the
// contract, and why.
var unchecked = map[string]string{
	"handlers/bench_test.go":            "what is measured must be the server's own work",
	"handlers/isolation_timing_test.go": "what is measured must be the server's own work",
	"slow_test.go":                      "what is cut off has no whole answer",
}

// TestEveryAnswerIsChecked: what the tests of the server and of the program see comes
// through contract/checked, which holds it against the contract, or is given to it by a
// test that reads the bytes of an answer.
func TestEveryAnswerIsChecked(t *testing.T) {
	other := regexp.MustCompile(`http\.(DefaultClient|Client\{|Get\(|Head\(|Post\(|PostForm\()|httptest\.NewRecorder`)
	for _, pattern := range []string{"*_test.go", "handlers/*_test.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v %v", pattern, files, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			found := other.Find(text)
			if bytes.Contains(text, []byte("http.ReadResponse")) && !bytes.Contains(text, []byte("checked.Answer")) {
				found = []byte("http.ReadResponse without checked.Answer")
			}
			switch reason := unchecked[filepath.ToSlash(file)]; {
			case found != nil && reason == "":
				t.Errorf("%s has %s; use contract/checked, or say why not", file, found)
			case found == nil && reason != "":
				t.Errorf("%s is no exception any more", file)
			}
		}
	}
}
