package handlers_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"afterhours/handlers"
	"afterhours/handlers/auth"
	"afterhours/handlers/limits"
	"afterhours/store"
	"afterhours/store/memory"
)

// heldStore is a store whose lists take until they are let go, and that counts how many run.
type heldStore struct {
	store.Store
	letGo                chan struct{}
	begun, running, peak atomic.Int64
}

func newHeldStore() *heldStore {
	return &heldStore{Store: memory.New(), letGo: make(chan struct{})}
}

func (s *heldStore) List(ctx context.Context, owner store.Owner, query store.Query) ([]store.Statistic, error) {
	s.begun.Add(1)
	if now := s.running.Add(1); now > s.peak.Load() {
		s.peak.Store(now)
	}
	defer s.running.Add(-1)
	select {
	case <-s.letGo:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return s.Store.List(ctx, owner, query)
}

// limited returns a client of megan over a server with the limits.
func limited(t *testing.T, over store.Store, l *limits.Limits) testClient {
	t.Helper()
	ts := newTestServer(t, over).anotherServer(func(c *handlers.Config) { c.Limits = l })
	return testClient{ts, ts.userToken(megan, "Analytics.ReadWrite")}
}

// eventually waits until the condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("after 20 s there is still not: %s", what)
		}
	}
}

// TestFullServerRefusesBeforeItWorks checks a caller with one list more than it may have: the server
// refuses it before it reads anything. Probes, short work and the lists of others go on.
func TestFullServerRefusesBeforeItWorks(t *testing.T) {
	slow := newHeldStore()
	l := limits.New(2, 0)
	c := limited(t, slow, l)
	var lists sync.WaitGroup
	ctx, cancel := context.WithCancel(t.Context())
	defer lists.Wait()
	defer cancel()
	lists.Go(func() { _, _ = c.try(ctx, call{method: "GET", path: collection, token: c.token}) })
	eventually(t, "a list that runs", func() bool { return slow.running.Load() == 1 })
	refused := c.send("GET", collection+"/$count", "")
	refused.wantRefused(t, 503, "serviceNotAvailable", "", "nothing was done")
	if after := refused.header.Get("Retry-After"); after != "1" || slow.begun.Load() > 1 {
		t.Errorf("Retry-After %q; %d lists have reached the store", after, slow.begun.Load())
	}
	for _, path := range []string{"/livez", "/readyz", "/openapi.yaml", "/beta/$metadata"} {
		c.do(call{method: "GET", path: path}).want(t, 200)
	}
	c.send("POST", collection, `{"@odata.type":"#microsoft.graph.callActivityStatistics","id":"a"}`).want(t, 201)
	c.send("GET", collection+"/a", "").want(t, 200)
	c.do(call{method: "GET", path: collection + "/$count", token: c.userToken(lee, "Analytics.Read")}).want(t, 200)
}

// TestBatchTakesOnePlace checks that the lists of a batch run one after the other in one place of long
// work, and that a batch of short requests takes none.
func TestBatchTakesOnePlace(t *testing.T) {
	slow := newHeldStore()
	l := limits.New(2, 0)
	c := limited(t, slow, l)
	done := make(chan testResponse, 1)
	go func() {
		got, _ := c.try(t.Context(), call{method: "POST", path: "/beta/$batch", token: c.token,
			body: batchOf("GET", "/me/analytics/activityStatistics?$top=1", 20)})
		done <- got
	}()
	for range 20 {
		eventually(t, "a list that runs", func() bool { return slow.running.Load() == 1 })
		if s := l.State(); s.Fast.Running+s.Slow.Running != 1 || s.Fast.Waiting+s.Slow.Waiting != 0 || s.Writes.Running != 0 {
			t.Errorf("a batch of lists has %+v", s)
		}
		slow.letGo <- struct{}{}
	}
	got := <-done
	if got.want(t, 200); strings.Count(got.text, `"status":200`) != 20 || slow.peak.Load() != 1 {
		t.Errorf("%d lists at once, %.300s", slow.peak.Load(), got.text)
	}
	c.send("POST", "/beta/$batch", batchOf("GET", "/me/analytics/settings", 20)).want(t, 200)
	eventually(t, "an end", func() bool {
		s := l.State()
		return s.Fast.Running+s.Slow.Running+s.Reads.Running+s.Writes.Running == 0 && s.Answers.Taken == 0 && s.SmallBodies.Taken == 0
	})
	if s := l.State(); s.Fast.Refused+s.Slow.Refused+s.Reads.Refused+s.Writes.Refused != 0 {
		t.Errorf("%+v", s)
	}
}

// batchOf returns a batch with that many requests.
func batchOf(method, url string, count int) string {
	var items []string
	for n := range count {
		item := fmt.Sprintf(`{"id":"%d","method":%q,"url":%q`, n, method, url)
		if method == "POST" {
			item += `,"headers":{"Content-Type":"application/json"},"body":{"@odata.type":"#microsoft.graph.callActivityStatistics"}`
		}
		items = append(items, item+"}")
	}
	return `{"requests":[` + strings.Join(items, ",") + `]}`
}

// TestBatchThatFindsNoPlaceDoesNothing checks that a batch with a write and a list is refused as a whole
// if there is no place for the list.
func TestBatchThatFindsNoPlaceDoesNothing(t *testing.T) {
	slow := newHeldStore()
	l := limits.New(2, 0)
	c := limited(t, slow, l)
	var lists sync.WaitGroup
	ctx, cancel := context.WithCancel(t.Context())
	defer lists.Wait()
	defer cancel()
	for range 66 {
		lists.Go(func() { _, _ = c.try(ctx, call{method: "GET", path: collection, token: c.token}) })
	}
	eventually(t, "64 lists that wait", func() bool { return l.State().Fast.Waiting == 64 })
	c.send("POST", "/beta/$batch", `{"requests":[{"id":"1","method":"POST","url":"/me/analytics/activityStatistics",
		"headers":{"Content-Type":"application/json"},"body":{"@odata.type":"#microsoft.graph.callActivityStatistics","id":"half"}},
		{"id":"2","method":"GET","url":"/me/analytics/activityStatistics"}]}`).wantRefused(t, 503, "serviceNotAvailable", "", "nothing was done")
	c.send("GET", collection+"/half", "").want(t, 404)
}

// TestLimitOfEachCaller checks the answer of 429, and that another caller is not concerned.
func TestLimitOfEachCaller(t *testing.T) {
	c := limited(t, memory.New(), limits.New(2, 1)) // one a second, 20 at once
	token := c.mint(auth.Claims{Tenant: tenant, User: daemon, Roles: []string{"Analytics.ReadWrite.All"}, Expires: time.Hour})
	path := "/beta/users/" + megan + "/analytics/settings"
	var got testResponse
	for range 40 {
		if got = c.do(call{method: "GET", path: path, token: token}); got.status == 429 {
			break
		}
		got.want(t, 200)
	}
	got.wantRefused(t, 429, "TooManyRequests", "", "Please retry again later. The limit of requests a second for each caller is 1")
	for name, want := range map[string]string{
		"Retry-After":                    "1",
		"x-ms-throttle-scope":            "Tenant_Application/ReadWrite/" + daemon + "/" + tenant,
		"x-ms-throttle-information":      "ResourceUnitLimitExceeded",
		"Access-Control-Allow-Origin":    "",
		"x-ms-throttle-limit-percentage": "",
	} {
		if got.header.Get(name) != want {
			t.Errorf("%s: %q, want %q", name, got.header.Get(name), want)
		}
	}
	c.send("GET", "/beta/me/analytics/settings", "").want(t, 200)
	c.do(call{method: "GET", path: "/livez", token: token}).want(t, 200)
}

// TestLimitTakesABatchAsAWhole checks that no request of a batch is done if not all of them may be.
func TestLimitTakesABatchAsAWhole(t *testing.T) {
	c := limited(t, memory.New(), limits.New(2, 1)) // 20 at once
	c.send("GET", "/beta/me/analytics/settings", "").want(t, 200)
	refused := c.send("POST", "/beta/$batch", batchOf("POST", "/me/analytics/activityStatistics", 20))
	refused.wantRefused(t, 429, "TooManyRequests", "", "for each caller is 1")
	if refused.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	c.send("POST", "/beta/$batch", batchOf("POST", "/me/analytics/activityStatistics", 10)).want(t, 200)
	count := c.do(call{method: "GET", path: "/beta/users/" + megan + "/analytics/activityStatistics/$count", token: c.appToken("Analytics.Read.All")})
	if count.want(t, 200); strings.TrimPrefix(count.text, "\ufeff") != "10" {
		t.Errorf("%s statistics, want those of the second batch", count.text)
	}
}

// stalledWriter is a client that does not read its response.
type stalledWriter struct {
	*httptest.ResponseRecorder
	letGo chan struct{}
}

func (w stalledWriter) Write(text []byte) (int, error) {
	<-w.letGo
	return len(text), nil
}

// TestStrangersDoNotTakeWhatCallersNeed checks that answers without a token that nobody reads stop
// neither callers with a token nor strangers of another address.
func TestStrangersDoNotTakeWhatCallersNeed(t *testing.T) {
	over := memory.New()
	ts := newTestServer(t, over)
	l := limits.New(1, 0) // 64 of one address
	server := newServer(t, over, ts.issuer, io.Discard, func(c *handlers.Config) { c.Limits = l })
	send := func(w http.ResponseWriter, path, address, token string) {
		request := httptest.NewRequest("GET", path, nil)
		request.RemoteAddr = address + ":1234"
		if token != "" {
			request.Header.Set("Authorization", "Bearer "+token)
		}
		server.ServeHTTP(w, request)
	}
	status := func(path, address, token string) int {
		recorder := httptest.NewRecorder()
		send(recorder, path, address, token)
		return recorder.Code
	}
	letGo := make(chan struct{})
	var strangers sync.WaitGroup
	for range 64 {
		strangers.Go(func() {
			send(stalledWriter{httptest.NewRecorder(), letGo}, "/.well-known/jwks.json", "192.0.2.1", "")
		})
	}
	eventually(t, "64 strangers", func() bool { return l.State().Strangers.Running == 64 })
	if got := status("/beta/$metadata", "192.0.2.1", ""); got != 503 {
		t.Errorf("one more of the same address: %d", got)
	}
	if got := status("/.well-known/jwks.json", "192.0.2.2", ""); got != 200 {
		t.Errorf("another address: %d", got)
	}
	if got := status("/livez", "192.0.2.1", ""); got != 200 {
		t.Errorf("a probe: %d", got)
	}
	if got := status(collection, "192.0.2.1", ts.userToken(megan, "Analytics.Read")); got != 200 {
		t.Errorf("a caller with a token, of the same address: %d", got)
	}
	close(letGo)
	strangers.Wait()
}

// TestBodiesThatNeverEnd checks that a caller whose large bodies stop before their end gets no memory for
// more of them, and that small bodies go on.
func TestBodiesThatNeverEnd(t *testing.T) {
	c := limited(t, memory.New(), limits.New(2, 0))
	large := func(token string, body io.Reader) (int, error) {
		request, err := http.NewRequestWithContext(t.Context(), "POST", c.url+"/beta/$batch", body)
		if err != nil {
			return 0, err
		}
		request.ContentLength = 4<<20 - 1 // the server reads one byte more, for the end
		request.Header.Set("Authorization", "Bearer "+token)
		request.Header.Set("Content-Type", "application/json")
		response, err := http.DefaultTransport.RoundTrip(request)
		if err != nil {
			return 0, err
		}
		defer response.Body.Close()
		return response.StatusCode, nil
	}
	var stalled sync.WaitGroup
	refused := make(chan struct{}, 20)
	var writers []*io.PipeWriter
	for range 12 {
		reader, writer := io.Pipe()
		writers = append(writers, writer)
		stalled.Go(func() {
			if got, err := large(c.token, reader); err == nil && got == 503 {
				refused <- struct{}{}
			}
		})
	}
	for range 4 { // eight bodies are a quarter of the memory
		select {
		case <-refused:
		case <-time.After(20 * time.Second):
			t.Fatal("the server waits for more than eight bodies of 4 MiB of one caller")
		}
	}
	c.send("POST", collection, `{"@odata.type":"#microsoft.graph.callActivityStatistics","id":"a"}`).want(t, 201)
	for _, writer := range writers {
		writer.Close()
	}
	stalled.Wait()
	if len(refused) != 0 {
		t.Errorf("%d more were refused", len(refused))
	}
}
