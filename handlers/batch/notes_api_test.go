package batch_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"afterhours/handlers/batch"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// notesAPI is a small API for batches to call: /beta/echo returns the request,
// /beta/notes stores notes with entity tags, and the other paths return a response in
// each form that a handler may use.
type notesAPI struct {
	runner batch.Runner
	mux    *http.ServeMux
	notes  sync.Map // text by id
}

func newNotesAPI() *notesAPI {
	w := &notesAPI{mux: http.NewServeMux()}
	w.runner = batch.Runner{
		Begin:      func(*http.Request, []batch.Announced) error { return nil },
		Next:       w.mux,
		Bases:      []string{"/beta", "/v1.0"},
		PublicHost: "graph.example.com",
		Atomically: func(ctx context.Context, requests func(context.Context) bool) error { requests(ctx); return nil },
		Refuse: func(w http.ResponseWriter, _ *http.Request, refusal batch.Refusal) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(refusal.Status)
			_ = json.NewEncoder(w).Encode(map[string]string{"target": refusal.Target, "message": refusal.Message})
		},
	}
	for _, base := range w.runner.Bases {
		w.mux.HandleFunc(base+"/echo", echo)
		w.mux.HandleFunc(base+"/echo/{rest...}", echo)
		w.mux.HandleFunc("POST "+base+"/notes/{id}", w.create)
		w.mux.HandleFunc("GET "+base+"/notes/{id}", w.read)
		w.mux.HandleFunc("PATCH "+base+"/notes/{id}", w.update)
		w.mux.HandleFunc(base+"/plain/{status}", func(w http.ResponseWriter, r *http.Request) {
			status, err := strconv.Atoi(r.PathValue("status"))
			if err != nil || status < 200 || status > 599 { // net/http panics at some
				status = http.StatusNotFound
			}
			w.WriteHeader(status)
		})
	}
	w.mux.HandleFunc("/beta/count", respond("text/plain", "42"))
	w.mux.HandleFunc("/beta/broken-text", respond("text/plain", "\xff"))
	w.mux.HandleFunc("/beta/bytes", respond("application/octet-stream", "\xff\xfe?"))
	w.mux.HandleFunc("/beta/half", respond("application/json", `{"a":`))
	w.mux.HandleFunc("/beta/twice", respond("application/problem+json; charset=utf-8", `{"a":1e400, "a":2}`))
	w.mux.HandleFunc("/beta/two-in-one", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X", "a\r\nSet-Cookie: b") })
	w.mux.HandleFunc("/beta/panic", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "half")
		panic("at the disco")
	})
	w.mux.HandleFunc("/beta/late", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusEarlyHints)
		w.Header()["ETag"] = []string{`"e"`}
		w.Header()["request-id"] = []string{"r"}
		w.Header().Set("OData-Version", "4.0")
		w.Header().Add("Warning", "a")
		w.Header().Add("Warning", "b")
		w.Header()["warning"] = []string{"c"}
		w.Header()["Content-Length"] = []string{"0"}
		w.WriteHeader(http.StatusAccepted)
		w.WriteHeader(http.StatusTeapot)
		w.Header().Set("Late", "yes")
	})
	return w
}

func respond(contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		_, _ = io.WriteString(w, body)
	}
}

// echoed is the request as /beta/echo returns it.
type echoed struct {
	Method, URI, Host, Remote, Body string
	Length                          int64
	Header                          http.Header
}

func echo(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	w.Header().Set("Content-Type", "application/json;odata.metadata=minimal")
	_ = json.NewEncoder(w).Encode(echoed{r.Method, r.RequestURI, r.Host, r.RemoteAddr, string(body), r.ContentLength, r.Header})
}

func tag(text any) string { return fmt.Sprintf(`W/"%v"`, text) }

func (n *notesAPI) create(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	n.notes.Store(r.PathValue("id"), string(body))
	w.Header()["ETag"] = []string{tag(len(body))}
	if r.Header.Get("Prefer") == "return=minimal" {
		w.Header()["OData-EntityId"] = []string{"http://" + r.Host + r.URL.Path}
		w.WriteHeader(http.StatusNoContent)
		return
	}
	w.Header().Set("Location", "http://"+r.Host+r.URL.Path)
	w.WriteHeader(http.StatusCreated)
}

func (n *notesAPI) read(w http.ResponseWriter, r *http.Request) {
	text, found := n.notes.Load(r.PathValue("id"))
	if !found {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	w.Header()["ETag"] = []string{tag(len(text.(string)))}
	respond("application/json", text.(string))(w, r)
}

func (n *notesAPI) update(w http.ResponseWriter, r *http.Request) {
	text, _ := n.notes.Load(r.PathValue("id"))
	if r.Header.Get("If-Match") != tag(len(text.(string))) {
		w.WriteHeader(http.StatusPreconditionFailed)
		return
	}
	body, _ := io.ReadAll(r.Body)
	n.notes.Store(r.PathValue("id"), string(body))
	w.WriteHeader(http.StatusNoContent)
}

// outer returns the request that brings a batch.
func outer(t testing.TB) *http.Request {
	r := httptest.NewRequestWithContext(t.Context(), "POST", "http://api.example.com/beta/$batch", nil)
	r.Header.Set("Authorization", "Bearer outer")
	r.Header.Set("SdkVersion", "graph-go/1")
	r.Header.Set("Content-Encoding", "gzip")
	r.Header.Set("Prefer", "return=minimal")
	return r
}

// response is a response of a batch.
type response struct {
	ID             string
	AtomicityGroup *string
	Status         int
	Headers        map[string]string
	Body           json.RawMessage
}

// run runs a JSON batch.
func (n *notesAPI) run(outer *http.Request, body []byte) ([]byte, error) {
	response, err := n.runner.Run(outer, body, batch.Options{})
	if err != nil {
		return nil, err
	}
	return response.Body, nil
}

// send runs a batch of the requests and returns its responses. It must not be malformed.
func (n *notesAPI) send(t testing.TB, requests ...string) []response {
	t.Helper()
	text, err := n.run(outer(t), []byte(`{"requests":[`+strings.Join(requests, ",")+`]}`))
	if err != nil {
		t.Fatalf("%v: %s", err, requests)
	}
	var body struct{ Responses []response }
	if err := json.Unmarshal(text, &body); err != nil || len(body.Responses) != len(requests) {
		t.Fatalf("%v: %s", err, text)
	}
	return body.Responses
}

// item returns a request with the id 1 for a batch. further holds more members and
// begins with a comma.
func item(method, url, further string) string {
	return fmt.Sprintf(`{"id":"1","method":%q,"url":%q%s}`, method, url, further)
}

// sendEcho runs a batch of one request to /beta/echo, and returns the request that the
// handler received.
func (n *notesAPI) sendEcho(t testing.TB, request string) echoed {
	t.Helper()
	got := n.send(t, request)[0]
	if got.Status != http.StatusOK {
		t.Fatalf("%s: %d %s", request, got.Status, got.Body)
	}
	return decodeEcho(t, string(got.Body))
}

// decodeEcho decodes a response of /beta/echo.
func decodeEcho(t testing.TB, text string) echoed {
	t.Helper()
	var seen echoed
	if err := json.Unmarshal([]byte(text), &seen); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return seen
}
