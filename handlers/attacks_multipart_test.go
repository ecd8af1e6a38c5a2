package handlers_test

import (
	"net/http"
	"strings"
	"testing"
)

// multipartAttacks returns attacks by multipart batches that must be refused as a whole. Each would delete the documented
// object if its first part ran.
func multipartAttacks(token string) []attack {
	remove := part("b", "", "DELETE "+mine+"/"+seedID, "")
	typed := func(contentType, name, body string, status int, code, target, words string) attack {
		return attack{"multipart: " + name, message(token, "POST /beta/$batch HTTP/1.1", body, "Content-Type: "+contentType), status, code, target, words, ""}
	}
	batch := func(name, parts, target, words string) attack {
		return typed("multipart/mixed; boundary=b", name, remove+parts+"--b--\r\n", http.StatusBadRequest, "BadRequest", target, words)
	}
	request := func(name, text, target, words string) attack {
		return batch(name, "--b\r\nContent-Type: application/http\r\n\r\n"+text+"\r\n", "requests/1"+target, words)
	}
	outside := func(name, header, target, words string) attack {
		return batch(name, "--b\r\n"+header+"\r\n\r\n"+"GET me/analytics HTTP/1.1\r\n\r\n\r\n", target, words)
	}
	nested := remove
	for range 1000 {
		nested = "--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + nested
	}
	const http11 = "GET me/analytics HTTP/1.1\r\n"
	return []attack{
		typed("multipart/mixed", "no boundary", remove+"--b--", 400, "BadRequest", "Content-Type", "has no boundary"),
		typed("multipart/mixed; boundary=", "an empty boundary", remove+"--b--", 415, "UnsupportedMediaType", "Content-Type", "multipart/mixed"),
		typed("multipart/mixed; boundary="+strings.Repeat("b", 1000), "a boundary of 1,000 letters", remove+"--b--", 400, "BadRequest", "Content-Type", "1 to 70"),
		typed("multipart/mixed; boundary=b; charset=utf-7", "another encoding", remove+"--b--", 415, "UnsupportedMediaType", "Content-Type", "multipart/mixed"),
		typed("multipart/form-data; boundary=b", "a form", remove+"--b--", 415, "UnsupportedMediaType", "Content-Type", "multipart/mixed"),
		typed("multipart/mixed; boundary=c", "another boundary", remove+"--b--", 400, "BadRequest", "requests/0", "begins with a line --c"),
		typed("multipart/mixed; boundary=b", "no end", remove, 400, "BadRequest", "requests/0", "ends the last"),
		typed("multipart/mixed; boundary=b", "nothing", "--b--", 400, "BadRequest", "requests", "has no request"),
		typed("multipart/mixed; boundary=b", "4 MiB and more", remove+strings.Repeat("a", 4<<20)+"\r\n--b--", 413, "RequestEntityTooLarge", "", "larger than 4194304"),
		typed("application/json", "JSON that is multipart", remove+"--b--", 400, "BadRequest", "", "Unable to read JSON"),
		typed("multipart/mixed; boundary=b", "JSON in multipart", `{"requests":[]}`, 400, "BadRequest", "requests/0", "cannot be read"),
		batch("10,000 parts", strings.Repeat(remove, 10_000), "requests", "more than 20"),
		batch("10,000 parts of no type", strings.Repeat("--b\r\n\r\n\r\n", 10_000), "requests/1/Content-Type", "application/http"),
		batch("1,000 change sets", strings.Repeat(changeSet(), 1000), "requests/1", "has no request"),
		batch("21 requests in change sets", strings.Repeat(changeSet(part("c", "", "DELETE "+mine+"/x", "")), 20), "requests", "more than 20"),
		batch("1,000 parts within parts", nested, "requests/1", ""),
		batch("a change set in a change set", changeSet("--c\r\nContent-Type: multipart/mixed; boundary=d\r\n\r\n--d--\r\n"), "requests/1/Content-Type", "must not be in a change set"),
		batch("a GET in a change set", changeSet(part("c", "", "GET "+mine, "")), "requests/1/method", "must not have a GET"),
		batch("an id twice", part("b", "1", "GET me", "")+part("b", "1", "GET me", ""), "requests/2/Content-ID", "has the id"),
		outside("base64", "Content-Type: application/http\r\nContent-Transfer-Encoding: base64", "requests/1/Content-Transfer-Encoding", "must be binary"),
		outside("a Content-ID with a space", "Content-Type: application/http\r\nContent-ID: a X: y", "requests/1/Content-ID", "letters, digits"),
		outside("a Content-ID with CR", "Content-Type: application/http\r\nContent-ID: a\rX: y", "requests/1", ""),
		outside("a Content-ID of 1 MB", "Content-Type: application/http\r\nContent-ID: "+strings.Repeat("a", 1_000_000), "requests/1/Content-ID", "1 to 128"),
		outside("300,000 headers of a part", "Content-Type: application/http"+members("\r\nX-%d: y", 300_000), "requests/1", ""),
		outside("9,000 headers of a part", "Content-Type: application/http"+members("\r\nX-%d: y", 9_000), "requests/1", "at most 100"),
		request("300,000 headers", http11+members("X-%d: y\r\n", 300_000)+"\r\n", "/headers", "at most 100 headers"),
		request("a header of 4 MB", http11+"X: "+strings.Repeat("y", 4_000_000)+"\r\n\r\n", "/headers", "98304 bytes"),
		request("a URL of 4 MB", "GET /"+strings.Repeat("a", 4_000_000)+" HTTP/1.1\r\n\r\n", "/headers", "98304 bytes"),
		request("a line that is no header", http11+"DELETE me HTTP/1.1\r\n\r\n", "/headers", "no header"),
		request("a method of 4 MB", strings.Repeat("A", 4_000_000), "/headers", "98304 bytes"),
		request("no method", " /me HTTP/1.1\r\n\r\n", "/method", "must begin with a line"),
		request("HTTP/2", "GET me HTTP/2\r\n\r\n", "", "must be HTTP/1.1"),
		request("a longer Content-Length", "PATCH me HTTP/1.1\r\nContent-Length: 300\r\n\r\n{}", "/headers", "has 2 bytes"),
		request("a shorter Content-Length", "PATCH me HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}\r\n\r\nDELETE me HTTP/1.1\r\n\r\n", "/headers", "leave it out"),
		request("two Content-Lengths", "PATCH me HTTP/1.1\r\nContent-Length: 2\r\nContent-Length: 0\r\n\r\n{}", "/headers", "leave it out"),
		request("chunks", "PATCH me HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", "/headers", "Transfer-Encoding"),
	}
}

// TestAttacksInAMultipartBatch checks that a request within a multipart batch is refused as it would be alone, and that nothing
// changes.
func TestAttacksInAMultipartBatch(t *testing.T) {
	c := newTestClient(t)
	before := c.send("GET", collection, "").text
	for name, test := range map[string]struct {
		line, header string
		status, part string
	}{
		"a batch":                     {"POST $batch HTTP/1.1", "", "400", "must not contain a batch"},
		"a batch, escaped":            {"POST /beta/%24batch HTTP/1.1", "", "400", "must not contain a batch"},
		"another host":                {"GET http://169.254.169.254/latest/meta-data HTTP/1.1", "", "400", "must be for its own host"},
		"another host by its header":  {"GET /beta/me/analytics HTTP/1.1", "Host: 169.254.169.254", "400", "must be for its own host"},
		"another host by two slashes": {"GET //169.254.169.254/latest HTTP/1.1", "", "404", "ResourceNotFound"},
		"beyond the API":              {"GET ../openapi.yaml HTTP/1.1", "", "404", "ResourceNotFound"},
		"the probe":                   {"GET http://afterhours.test/livez HTTP/1.1", "", "400", "must be for its own host"},
		"CR in the URL":               {"GET me/analytics\rX: y HTTP/1.1", "", "400", "is not a valid url"},
		"a fragment":                  {"GET me/analytics#x HTTP/1.1", "", "400", "has a fragment"},
		"TRACE":                       {"TRACE me/analytics HTTP/1.1", "", "405", "Request_BadRequest"},
		"a header with a space":       {"DELETE " + mine + "/" + seedID + " HTTP/1.1", "If-Match : x", "400", "not one that HTTP permits"},
		"a token of its own":          {"GET me/analytics HTTP/1.1", "Authorization: Bearer x", "400", "Authorization"},
		"an unknown reference":        {"DELETE $2 HTTP/1.1", "", "400", "refers to no earlier request"},
		"itself as a reference":       {"DELETE $1 HTTP/1.1", "", "400", "refers to no earlier request"},
		"an inner id as a reference":  {"DELETE " + mine + "/" + seedID + " HTTP/1.1", "If-Match: $#1", "400", "refers to no earlier request"},
		"another user":                {"DELETE users/" + lee + "/analytics/activityStatistics/x HTTP/1.1", "", "403", "Authorization_RequestDenied"},
	} {
		t.Run(name, func(t *testing.T) {
			text := "--b\r\nContent-Type: application/http\r\nContent-ID: 1\r\n\r\n" + test.line + "\r\n" + strings.TrimLeft(test.header+"\r\n", "\r\n") + "\r\n\r\n"
			c.sendParts([]string{text}).wantParts(t, test.status, test.part)
			if after := c.send("GET", collection, "").text; after != before {
				t.Errorf("something changed: %s", after)
			}
		})
	}
}
