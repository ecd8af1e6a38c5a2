package handlers_test

import (
	"net/http"
	"strings"
	"testing"

	"afterhours/store/memory"
)

// framingAttacks returns attacks by the end of a message and by its method, host and headers.
func framingAttacks(token string) []attack {
	const body = `{"@odata.type":"#microsoft.graph.callActivityStatistics","id":"smuggled"}`
	const inner = "GET /beta/me/analytics HTTP/1.1\r\nHost: afterhours.test\r\n\r\n"
	const bad, broken = http.StatusBadRequest, "does not arrive whole"
	chunked := func(text string, headers ...string) string {
		return message(token, "POST "+collection+" HTTP/1.1", "", append(headers, "Transfer-Encoding: chunked", "Content-Type: application/json")...) + text
	}
	method := func(name, path string) attack {
		return attack{"method " + name + " " + path, message(token, name+" "+path+" HTTP/1.1", ""), http.StatusMethodNotAllowed, "Request_BadRequest", "", "Allowed here: ", ""}
	}
	return []attack{
		{"chunk of a negative size", chunked("-1\r\n" + body), bad, "BadRequest", "", broken, ""},
		{"chunk of too large a size", chunked("fffffffffffffffff\r\n" + body), bad, "BadRequest", "", broken, ""},
		{"chunk of a hexadecimal size", chunked("0x49\r\n" + body + "\r\n0\r\n\r\n"), bad, "BadRequest", "", broken, ""},
		{"chunk with a bare line feed", chunked("49\n" + body + "\n0\n\n"), bad, "BadRequest", "", broken, ""},
		{"chunk longer than it says", chunked("9\r\n" + body + "\r\n0\r\n\r\n"), bad, "BadRequest", "", broken, ""},
		{"chunks without end", chunked(strings.Repeat("10000\r\n"+strings.Repeat(" ", 1<<16)+"\r\n", 20)), http.StatusRequestEntityTooLarge, "RequestEntityTooLarge", "", "larger than 1048576 bytes", ""},
		{"chunk extensions without end", chunked(strings.Repeat("1;"+strings.Repeat("a", 4000)+"\r\n \r\n", 200)), bad, "BadRequest", "", broken, ""},
		{"a request in a body that nobody reads", message("none", "POST "+collection+" HTTP/1.1", inner), http.StatusUnauthorized, "InvalidAuthenticationToken", "Authorization", "", ""},
		{"a request in the body of a GET", message(token, "GET /beta/none HTTP/1.1", inner), http.StatusNotFound, "ResourceNotFound", "", "Resource not found for the path", ""},
		{"a request in the body of a DELETE", message(token, "DELETE "+collection+"/none HTTP/1.1", inner), http.StatusNotFound, "ResourceNotFound", "", "There is no statistic 'none'", ""},
		{"both lengths, the chunks empty", message(token, "POST "+collection+" HTTP/1.1", "", "Content-Length: 5", "Transfer-Encoding: chunked", "Content-Type: application/json") + "0\r\n\r\n", bad, "BadRequest", "", "the body is empty", ""},
		{"both lengths, folded", message(token, "POST "+collection+" HTTP/1.1", "", "Content-Length: 5", "Transfer-Encoding:\r\n chunked", "Content-Type: application/json") + "0\r\n\r\n", bad, "BadRequest", "", "the body is empty", ""},

		method("TRACE", seedItem), method("PROPFIND", seedItem), method("patch", seedItem), method("PATCHX", seedItem),
		method("CONNECT", seedItem), method("PRI", seedItem), method("M-SEARCH", collection), method("HEAD1", "/beta/$batch"),
		{"CONNECT to a host", message(token, "CONNECT example.com:443 HTTP/1.1", ""), http.StatusMethodNotAllowed, "Request_BadRequest", "", "Specified HTTP method is not allowed", ""},
		{"HTTP/2 without an agreement", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", http.StatusNotFound, "ResourceNotFound", "", "Resource not found for the path", ""},
		{"overridden method", message(token, "POST "+seedItem+" HTTP/1.1", "{}", "X-HTTP-Method-Override: DELETE", "X-Method-Override: DELETE", "X-HTTP-Method: DELETE"), http.StatusMethodNotAllowed, "Request_BadRequest", "", "Allowed here: DELETE, GET, HEAD, PATCH", ""},
		{"overridden path", message(token, "GET /beta/none HTTP/1.1", "", "X-Original-URL: "+seedItem, "X-Rewrite-URL: "+seedItem), http.StatusNotFound, "ResourceNotFound", "", "Resource not found for the path", ""},
		{"Authorization twice", message(token, "DELETE "+seedItem+" HTTP/1.1", "", "Authorization: Bearer "+token, "Authorization: Bearer x"), http.StatusUnauthorized, "InvalidAuthenticationToken", "Authorization", "several Authorization headers", ""},

		{"Host that ends a header", message(token, "GET "+collection+" HTTP/1.1", "", "Host: a%0d%0aX-Injected:%20yes"), bad, "BadRequest", "Host", "'Host' is 'a%0d%0aX-Injected:%20yes'", ""},
		{"Host of other characters", message(token, "GET "+collection+" HTTP/1.1", "", "Host: a';(b)"), bad, "BadRequest", "Host", "must be a name or an address", ""},
		{"Host that is two", message(token, "POST "+collection+" HTTP/1.1", body, "Host: a,b"), bad, "BadRequest", "Host", "must be a name or an address", ""},
		{"Host with a port out of range", message(token, "GET "+collection+" HTTP/1.1", "", "Host: a:999999"), bad, "BadRequest", "Host", "must be a name or an address", ""},
		{"Host of an unauthenticated page", message("none", "GET /.well-known/openid-configuration HTTP/1.1", "", "Host: a';(b)"), bad, "BadRequest", "Host", "must be a name or an address", ""},
		{"markup in a URL's host", message(token, `GET http://"><script>`+collection+" HTTP/1.1", ""), bad, "BadRequest", "Host", `'Host' is '"><script>'`, collection},
	}
}

// TestMalformedHTTPIsRefused checks that net/http refuses malformed HTTP in its own words and closes
// the connection, before any handler runs. The statuses are those of RFC 9110 and 9112.
func TestMalformedHTTPIsRefused(t *testing.T) {
	ts := newTestServer(t, memory.New())
	tag := ts.createSeed()
	mine := ts.userToken(megan, "Analytics.ReadWrite")
	remove := func(headers ...string) string {
		return message(mine, "DELETE "+seedItem+" HTTP/1.1", "", headers...)
	}
	post := func(headers ...string) string {
		return message(mine, "DELETE "+seedItem+" HTTP/1.1", "", append(headers, "Content-Type: application/json")...) + "0\r\n\r\n"
	}
	for name, test := range map[string]struct {
		bytes  string
		status int
	}{
		"two lengths that differ":         {post("Content-Length: 5", "Content-Length: 4"), 400},
		"a list of lengths":               {post("Content-Length: 5, 5"), 400},
		"a length with a sign":            {post("Content-Length: +5"), 400},
		"a negative length":               {post("Content-Length: -1"), 400},
		"a length out of range":           {post("Content-Length: 99999999999999999999"), 400},
		"a transfer coding with another":  {post("Transfer-Encoding: gzip, chunked"), 501},
		"a transfer coding twice":         {post("Transfer-Encoding: chunked", "Transfer-Encoding: identity"), 501},
		"an unknown transfer coding":      {post("Transfer-Encoding: xchunked"), 501},
		"a space before a colon":          {post("Transfer-Encoding : chunked"), 400},
		"a bare carriage return":          {remove("X-A: a\rX-B: b"), 400},
		"a null in a header":              {remove("X-A: a\x00b"), 400},
		"a control character in a header": {remove("client-request-id: a\x1b[31m"), 400},
		"a colon missing":                 {remove("X-A"), 400},
		"no Host":                         {remove("-Host"), 400},
		"two Hosts":                       {remove("Host: a", "Host: b"), 400},
		"a Host with a space":             {remove("Host: a b"), 400},
		"a Host with a path":              {remove("Host: a/b"), 400},
		"a Host with a name":              {remove("Host: a@b"), 400},
		"a Host with a quotation mark":    {remove(`Host: a"b`), 400},
		"HTTP/0.9":                        {"DELETE " + seedItem + "\r\n\r\n", 400},
		"HTTP/3.0":                        {message(mine, "DELETE "+seedItem+" HTTP/3.0", ""), 505},
		"a method with a space":           {message(mine, "DEL ETE "+seedItem+" HTTP/1.1", ""), 400},
		"a method with a control":         {message(mine, "DEL\x01ETE "+seedItem+" HTTP/1.1", ""), 400},
		"no method":                       {message(mine, " "+seedItem+" HTTP/1.1", ""), 400},
		"a target without a slash":        {message(mine, "DELETE beta/me HTTP/1.1", ""), 400},
		"a target with a space":           {message(mine, "DELETE "+collection+"/a b HTTP/1.1", ""), 400},
		"a target with a control":         {message(mine, "DELETE "+collection+"/a\x01b HTTP/1.1", ""), 400},
		"a target of broken escapes":      {message(mine, "DELETE "+collection+"/%zz HTTP/1.1", ""), 400},
	} {
		t.Run(name, func(t *testing.T) {
			in := *ts
			in.t = t
			got := in.sendAttack(attack{name: name, bytes: test.bytes})
			if got.status != test.status || got.header.Get("request-id") != "" || got.header.Get("Connection") != "close" {
				t.Errorf("%d %v %s; want %d of net/http's own", got.status, got.header, got.text, test.status)
			}
			if after := ts.do(call{method: "GET", path: seedItem, token: mine}); after.header.Get("ETag") != tag {
				t.Errorf("the statistic is changed: %d %s", after.status, after.text)
			}
		})
	}
}

// TestConnectionClosesAfterChunkedRequest checks that the connection closes after a chunked request.
// One that also has a Content-Length may be request smuggling (RFC 9112, 6.1), and net/http hides
// which one has both.
func TestConnectionClosesAfterChunkedRequest(t *testing.T) {
	ts := newTestServer(t, memory.New())
	mine := ts.userToken(megan, "Analytics.ReadWrite")
	const body = `{"@odata.type":"#microsoft.graph.callActivityStatistics"}`
	for _, length := range []string{"X-None: 0", "Content-Length: 4"} {
		bytes := message(mine, "POST "+collection+" HTTP/1.1", "", length, "Transfer-Encoding: chunked", "Content-Type: application/json") +
			"39\r\n" + body + "\r\n0\r\n\r\n" + message(mine, "GET "+collection+" HTTP/1.1", "")
		got := ts.sendAttack(attack{name: length, bytes: bytes})
		got.want(t, 201)
		if got.header.Get("Connection") != "close" {
			t.Errorf("%s: %v", length, got.header)
		}
	}
}
