package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// unchecked lists the test files that may see responses without checking them against the
// contract, and why.
var unchecked = map[string]string{
	"handlers/bench_test.go":                       "a check would be part of the measured time",
	"handlers/compress_bench_test.go":              "a check would be part of the measured time",
	"handlers/isolation_timing_test.go":            "a check would be part of the measured time",
	"handlers/bytes_test.go":                       "it counts the bytes of responses that other tests check",
	"contract/durability/slow_clients_test.go":     "a response that is cut off is not complete",
	"handlers/sign_in_client_test.go":              "OAuth 2.0 says what sign-in responds, and no contract of ours",
	"handlers/limits_test.go":                      "a client that does not read has no response",
	"command/admin_test.go":                        "the responses of the admin listener are of no contract",
	"contract/durability/goroutines_linux_test.go": "the responses of the admin listener are of no contract",
	"command/headers_test.go":                      "net/http writes the response, not the server",
}

// TestEveryAnswerIsChecked: tests of the server and of the program send requests only
// through contract/checked, which checks each response against the contract. A test that
// reads a response as bytes gives it to checked.Answer.
func TestEveryAnswerIsChecked(t *testing.T) {
	other := regexp.MustCompile(`http\.(DefaultClient|Client\{|Get\(|Head\(|Post\(|PostForm\()|httptest\.NewRecorder`)
	for _, pattern := range []string{"*_test.go", "command/*_test.go", "contract/durability/*_test.go", "handlers/*_test.go"} {
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
