package handlers_test

import (
	"compress/gzip"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"afterhours/contract/checked"
	"afterhours/store/memory"
)

// TestStaticResponses asks for openapi.yaml in every form. Each form has its own entity tag, by which a
// client need not load it again.
func TestStaticResponses(t *testing.T) {
	ts := newTestServer(t, memory.New())
	contract, err := os.ReadFile("../openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	tags := map[string]string{}
	for accept, coding := range map[string]string{
		"identity": "", "br": "", "gzip": "gzip", "GZIP;q=0.1, br": "gzip", "*": "gzip", "x-gzip": "gzip",
		"gzip;q=0": "", "gzip; q=0.000": "", "*, gzip;q=0": "", "gzip;q=0, *": "", "*;q=0": "", "*;q=0, gzip": "gzip", "gzip;q=no": "", "identity, gzip;q=0.5": "", "identity;q=0.5, gzip": "gzip",
	} {
		header := map[string]string{"Accept-Encoding": accept} // also keeps the client from decompressing
		got := ts.do(call{method: http.MethodGet, path: "/openapi.yaml", header: header})
		text := got.text
		if coding == "gzip" {
			text = unzip(t, got.text)
		}
		tag := got.header.Get("ETag")
		if got.status != http.StatusOK || text != string(contract) || got.header.Get("Content-Encoding") != coding ||
			got.header.Get("Vary") != "Accept-Encoding" || !strings.HasPrefix(tag, `"`) || tags[coding] != "" && tags[coding] != tag {
			t.Errorf("Accept-Encoding %q: %d %v", accept, got.status, got.header)
		}
		tags[coding] = tag
		head := ts.do(call{method: http.MethodHead, path: "/openapi.yaml", header: header})
		if head.status != http.StatusOK || head.text != "" || head.header.Get("Content-Length") != got.header.Get("Content-Length") || head.header.Get("ETag") != tag {
			t.Errorf("HEAD with Accept-Encoding %q: %d %v", accept, head.status, head.header)
		}
	}
	if tags[""] == tags["gzip"] {
		t.Error("both forms have the same entity tag")
	}
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		for list, status := range map[string]int{
			tags["gzip"]: http.StatusNotModified, `"x", W/` + tags["gzip"]: http.StatusNotModified, "*": http.StatusNotModified,
			tags[""]: http.StatusOK, `"x"`: http.StatusOK, "": http.StatusOK,
		} {
			got := ts.do(call{method: method, path: "/openapi.yaml", header: map[string]string{"Accept-Encoding": "gzip", "If-None-Match": list}})
			if got.status != status || got.header.Get("ETag") != tags["gzip"] || got.header.Get("Vary") != "Accept-Encoding" || status == http.StatusNotModified && got.text != "" {
				t.Errorf("%s with If-None-Match %s: %d %v", method, list, got.status, got.header)
			}
		}
	}
}

func unzip(t *testing.T, text string) string {
	t.Helper()
	reader, err := gzip.NewReader(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(reader)
	if err != nil {
		t.Fatal(err)
	}
	return string(plain)
}

// TestDiscoveryHasATag: the key set and the discovery document have entity tags, too.
func TestDiscoveryHasATag(t *testing.T) {
	ts := newTestServer(t, memory.New())
	for _, path := range []string{"/.well-known/jwks.json", "/.well-known/openid-configuration"} {
		tag := ts.do(call{method: http.MethodGet, path: path}).header.Get("ETag")
		got := ts.do(call{method: http.MethodGet, path: path, header: map[string]string{"If-None-Match": tag}})
		if tag == "" || got.status != http.StatusNotModified {
			t.Errorf("%s: %q, then %d", path, tag, got.status)
		}
	}
}

// pipes is a listener whose connections have no buffers: a response waits for its reader.
type pipes chan net.Conn

func (p pipes) Accept() (net.Conn, error) {
	if conn, open := <-p; open {
		return conn, nil
	}
	return nil, net.ErrClosed
}
func (p pipes) Close() error   { return nil }
func (p pipes) Addr() net.Addr { return &net.UnixAddr{} }

// TestLargeResponsesAreFew: clients that ask for openapi.yaml and do not read it keep a few others from
// the long form, and nobody from the short one.
func TestLargeResponsesAreFew(t *testing.T) {
	ts := newTestServer(t, memory.New())
	handler := newServer(t, ts.store, ts.issuer, io.Discard)
	listener := make(pipes)
	server := &http.Server{Handler: handler}
	go func() { _ = server.Serve(listener) }()
	defer func() { close(listener); _ = server.Close() }()
	for range 32 {
		client, conn := net.Pipe()
		defer client.Close()
		listener <- conn
		_, _ = io.WriteString(client, "GET /openapi.yaml HTTP/1.1\r\nHost: x\r\n\r\n")
		if _, err := client.Read(make([]byte, 1)); err != nil { // the response has begun
			t.Fatal(err)
		}
	}
	for coding, status := range map[string]int{"identity": http.StatusServiceUnavailable, "gzip": http.StatusOK} {
		request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/openapi.yaml", nil)
		request.Header.Set("Accept-Encoding", coding)
		got := checked.Serve(t, handler, request)
		if got.Code != status || (status != http.StatusOK) != (got.Header().Get("Retry-After") != "") {
			t.Errorf("%s: %d %v", coding, got.Code, got.Header())
		}
	}
}
