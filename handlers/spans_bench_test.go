package handlers_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"

	"afterhours/handlers"
	"afterhours/store/metered"
	"afterhours/traces"
)

// BenchmarkPatchTraced is BenchmarkPatch with every request traced. The collector is in this process, and drops
// what it gets.
func BenchmarkPatchTraced(b *testing.B) { onBenchStores(b, benchPatch, tracedByEnvironment(b)) }

// BenchmarkPatchTracedParallel is BenchmarkPatchParallel likewise.
func BenchmarkPatchTracedParallel(b *testing.B) {
	onBenchStores(b, benchPatchParallel, tracedByEnvironment(b))
}

func tracedByEnvironment(b *testing.B) func(*handlers.Config) {
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
	}))
	b.Cleanup(collector.Close)
	b.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.URL)
	b.Setenv("OTEL_TRACES_SAMPLER", "always_on")
	tracer, err := traces.Start(b.Context(), os.Environ(), slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(tracer.Stop)
	return func(config *handlers.Config) {
		config.Tracer, config.Store = tracer, metered.New(config.Store, tracer)
	}
}
