package traces

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

// TestTransport: a request within a trace carries the trace and has a span without its path. Any other request is
// sent as it is.
func TestTransport(t *testing.T) {
	var traceparent string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		traceparent = r.Header.Get("traceparent")
		if strings.HasSuffix(r.URL.Path, "/missing") {
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	defer server.Close()
	recorder := tracetest.NewSpanRecorder()
	tracer := New(sdk.NewTracerProvider(sdk.WithSpanProcessor(recorder)), propagation.TraceContext{})
	client := http.Client{Transport: tracer.Transport(server.Client().Transport)}
	get := func(ctx context.Context, address string) {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		if response, err := client.Do(request); err == nil {
			_ = response.Body.Close()
		}
	}

	get(t.Context(), server.URL)
	if traceparent != "" || len(recorder.Ended()) > 0 {
		t.Errorf("outside of a trace: %q, %v", traceparent, recorder.Ended())
	}
	within, _ := tracer.Request(httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil))
	for _, row := range []struct {
		address string
		want    codes.Code
	}{
		{server.URL + "/tenant-guid", codes.Unset},
		{server.URL + "/tenant-guid/missing", codes.Error},
		{"http://127.0.0.1:0/tenant-guid", codes.Error},
	} {
		traceparent = ""
		get(within.Context(), row.address)
		span := recorder.Ended()[len(recorder.Ended())-1]
		ids := "00-" + span.SpanContext().TraceID().String() + "-" + span.SpanContext().SpanID().String() + "-01"
		if isSent := !strings.Contains(row.address, ":0/"); span.Status().Code != row.want || isSent && traceparent != ids {
			t.Errorf("%s: %v, sent with %q, want %q", row.address, span.Status(), traceparent, ids)
		}
		for _, attribute := range span.Attributes() {
			if strings.Contains(attribute.Value.String(), "guid") {
				t.Errorf("%s: the span has %v", row.address, attribute)
			}
		}
	}
}
