package traces

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"afterhours/store/metered"
)

// Tracer begins spans. It may be used by several goroutines.
type Tracer struct {
	tracer     trace.Tracer
	propagator propagation.TextMapPropagator
	stop       func()
}

// New returns a tracer over a provider, which the caller must shut down.
func New(provider trace.TracerProvider, propagator propagation.TextMapPropagator) *Tracer {
	return &Tracer{tracer: provider.Tracer("afterhours"), propagator: propagator, stop: func() {}}
}

// Stop sends the spans that wait, for three seconds at most. A nil tracer has none.
func (t *Tracer) Stop() {
	if t != nil {
		t.stop()
	}
}

// Request begins the span of a request, in the trace that its headers name or in a new one. The span is
// in the context of the request that is returned.
func (t *Tracer) Request(r *http.Request) (*http.Request, *Span) {
	ctx := t.propagator.Extract(r.Context(), propagation.HeaderCarrier(r.Header))
	ctx, span := t.tracer.Start(ctx, "HTTP", trace.WithSpanKind(trace.SpanKindServer))
	return r.WithContext(ctx), &Span{span}
}

// Item begins the span of a request of a batch, below that of the batch. A trace in its own headers does
// not count.
func (t *Tracer) Item(r *http.Request) (*http.Request, *Span) {
	ctx, span := t.tracer.Start(r.Context(), "HTTP")
	return r.WithContext(ctx), &Span{span}
}

// BeginCall begins the span of a call of the store, as metered.Observer. It begins none if the context has no
// span that is recorded: what the server does by itself belongs to no trace.
func (t *Tracer) BeginCall(ctx context.Context, method string) context.Context {
	if trace.SpanFromContext(ctx).IsRecording() {
		ctx, _ = t.tracer.Start(ctx, "store."+method)
	}
	return ctx
}

// EndCall ends the span of a call of the store, as metered.Observer.
func (t *Tracer) EndCall(ctx context.Context, _ string, _ time.Time, err error) {
	span := trace.SpanFromContext(ctx)
	if !span.IsRecording() {
		return
	}
	outcome := metered.OutcomeOf(ctx, err)
	span.SetAttributes(attribute.String("afterhours.outcome", outcome.Word))
	if outcome.IsFailed {
		fail(span, outcome.Word)
	}
	span.End()
}

// ID returns the id of the trace that the context is within, 32 hexadecimal digits. They are zeros if there
// is none.
func ID(ctx context.Context) string { return trace.SpanContextFromContext(ctx).TraceID().String() }

// Span is the time that something takes. A nil span is none, and its methods do nothing.
type Span struct{ span trace.Span }

// EndResponse ends the span of a request by its response. The method is "" if HTTP has none of that name.
// The route is that of the contract, with names in place of values, or "". The status is 0 for no
// response. As the conventions for servers say, a status of 500 or more is an error, and one of 400 is not.
func (s *Span) EndResponse(method, route string, status int) {
	if s == nil {
		return
	}
	defer s.span.End()
	if !s.span.IsRecording() {
		return
	}
	name, attributes := "HTTP", make([]attribute.KeyValue, 0, 4)
	if method == "" {
		attributes = append(attributes, semconv.HTTPRequestMethodOther)
	} else {
		name = method
		attributes = append(attributes, semconv.HTTPRequestMethodKey.String(method))
	}
	if route != "" {
		name += " " + route
		attributes = append(attributes, semconv.HTTPRoute(route))
	}
	s.span.SetName(name)
	if status != 0 {
		attributes = append(attributes, semconv.HTTPResponseStatusCode(status))
	}
	s.span.SetAttributes(attributes...)
	switch {
	case status == 0:
		fail(s.span, noResponse)
	case status >= http.StatusInternalServerError:
		fail(s.span, strconv.Itoa(status))
	}
}

// noResponse is the error.type of a request whose connection breaks.
const noResponse = "no_response"

// fail marks the span as an error of the type.
func fail(span trace.Span, errorType string) {
	span.SetAttributes(semconv.ErrorTypeKey.String(errorType))
	span.SetStatus(codes.Error, "")
}
