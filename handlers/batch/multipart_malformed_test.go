package batch_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"afterhours/handlers/batch"
)

// TestMultipartMalformed checks the target of each batch that is refused before any of its requests runs.
func TestMultipartMalformed(t *testing.T) {
	get := part("b", "", "GET echo HTTP/1.1\n\n")
	set := func(parts ...string) string { return changeSet("c", parts...) }
	post := part("c", "", "POST notes/a HTTP/1.1\n\n{}")
	request := func(text string) string { return get + part("b", "", text) }
	for _, row := range []struct{ body, target, message string }{
		{"", "requests", "no request"},
		{"no part at all\n", "requests", "no request"},
		{get + "--b\nContent-Type: text/plain\n\nhello\n", "requests/1/Content-Type", `is "text/plain"; it must be application/http`},
		{get + "--b\n\nGET echo HTTP/1.1\n\n\n", "requests/1/Content-Type", `is ""`},
		{get + "--b\nContent-Type: multipart/mixed\n\n--c--\n", "requests/1/Content-Type", "no boundary"},
		{get + "--b\nContent-Type: multipart/mixed; boundary=" + strings.Repeat("c", 71) + "\n\n", "requests/1/Content-Type", "no boundary of 1 to 70"},
		{get + part("b", "Content-Transfer-Encoding: base64\n", "R0VU"), "requests/1/Content-Transfer-Encoding", "must be binary"},
		{get + "--b\nContent-Type: application/http\nno header\n\nGET echo HTTP/1.1\n\n", "requests/1", "--b--"},
		{get + "--b\n" + strings.Repeat("X: y\n", 20_000) + "\n", "requests/1", "--b--"},
		{get + set(), "requests/1", "no request"},
		{set(post, "--c\nContent-Type: multipart/mixed; boundary=d\n\n--d--\n"), "requests/1/Content-Type", "must not be in a change set"},
		{set(post, part("c", "", "GET echo HTTP/1.1\n\n")), "requests/1/method", "must not have a GET"},
		{set(post, part("c", "", "head echo HTTP/1.1\n\n")), "requests/1/method", "must not have a HEAD"},
		{set(post, post) + get, "", ""},
		{strings.Repeat(get, 21), "requests", "more than 20"},
		{strings.Repeat(get, 20) + set(post), "requests", "more than 20"},
		{strings.Repeat(get, 19) + set(post, post), "requests", "more than 20"},
		{strings.Repeat(get, 10_000), "requests", "more than 20"},
		{request("echo"), "requests/1/url", "has no URL"},
		{request("GET  HTTP/1.1\n\n"), "requests/1/url", "has no URL"},
		{request("{\"requests\":[]}"), "requests/1/method", "must begin with a line"},
		{request(strings.Repeat("A", 17) + " echo HTTP/1.1\n\n"), "requests/1/method", "must begin with a line"},
		{request("GET echo HTTP/2.0\n\n"), "requests/1", `"HTTP/2.0"`},
		{request("GET /" + strings.Repeat("a", 64<<10) + " HTTP/1.1\n\n"), "requests/1/url", "must have at most 65536"},
		{request("GET echo HTTP/1.1\n" + strings.Repeat("X: y\n", 101) + "\n"), "requests/1/headers", "at most 100 headers"},
		{request("GET echo HTTP/1.1\nX: " + strings.Repeat("y", 1<<20) + "\n\n"), "requests/1/headers", "98304 bytes"},
		{request("GET echo HTTP/1.1\nno header\n\n"), "requests/1/headers", "no header"},
		{request("GET echo HTTP/1.1\n X: y\n\n"), "requests/1/headers", "no header"},
		{request("POST echo HTTP/1.1\nContent-Length: 3\n\n{}"), "requests/1/headers", `is "3", but the body has 2 bytes`},
		{request("POST echo HTTP/1.1\nContent-Length: 1\n\n{}"), "requests/1/headers", `is "1"`},
		{request("POST echo HTTP/1.1\nContent-Length: 2\nContent-Length: 1\n\n{}"), "requests/1/headers", `is "1"`},
		{request("POST echo HTTP/1.1\nContent-Length: -1\n\n{}"), "requests/1/headers", `is "-1"`},
		{request("POST echo HTTP/1.1\nContent-Length: 99999999999999999999\n\n{}"), "requests/1/headers", "Content-Length"},
		{request("POST echo HTTP/1.1\nTransfer-Encoding: chunked\n\n2\n{}\n0\n\n"), "requests/1/headers", "Transfer-Encoding"},
		{get + part("b", "Content-ID: a b\n", "GET echo HTTP/1.1\n\n"), "requests/1/Content-ID", `is "a b"`},
		{get + part("b", "Content-ID: "+strings.Repeat("a", 129)+"\n", "GET echo HTTP/1.1\n\n"), "requests/1/Content-ID", "1 to 128"},
		{get + part("b", "Content-ID: 1\nContent-ID: 2\n", "GET echo HTTP/1.1\n\n"), "requests/1/Content-ID", "2 values"},
		{get + part("b", "Content-ID: 1\n", "GET echo HTTP/1.1\nContent-ID: 2\n\n"), "requests/1/Content-ID", "2 values"},
		{part("b", "Content-ID: a\n", "GET echo HTTP/1.1\n\n") + part("b", "Content-ID: A\n", "GET echo HTTP/1.1\n\n"), "requests/1/Content-ID", "already"},
	} {
		w := newNotesAPI()
		w.runner.Next = http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
			if row.message != "" {
				t.Errorf("%.300q: a request runs", row.body)
			}
		})
		wantMalformed(t, &w.runner, lines(row.body), row.target, row.message)
	}
	whole := string(lines(get, set(post), get))
	for end := range len(whole) - len("--\r\n") { // every beginning of a batch is refused
		wantMalformed(t, &newNotesAPI().runner, []byte(whole[:end]), "*", "")
	}
}

// wantMalformed fails the test unless the batch is refused at the target with a message that has the part. If both are
// "", it must be accepted, and any target is right if it is "*".
func wantMalformed(t *testing.T, runner *batch.Runner, body []byte, target, part string) {
	t.Helper()
	_, err := runner.Run(multipartOuter(t), body, batch.Options{Multipart: true})
	var malformed *batch.Malformed
	if isRefused := errors.As(err, &malformed); isRefused != (target != "") {
		t.Errorf("%.300q: %v", body, err)
	} else if isRefused && (target != "*" && malformed.Faults[0].Target != target || !strings.Contains(malformed.Faults[0].Message, part)) {
		t.Errorf("%.300q: %+.300v, want %s at %s", body, malformed.Faults, part, target)
	}
}

// TestMultipartBoundary checks the outer Content-Type.
func TestMultipartBoundary(t *testing.T) {
	body := lines(part("b", "", "GET echo HTTP/1.1\n\n"))
	for contentType, isRight := range map[string]bool{
		`multipart/mixed; boundary="b"`: true, "MULTIPART/MIXED;Boundary=b;charset=utf-8": true, "multipart/mixed": false,
		"multipart/mixed; boundary=" + strings.Repeat("b", 71): false, "multipart/mixed; boundary=c": false,
	} {
		r := multipartOuter(t)
		r.Header.Set("Content-Type", contentType)
		_, err := newNotesAPI().runner.Run(r, body, batch.Options{Multipart: true})
		if isRight != (err == nil) || err != nil && !errors.As(err, new(*batch.Malformed)) {
			t.Errorf("%s: %v", contentType, err)
		}
	}
}

// TestMultipartIDs checks the ids that a response in the other format cannot have.
func TestMultipartIDs(t *testing.T) {
	_, err := newNotesAPI().runner.Run(multipartOuter(t), lines(part("b", "", "GET echo HTTP/1.1\n\n")), batch.Options{})
	var malformed *batch.Malformed
	if !errors.As(err, &malformed) || malformed.Faults[0].Target != "requests/0/Content-ID" {
		t.Errorf("%v", err)
	}
	_, err = newNotesAPI().runner.Run(outer(t), []byte(`{"requests":[{"id":"a\r\nX: y","method":"GET","url":"echo"}]}`), batch.Options{Multipart: true})
	if !errors.As(err, &malformed) || malformed.Faults[0].Target != "requests/0/id" {
		t.Errorf("%v", err)
	}
}
