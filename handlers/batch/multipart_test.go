package batch_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"afterhours/handlers/batch"
)

// multipartOuter returns the request that brings a multipart batch with the boundary b.
func multipartOuter(t testing.TB) *http.Request {
	r := outer(t)
	r.Header.Set("Content-Type", "multipart/mixed; boundary=b")
	return r
}

// part returns a part of a multipart batch: further headers of the part, each with a line end, and a request.
func part(boundary, headers, request string) string {
	return "--" + boundary + "\nContent-Type: application/http\n" + headers + "\n" + request + "\n"
}

// changeSet returns a part that is a change set with the boundary.
func changeSet(boundary string, parts ...string) string {
	return "--b\nContent-Type: multipart/mixed; boundary=" + boundary + "\n\n" + strings.Join(parts, "") + "--" + boundary + "--\n"
}

// lines returns the text of a batch whose parts have LF for CRLF.
func lines(parts ...string) []byte {
	return []byte(strings.ReplaceAll(strings.Join(parts, "")+"--b--\n", "\n", "\r\n"))
}

// received is a response in a multipart response. If changeSet is not nil, it is that of a change set.
type received struct {
	contentID string
	status    int
	header    http.Header
	body      string
	changeSet []received
}

// String returns what most tests compare: Content-ID and status.
func (r received) String() string {
	if r.changeSet != nil {
		return fmt.Sprint(r.changeSet)
	}
	if r.contentID == "" {
		return fmt.Sprint(r.status)
	}
	return fmt.Sprintf("%s:%d", r.contentID, r.status)
}

// readResponses returns the responses in a text of the type.
func readResponses(t testing.TB, contentType string, text io.Reader) []received {
	t.Helper()
	media, parameters, err := mime.ParseMediaType(contentType)
	if err != nil || media != "multipart/mixed" {
		t.Fatalf("%q: %v", contentType, err)
	}
	all := []received{}
	for parts := multipart.NewReader(text, parameters["boundary"]); ; {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		if inner := part.Header.Get("Content-Type"); strings.HasPrefix(inner, "multipart/") {
			all = append(all, received{changeSet: readResponses(t, inner, part)})
			continue
		}
		if part.Header.Get("Content-Type") != "application/http" || part.Header.Get("Content-Transfer-Encoding") != "binary" {
			t.Errorf("a part with the headers %v", part.Header)
		}
		response, err := http.ReadResponse(bufio.NewReader(part), nil)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, received{part.Header.Get("Content-Id"), response.StatusCode, response.Header, string(body), nil})
	}
}

// sendMultipart runs a multipart batch and returns its responses.
func (n *notesAPI) sendMultipart(t testing.TB, options batch.Options, parts ...string) []received {
	t.Helper()
	options.Multipart = true
	response, err := n.runner.Run(multipartOuter(t), lines(parts...), options)
	if err != nil {
		t.Fatalf("%v: %s", err, lines(parts...))
	}
	return readResponses(t, response.ContentType, bytes.NewReader(response.Body))
}

// TestMultipartRequest checks the forms in which a part may have a request, by the request that the handler gets.
func TestMultipartRequest(t *testing.T) {
	for _, row := range []struct{ request, want string }{
		{"GET echo?x=1 HTTP/1.1\n\n", "GET /beta/echo?x=1 "},
		{"GET /beta/echo HTTP/1.1\n\n", "GET /beta/echo "},
		{"GET /v1.0/echo HTTP/1.1\nHost: api.example.com\n\n", "GET /v1.0/echo "},
		{"GET /echo HTTP/1.1\nHost: graph.example.com:443\n\n", "GET /beta/echo "},
		{"GET https://api.example.com/beta/echo HTTP/1.0\n\n", "GET /beta/echo "},
		{"GET echo", "GET /beta/echo "}, // as the examples of OData: no version, no empty line
		{"\n\nget echo?$filter=a eq 'b' HTTP/1.1\nX: y\n", "GET /beta/echo?$filter=a%20eq%20'b' "},
		{"DELETE echo HTTP/1.1\n\n\n\n", "DELETE /beta/echo "}, // an empty body
		{"POST echo HTTP/1.1\nContent-Type: text/plain\n\na\n\nb", "POST /beta/echo a\r\n\r\nb"},
		{"PATCH echo HTTP/1.1\nContent-Length: 2\n\n{}\n\n", "PATCH /beta/echo {}"},
		{"PATCH echo HTTP/1.1\nContent-Length: 2\nContent-Length: 2\n\n{}", "PATCH /beta/echo {}"},
		{"POST echo HTTP/1.1\nContent-Length: 0\n\n", "POST /beta/echo "},
	} {
		got := newNotesAPI().sendMultipart(t, batch.Options{}, part("b", "", row.request))
		seen := decodeEcho(t, got[0].body)
		if text := seen.Method + " " + seen.URI + " " + seen.Body; text != row.want || int(seen.Length) != len(seen.Body) {
			t.Errorf("%q: %q, length %d", row.request, text, seen.Length)
		}
	}
}

// TestMultipartHeaders checks which headers reach the handler: those of the part's request, and of the outer request
// those that tell the caller.
func TestMultipartHeaders(t *testing.T) {
	got := newNotesAPI().sendMultipart(t, batch.Options{}, part("b", "Content-ID: 1\nX-Part: no\n",
		"POST echo HTTP/1.1\nprefer: a\nPrefer: b\nX-Folded: a\n b\nContent-ID: 1\nConnection: close\n\n{}"))
	seen := decodeEcho(t, got[0].body)
	for name, want := range map[string]string{
		"Authorization": "Bearer outer", "Sdkversion": "graph-go/1", "Prefer": "a, b", "X-Folded": "a b",
		"X-Part": "", "Connection": "", "Content-Id": "", "Content-Type": "", "Content-Encoding": "",
	} {
		if value := seen.Header.Get(name); value != want {
			t.Errorf("%s is %q, want %q", name, value, want)
		}
	}
}

// TestMultipartOrder checks which requests run, in which order, and the form of the response. In continued, the
// preference continue-on-error is given.
func TestMultipartOrder(t *testing.T) {
	get := func(id, path string) string {
		if id != "" {
			id = "Content-ID: " + id + "\n"
		}
		return part("b", id, "GET "+path+" HTTP/1.1\n\n")
	}
	write := func(boundary, id, line string) string {
		return part(boundary, "Content-ID: "+id+"\n", line+" HTTP/1.1\n\n{}")
	}
	for _, row := range []struct {
		name               string
		parts              []string
		stopped, continued string
	}{
		{"all succeed", []string{get("", "plain/200"), get("2", "plain/204"), get("", "plain/304")}, "[200 2:204 304]", "[200 2:204 304]"},
		{"one fails", []string{get("", "plain/200"), get("2", "plain/404"), get("", "plain/200")}, "[200 2:404]", "[200 2:404 200]"},
		{"a change set", []string{get("", "plain/200"), changeSet("c", write("c", "1", "POST notes/a"), write("c", "2", "PATCH plain/204")), get("", "notes/a")},
			"[200 [1:201 2:204] 200]", "[200 [1:201 2:204] 200]"},
		{"a change set without ids", []string{changeSet("c", part("c", "", "POST notes/a HTTP/1.1\n\n{}"))}, "[[201]]", "[[201]]"},
		{"a change set fails", []string{changeSet("c", write("c", "1", "POST notes/a"), write("c", "2", "PATCH plain/409")), get("", "plain/200")},
			"[2:409]", "[2:409 200]"},
		{"a request of a change set is refused", []string{changeSet("c", write("c", "1", "PUT $batch"), write("c", "2", "PATCH plain/204"))}, "[1:400]", "[1:400]"},
		{"a reference in a change set", []string{changeSet("c", write("c", "1", "POST notes/a"), write("c", "2", "POST $1"))}, "[[1:201 2:201]]", "[[1:201 2:201]]"},
		{"a reference to another change set", []string{changeSet("c", write("c", "1.0", "POST notes/a")), get("", "$1.0")}, "[[1.0:201] 200]", "[[1.0:201] 200]"},
		{"a reference to a failed request", []string{get("1", "plain/404"), get("2", "$1")}, "[1:404]", "[1:404 2:424]"},
		{"a reference to a later request", []string{get("1", "$2"), get("2", "plain/200")}, "[1:400]", "[1:400 2:200]"},
		{"a reference to nothing", []string{get("1", "$9/x")}, "[1:400]", "[1:400]"},
		{"another host", []string{part("b", "", "GET /beta/echo HTTP/1.1\nHost: other.example\n\n")}, "[400]", "[400]"},
		{"an Authorization", []string{part("b", "", "GET echo HTTP/1.1\nAuthorization: Bearer x\n\n")}, "[400]", "[400]"},
		{"the Authorization of the batch, as OpenUI5 repeats it", []string{part("b", "", "GET echo HTTP/1.1\nAuthorization: Bearer outer\n\n")}, "[200]", "[200]"},
		{"a body of a GET", []string{part("b", "", "GET echo HTTP/1.1\n\n{}")}, "[400]", "[400]"},
		{"a preamble and an epilogue", []string{"a preamble\n", get("", "plain/200"), "--b--\n--b\nContent-Type: application/http\n\nDELETE notes/a HTTP/1.1\n\n"}, "[200]", "[200]"},
	} {
		t.Run(row.name, func(t *testing.T) {
			for _, test := range []struct {
				options batch.Options
				want    string
			}{{batch.Options{}, row.stopped}, {batch.Options{ContinueOnError: true}, row.continued}} {
				if got := fmt.Sprint(newNotesAPI().sendMultipart(t, test.options, row.parts...)); got != test.want {
					t.Errorf("%+v: %s, want %s", test.options, got, test.want)
				}
			}
		})
	}
}

// TestMultipartResponses checks the status line, the headers and the body of a response in a part.
func TestMultipartResponses(t *testing.T) {
	w := newNotesAPI()
	for url, want := range map[string]string{
		"plain/204":  "HTTP/1.1 204 No Content\r\n\r\n",
		"plain/200":  "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
		"count":      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: text/plain\r\n\r\n42",
		"bytes":      "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Type: application/octet-stream\r\n\r\n\xff\xfe?",
		"half":       "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Type: application/json\r\n\r\n{\"a\":",
		"late":       "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nETag: \"e\"\r\nOData-Version: 4.0\r\nWarning: a, b, c\r\nrequest-id: r\r\n\r\n",
		"two-in-one": "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: a  Set-Cookie: b\r\n\r\n",
		"plain/599":  "HTTP/1.1 599 \r\nContent-Length: 0\r\n\r\n",
	} {
		response, err := w.runner.Run(multipartOuter(t), lines(part("b", "", "GET "+url+" HTTP/1.1\n\n")), batch.Options{Multipart: true})
		if err != nil {
			t.Fatal(err)
		}
		_, parameters, _ := mime.ParseMediaType(response.ContentType)
		whole := "--" + parameters["boundary"] + "\r\nContent-Transfer-Encoding: binary\r\nContent-Type: application/http\r\n\r\n" + want + "\r\n--" + parameters["boundary"] + "--\r\n"
		if string(response.Body) != whole {
			t.Errorf("%s: %q, want %q", url, response.Body, whole)
		}
	}
	response, err := w.runner.Run(multipartOuter(t), lines(part("b", "", "HEAD count HTTP/1.1\n\n")), batch.Options{Multipart: true})
	if err != nil || !bytes.Contains(response.Body, []byte("Content-Type: text/plain\r\n\r\n\r\n--")) {
		t.Errorf("HEAD: %q, %v", response, err)
	}
}

// TestMultipartETag checks that If-Match may refer to the entity tag of an earlier response (OData Protocol 11.7.5).
func TestMultipartETag(t *testing.T) {
	w := newNotesAPI()
	w.notes.Store("a", "old")
	read := part("b", "Content-ID: r1\n", "GET notes/a HTTP/1.1\n\n")
	for reference, want := range map[string]string{"$r1": "[r1:200 204]", "$R1": "[r1:200 204]", `"$r1"`: "[r1:200 412]", "$r2": "[r1:200 400]"} {
		w.notes.Store("a", "old")
		got := w.sendMultipart(t, batch.Options{}, read, part("b", "", "PATCH notes/a HTTP/1.1\nIf-Match: "+reference+"\n\nnew"))
		if fmt.Sprint(got) != want {
			t.Errorf("%s: %v, want %s", reference, got, want)
		}
	}
}

// TestOtherFormat checks a batch whose response is in the other format (OData Protocol 11.7.7.6).
func TestOtherFormat(t *testing.T) {
	w := newNotesAPI()
	response, err := w.runner.Run(multipartOuter(t), lines(part("b", "Content-ID: x\n", "GET count HTTP/1.1\n\n"), part("b", "Content-ID: y\n", "GET plain/404 HTTP/1.1\n\n")), batch.Options{})
	if want := `{"responses":[{"id":"x","status":200,"headers":{"Content-Type":"text/plain"},"body":"42"},{"id":"y","status":404,"headers":{}}]}`; err != nil || response.ContentType != "" || string(response.Body) != want {
		t.Errorf("%s, %v", response.Body, err)
	}
	response, err = w.runner.Run(outer(t), []byte(`{"requests":[{"id":"x","method":"GET","url":"count"},{"id":"g","method":"POST","url":"notes/a","atomicityGroup":"h"}]}`), batch.Options{Multipart: true})
	if err != nil {
		t.Fatal(err)
	}
	if got := readResponses(t, response.ContentType, bytes.NewReader(response.Body)); fmt.Sprint(got) != "[x:200 g:201]" {
		t.Error(got)
	}
}
