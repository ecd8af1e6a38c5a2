package handlers_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"afterhours/contract/checked"
	"afterhours/handlers"
	"afterhours/store/memory"
	"afterhours/traces"
)

// callerTrace and callerSpan are those of the traceparent that the tests send.
const (
	callerTrace = "0af7651916cd43dd8448eb211c80319c"
	callerSpan  = "b7ad6b7169203331"
	traceparent = "00-" + callerTrace + "-" + callerSpan + "-01"
)

// withSpans is a change of the configuration by which the recorder gets the spans of the server.
func withSpans(recorder *tracetest.SpanRecorder) func(*handlers.Config) {
	return func(config *handlers.Config) {
		config.Tracer = traces.New(sdk.NewTracerProvider(sdk.WithSpanProcessor(recorder)), propagation.TraceContext{})
	}
}

// attributesOf returns the attributes of a span as name=value, sorted.
func attributesOf(span sdk.ReadOnlySpan) string {
	var all []string
	for _, attribute := range span.Attributes() {
		all = append(all, fmt.Sprintf("%s=%v", attribute.Key, attribute.Value.AsInterface()))
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// TestSpanOfARequest: a request has one span, named by its method and the contract's route. A failure of the
// server is an error, and a mistake of the caller is not. Nothing that the caller has sent is in it.
func TestSpanOfARequest(t *testing.T) {
	ts := newTestServer(t, memory.New())
	recorder := tracetest.NewSpanRecorder()
	server := newServer(t, ts.store, ts.issuer, &bytes.Buffer{}, withSpans(recorder))
	closed := memory.New()
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	broken := newServer(t, closed, ts.issuer, &bytes.Buffer{}, withSpans(recorder))
	token := ts.userToken(megan, "Analytics.ReadWrite")
	const one = "/me/analytics/activityStatistics/{activityStatistics-id}"
	for _, row := range []struct {
		handler      http.Handler
		method, path string
		name, route  string
		status       int
	}{
		{server, "GET", "/livez", "GET /livez", "/livez", 200},
		{server, "GET", collection, "GET /me/analytics/activityStatistics", "/me/analytics/activityStatistics", 200},
		{server, "HEAD", collection, "HEAD /me/analytics/activityStatistics", "/me/analytics/activityStatistics", 200},
		{server, "GET", "/v1.0/users('secret@example.com')/analytics/activityStatistics", "GET /users/{user-id}/analytics/activityStatistics", "/users/{user-id}/analytics/activityStatistics", 403},
		{server, "DELETE", collection + "/secret?$select=secret", "DELETE " + one, one, 400},
		{server, "GET", collection + "/secret", "GET " + one, one, 404},
		{server, "GET", "/secret", "GET", "", 404},
		{server, "SECRET", collection, "HTTP", "", 405},
		{broken, "GET", collection + "/secret", "GET " + one, one, 503},
	} {
		request := httptest.NewRequestWithContext(t.Context(), row.method, row.path, nil)
		request.Header.Set("Authorization", "Bearer "+token)
		before := len(recorder.Ended())
		status := checked.Serve(t, row.handler, request).Code
		spans := recorder.Ended()[before:]
		if len(spans) != 1 || status != row.status {
			t.Errorf("%s %s: %d, %d spans", row.method, row.path, status, len(spans))
			continue
		}
		want := "http.request.method=" + strings.Replace(strings.Fields(row.name)[0], "HTTP", "_OTHER", 1) + fmt.Sprintf(" http.response.status_code=%d", status)
		if row.route != "" {
			want += " http.route=" + row.route
		}
		state := sdk.Status{Code: codes.Unset}
		if status >= 500 {
			want, state.Code = fmt.Sprintf("error.type=%d ", status)+want, codes.Error
		}
		if got := attributesOf(spans[0]); spans[0].Name() != row.name || got != want || spans[0].Status() != state ||
			spans[0].SpanKind() != trace.SpanKindServer || len(spans[0].Events()) > 0 {
			t.Errorf("%s %s: %s\n got %s\nwant %s", row.method, row.path, spans[0].Name(), got, want)
		}
	}
}

// TestSpanOfALostResponse: a connection that a test lets break is an error without a status.
func TestSpanOfALostResponse(t *testing.T) {
	recorder := tracetest.NewSpanRecorder()
	c := newControlServer(t, memory.New(), withSpans(recorder))
	c.fail(`{"connection":"reset"}`)
	if got, err := c.try(t.Context(), call{method: "GET", path: collection, token: c.userToken(megan, "Analytics.Read")}); err == nil {
		t.Fatalf("the connection did not break: %v", got)
	}
	for range 10_000 { // the span ends after the connection
		if len(recorder.Ended()) > 1 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	spans := recorder.Ended()
	if name := spans[0].Name(); name != "POST /control/faults" {
		t.Errorf("the span of a control request is %s", name)
	}
	last := spans[len(spans)-1]
	if got := attributesOf(last); last.Status().Code != codes.Error || got != "error.type=no_response http.request.method=GET http.route=/me/analytics/activityStatistics" {
		t.Errorf("%v %s", last.Status(), got)
	}
}

// TestTraceOfTheCaller: the span of a request is below the caller's, and the log has the id of the trace. Without
// a traceparent the trace is new. A traceparent that is none is as none.
func TestTraceOfTheCaller(t *testing.T) {
	ts := newTestServer(t, memory.New())
	recorder := tracetest.NewSpanRecorder()
	var log bytes.Buffer
	server := newServer(t, ts.store, ts.issuer, &log, withSpans(recorder))
	for sent, isTaken := range map[string]bool{traceparent: true, "": false, "00-" + callerTrace + "-0-01": false, strings.Repeat("f", 1<<10): false} {
		log.Reset()
		request := httptest.NewRequestWithContext(t.Context(), "GET", "/livez", nil)
		request.Header.Set("traceparent", sent)
		checked.Serve(t, server, request)
		span := recorder.Ended()[len(recorder.Ended())-1]
		id := span.SpanContext().TraceID().String()
		if (id == callerTrace) != isTaken || (span.Parent().SpanID().String() == callerSpan) != isTaken {
			t.Errorf("%.60s: trace %s below %s", sent, id, span.Parent().SpanID())
		}
		if line := logOf(t, log.String())[0]; line["trace_id"] != id {
			t.Errorf("%.60s: trace %s, logged %v", sent, id, line["trace_id"])
		}
	}
}

// TestSpansOfABatch: each request of a batch has a span below that of the batch, even if the batch itself responds
// to it. A traceparent among the request's own headers does not count.
func TestSpansOfABatch(t *testing.T) {
	ts := newTestServer(t, memory.New())
	recorder := tracetest.NewSpanRecorder()
	server := newServer(t, ts.store, ts.issuer, &bytes.Buffer{}, withSpans(recorder))
	request := httptest.NewRequestWithContext(t.Context(), "POST", "/beta/$batch", strings.NewReader(`{"requests":[
		{"id":"1","method":"GET","url":"/me/analytics","headers":{"traceparent":"`+traceparent+`"}},
		{"id":"2","method":"DELETE","url":"/me/analytics/activityStatistics/secret"},
		{"id":"3","method":"GET","url":"/me/analytics/activityStatistics","dependsOn":["2"]},
		{"id":"4","method":"secret","url":"/me","if":"secret"}]}`))
	request.Header.Set("Authorization", "Bearer "+ts.userToken(megan, "Analytics.ReadWrite"))
	request.Header.Set("Content-Type", "application/json")
	if got := checked.Serve(t, server, request); got.Code != http.StatusOK {
		t.Fatal(got.Body)
	}
	spans := recorder.Ended()
	batch := spans[len(spans)-1]
	var items []string
	for _, span := range spans[:len(spans)-1] {
		items = append(items, span.Name()+": "+attributesOf(span))
		if span.Parent().SpanID() != batch.SpanContext().SpanID() || span.SpanKind() != trace.SpanKindInternal {
			t.Errorf("%s is a %v below %v", span.Name(), span.SpanKind(), span.Parent())
		}
	}
	slices.Sort(items)
	want := []string{
		"DELETE /me/analytics/activityStatistics/{activityStatistics-id}: http.request.method=DELETE http.response.status_code=404 http.route=/me/analytics/activityStatistics/{activityStatistics-id}",
		"GET /me/analytics: http.request.method=GET http.response.status_code=200 http.route=/me/analytics",
		"GET: http.request.method=GET http.response.status_code=424",
		"HTTP: http.request.method=_OTHER http.response.status_code=400",
	}
	if batch.Name() != "POST /$batch" || !slices.Equal(items, want) {
		t.Errorf("%s has %s", batch.Name(), strings.Join(items, "\n"))
	}
}
