package traced_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"

	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"afterhours/store"
	"afterhours/store/memory"
	"afterhours/store/postgres"
	"afterhours/store/sqlite"
	"afterhours/store/storetest"
	"afterhours/store/traced"
	"afterhours/traces"
)

// newTracer returns a tracer, what records its spans, and a context within a trace.
func newTracer(t testing.TB) (*traces.Tracer, *tracetest.SpanRecorder, context.Context) {
	recorder := tracetest.NewSpanRecorder()
	provider := sdk.NewTracerProvider(sdk.WithSpanProcessor(recorder))
	ctx, _ := provider.Tracer("test").Start(t.Context(), "request")
	return traces.New(provider, propagation.TraceContext{}), recorder, ctx
}

// TestStore: a traced store keeps all promises.
func TestStore(t *testing.T) {
	storetest.Run(t, func(t testing.TB) store.Store {
		tracer, _, _ := newTracer(t)
		return traced.Over(memory.New(), tracer)
	})
}

func openSQLite(t *testing.T) store.Store {
	opened, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.Full)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = opened.Close() })
	return opened
}

// TestPowers: a traced store has the powers of the one below, and no others.
func TestPowers(t *testing.T) {
	tracer, _, _ := newTracer(t)
	for _, below := range []store.Store{memory.New(), openSQLite(t), (*postgres.Store)(nil), struct{ store.Store }{memory.New()}} {
		over := traced.Over(below, tracer)
		for _, power := range []reflect.Type{
			reflect.TypeFor[store.Replacer](), reflect.TypeFor[store.StatisticsCounter](), reflect.TypeFor[store.FileBackup](),
			reflect.TypeFor[store.IntegrityChecker](), reflect.TypeFor[store.Watcher](),
		} {
			if got, want := reflect.TypeOf(over).Implements(power), reflect.TypeOf(below).Implements(power); got != want {
				t.Errorf("%v over %T: %t, want %t", power, below, got, want)
			}
		}
	}
}

// TestEachCallHasASpan calls every method that takes a context, within a trace and outside of one.
func TestEachCallHasASpan(t *testing.T) {
	tracer, recorder, within := newTracer(t)
	s := reflect.ValueOf(traced.Over(openSQLite(t), tracer))
	calls := 0
	for index := range s.NumMethod() {
		name, method := s.Type().Method(index).Name, s.Method(index)
		if method.Type().NumIn() == 0 || method.Type().In(0) != reflect.TypeFor[context.Context]() {
			continue
		}
		for _, ctx := range []context.Context{context.Background(), within} {
			arguments := []reflect.Value{reflect.ValueOf(ctx)}
			for i := 1; i < method.Type().NumIn(); i++ {
				arguments = append(arguments, reflect.Zero(method.Type().In(i)))
			}
			method.Call(arguments)
		}
		calls++
		if ended := recorder.Ended(); len(ended) != calls || ended[calls-1].Name() != "store."+name || len(ended[calls-1].Attributes()) == 0 {
			t.Fatalf("after %s there are %d spans, want %d", name, len(ended), calls)
		}
	}
	if calls < 20 {
		t.Errorf("only %d methods were called", calls)
	}
}

// failing is a store whose Check returns an error.
type failing struct {
	store.Store
	err error
}

func (s failing) Check(context.Context) error { return s.err }

// TestOutcomes: what a caller may meet at any time is no error of the span. What the server is to blame for is.
func TestOutcomes(t *testing.T) {
	tracer, recorder, within := newTracer(t)
	ended, cancel := context.WithCancel(within)
	cancel()
	for _, row := range []struct {
		ctx  context.Context
		err  error
		want string
		code codes.Code
	}{
		{within, nil, "ok", codes.Unset},
		{within, fmt.Errorf("person@example.com: %w", store.ErrNotFound), "not_found", codes.Unset},
		{within, store.ErrExists, "exists", codes.Unset},
		{within, store.ErrConflict, "conflict", codes.Unset},
		{within, &store.GroupsError{}, "no_result", codes.Unset},
		{ended, context.Canceled, "ended", codes.Unset},
		{ended, store.ErrConflict, "conflict", codes.Unset},
		{within, store.ErrFull, "full", codes.Error},
		{within, store.ErrStopped, "stopped", codes.Error},
		{within, errors.Join(store.ErrDamaged, store.ErrUnavailable), "damaged", codes.Error},
		{ended, store.ErrUnavailable, "unavailable", codes.Error},
		{within, store.ErrClosed, "closed", codes.Error},
		{within, errors.New("person@example.com"), "other", codes.Error},
	} {
		_ = traced.Over(failing{memory.New(), row.err}, tracer).Check(row.ctx)
		span := recorder.Ended()[len(recorder.Ended())-1]
		attributes := map[string]string{}
		for _, attribute := range span.Attributes() {
			attributes[string(attribute.Key)] = attribute.Value.AsString()
		}
		want := map[string]string{"afterhours.outcome": row.want}
		if row.code == codes.Error {
			want["error.type"] = row.want
		}
		if !reflect.DeepEqual(attributes, want) || span.Status() != (sdk.Status{Code: row.code}) || len(span.Events()) > 0 {
			t.Errorf("%v: %v, %v, %v", row.err, attributes, span.Status(), span.Events())
		}
	}
}
