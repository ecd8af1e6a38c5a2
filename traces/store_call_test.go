package traces

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"time"

	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"afterhours/store"
)

// TestStoreCall: a call within a trace has a span with its method and its outcome, and nothing of its
// error. A call outside of a trace has none.
func TestStoreCall(t *testing.T) {
	recorder := tracetest.NewSpanRecorder()
	provider := sdk.NewTracerProvider(sdk.WithSpanProcessor(recorder))
	tracer := New(provider, propagation.TraceContext{})
	tracer.EndCall(tracer.BeginCall(t.Context(), "Get"), "Get", time.Now(), store.ErrUnavailable)
	if spans := recorder.Ended(); len(spans) > 0 {
		t.Errorf("outside of a trace: %v", spans)
	}
	within, _ := provider.Tracer("test").Start(t.Context(), "request")
	over, cancel := context.WithCancel(within)
	cancel()
	for _, row := range []struct {
		ctx  context.Context
		err  error
		want map[string]string
		code codes.Code
	}{
		{within, nil, map[string]string{"afterhours.outcome": "ok"}, codes.Unset},
		{within, store.ErrNotFound, map[string]string{"afterhours.outcome": "not_found"}, codes.Unset},
		{over, context.Canceled, map[string]string{"afterhours.outcome": "canceled"}, codes.Unset},
		{within, store.ErrFull, map[string]string{"afterhours.outcome": "full", "error.type": "full"}, codes.Error},
		{within, errors.New("person@example.com"), map[string]string{"afterhours.outcome": "other", "error.type": "other"}, codes.Error},
	} {
		tracer.EndCall(tracer.BeginCall(row.ctx, "PutUser"), "PutUser", time.Now(), row.err)
		span := recorder.Ended()[len(recorder.Ended())-1]
		attributes := map[string]string{}
		for _, attribute := range span.Attributes() {
			attributes[string(attribute.Key)] = attribute.Value.AsString()
		}
		if span.Name() != "store.PutUser" || !reflect.DeepEqual(attributes, row.want) || span.Status() != (sdk.Status{Code: row.code}) || len(span.Events()) > 0 {
			t.Errorf("%v: %s, %v, %v, %v", row.err, span.Name(), attributes, span.Status(), span.Events())
		}
	}
}
