package batch_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestAddresses(t *testing.T) {
	w := newNotesAPI()
	for url, want := range map[string]string{
		"/echo":       "/beta/echo",
		"echo":        "/beta/echo",
		"//echo":      "/beta/echo",
		"/beta/echo":  "/beta/echo",
		"/v1.0/echo":  "/v1.0/echo",
		"//BETA/echo": "",
		"/betamax":    "",
		"/echo?%24filter=a%20eq%20'b'&x=http://y": "/beta/echo?%24filter=a%20eq%20'b'&x=http://y",
		"/echo?$filter=a eq null":                 "/beta/echo?$filter=a%20eq%20null",
		"/echo/a%2Fb+c:d":                         "/beta/echo/a%2Fb+c:d",
		"echo:8080/x":                             "",
		"http://api.example.com/beta/echo?$top=1": "/beta/echo?$top=1",
		"https://API.example.com:443/v1.0/echo":   "/v1.0/echo",
		"HTTP://api.example.com:80//beta/echo":    "/beta/echo",
		"https://graph.example.com/beta/echo":     "/beta/echo",
		"$metadata":                               "",
	} {
		if want == "" {
			if got := w.send(t, item("GET", url, ""))[0]; got.Status != http.StatusNotFound {
				t.Errorf("%s: %d %s", url, got.Status, got.Body)
			}
			continue
		}
		if got := w.sendEcho(t, item("GET", url, "")); got.URI != want {
			t.Errorf("%s: asked for %s, want %s", url, got.URI, want)
		}
	}
}

// TestRefused checks that a fault of one request is in that request's own response.
func TestRefused(t *testing.T) {
	w := newNotesAPI()
	for _, row := range []struct{ request, target, message string }{
		{item("GET", "https://evil.example.com/beta/echo", ""), "url", "api.example.com"},
		{item("GET", "https://api.example.com:8443/beta/echo", ""), "url", "8443"},
		{item("GET", "https://me@api.example.com/beta/echo", ""), "url", "host"},
		{item("GET", "https://api.example.com/livez", ""), "url", "outside"},
		{item("GET", "https://api.example.com?x", ""), "url", "outside"},
		{item("GET", "/echo#there", ""), "url", "%23"},
		{item("GET", "/echo%zz", ""), "url", "not a valid url"},
		{item("GET", `/echo\u0000`, ""), "url", "not a valid url"},
		{item("POST", "/$batch", ""), "url", "batch"},
		{item("POST", "$BATCH", ""), "url", "batch"},
		{item("POST", "/beta//%24Batch/", ""), "url", "batch"},
		{item("POST", "/v1.0/$b%61tch?x", ""), "url", "batch"},
		{item("POST", "https://api.example.com/beta/$batch", ""), "url", "batch"},
		{item("GET", "$2/settings", ""), "url", "dependsOn"},
		{item("GET", "/echo", `,"headers":{"authorization":"Bearer other"}`), "headers", "Authorization"},
		{item("GET", "/echo", `,"headers":{"If-Match":"a","if-match":"b"}`), "headers", "twice"},
		{item("GET", "/echo", `,"headers":{"a b":"c"}`), "headers", "permits"},
		{item("GET", "/echo", `,"headers":{"":"c"}`), "headers", "permits"},
		{item("GET", "/echo", `,"headers":{"a":"b\r\nc: d"}`), "headers", "permits"},
		{item("GET", "/echo", `,"headers":{"if-match":"$7"}`), "headers", "dependsOn"},
		{item("GET", "/echo", `,"body":{}`), "body", "GET"},
		{item("delete", "/echo", `,"body":""`), "body", "DELETE"},
		{item("POST", "/echo", `,"body":"{not base64}"`), "body", "base64"},
		{item("POST", "/echo", `,"body":{},"headers":{"content-type":"text/plain"}`), "body", "string"},
		{item("POST", "/echo", `,"body":7,"headers":{"content-type":"image/png"}`), "body", "string"},
		{item("POST", "/echo", `,"if":"$1/$succeeded"`), "if", "not supported"},
	} {
		got := w.send(t, strings.ReplaceAll(row.request, `\\u`, `\u`))[0]
		body := string(got.Body)
		if got.Status != http.StatusBadRequest || !strings.Contains(body, `"target":"requests/0/`+row.target+`"`) || !strings.Contains(body, row.message) {
			t.Errorf("%s: %d %s, want %s and %q", row.request, got.Status, body, row.target, row.message)
		}
	}
}

// TestNestedByAnySpelling checks that Run refuses a batch in a batch even if the handler
// accepts a spelling of $batch that the url check does not recognise.
func TestNestedByAnySpelling(t *testing.T) {
	w := newNotesAPI()
	w.mux.HandleFunc("/beta/doublywrapped", func(rw http.ResponseWriter, r *http.Request) {
		if _, err := w.run(r, []byte(`{"requests":[]}`)); err == nil {
			t.Error("a batch within a batch runs")
		}
	})
	w.send(t, item("POST", "/doublywrapped", ""))
}

func TestHeaders(t *testing.T) {
	w := newNotesAPI()
	got := w.sendEcho(t, item("get", "/echo", `,"headers":{"PREFER":" x ","client-request-id":"c","SDKVERSION":"mine",
		"host":"evil","content-length":"99","transfer-encoding":"chunked","Connection":"close","accept-encoding":"gzip","expect":"100-continue"}`))
	want := http.Header{"Authorization": {"Bearer outer"}, "Prefer": {"x"}, "Client-Request-Id": {"c"}, "Sdkversion": {"mine"}}
	if len(got.Header) != len(want) {
		t.Errorf("headers %v, want %v", got.Header, want)
	}
	for name := range want {
		if got.Header.Get(name) != want.Get(name) {
			t.Errorf("%s: %q, want %q", name, got.Header.Get(name), want.Get(name))
		}
	}
	if got.Method != "GET" || got.Host != "api.example.com" || got.Remote != outer(t).RemoteAddr {
		t.Errorf("%+v", got)
	}
	for _, none := range []string{"", `,"headers":{}`, `,"headers":null`} {
		if got := w.sendEcho(t, item("GET", "/echo", none)); len(got.Header) != 2 || got.Header.Get("Sdkversion") != "graph-go/1" {
			t.Errorf("%s: %v", none, got.Header)
		}
	}
}

func TestBodies(t *testing.T) {
	w := newNotesAPI()
	const object = `{"a":"\u00ff?>","n":12345678901234567890,"n":null}`
	for _, row := range []struct{ further, body, contentType string }{
		{``, "", ""},
		{`,"body":null`, "", ""},
		{`,"body":null,"headers":{"content-type":"application/json"}`, "", "application/json"},
		{`,"body":` + object, object, "application/json"},
		{`,"headers":{},"body":` + object, object, "application/json"},
		{`,"headers":{"content-type":"application/json; charset=utf-8"},"body":` + object, object, "application/json; charset=utf-8"},
		{`,"headers":{"content-type":"application/merge-patch+json"},"body":[1]`, "[1]", "application/merge-patch+json"},
		{`,"body":"eyJhIjoiw78_PiJ9"`, `{"a":"ÿ?>"}`, "application/json"},
		{`,"body":"eyJhIjoiw78/PiJ9"`, `{"a":"ÿ?>"}`, "application/json"},
		{`,"body":"e30=","headers":{"Content-Type":"application/json"}`, `{}`, "application/json"},
		{`,"body":"e30","headers":{"Content-Type":"application/json"}`, `{}`, "application/json"},
		{`,"body":"ÿ \u0041","headers":{"content-type":"text/plain"}`, "ÿ A", "text/plain"},
		{`,"body":"_-8=","headers":{"content-type":"image/png"}`, "\ufffd\ufffd", "image/png"},
	} {
		got := w.sendEcho(t, item("POST", "/echo", row.further))
		if got.Body != row.body || got.Header.Get("Content-Type") != row.contentType {
			t.Errorf("%s: %q as %q, want %q as %q", row.further, got.Body, got.Header.Get("Content-Type"), row.body, row.contentType)
		}
		if (got.Length > 0) != (row.body != "") || got.Header.Get("Content-Encoding") != "" {
			t.Errorf("%s: length %d, %v", row.further, got.Length, got.Header)
		}
	}
	for _, method := range []string{"GET", "DELETE", "head"} {
		if got := w.send(t, item(method, "/echo", `,"body":null`))[0]; got.Status != http.StatusOK {
			t.Errorf("%s with a null body: %d %s", method, got.Status, got.Body)
		}
	}
}
