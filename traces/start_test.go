package traces

import (
	"bytes"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// setVariables sets the variables, each as NAME=value, for the test.
func setVariables(t *testing.T, variables ...string) {
	t.Helper()
	for _, variable := range variables {
		name, value, _ := strings.Cut(variable, "=")
		t.Setenv(name, value)
	}
}

// TestOff: without variables there is no tracer, no goroutine and no line in the log.
func TestOff(t *testing.T) {
	before := goleak.IgnoreCurrent()
	var log bytes.Buffer
	tracer, err := Start(t.Context(), []string{"PATH=/bin"}, slog.New(slog.NewTextHandler(&log, nil)))
	tracer.Stop()
	if tracer != nil || err != nil || log.Len() > 0 {
		t.Errorf("%v, %v, %s", tracer, err, log.String())
	}
	goleak.VerifyNone(t, before)
}

// TestMistakenVariables: a mistake is told at the start, and no secret is repeated.
func TestMistakenVariables(t *testing.T) {
	noCertificate := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(noCertificate, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct{ variable, want string }{
		{"OTEL_TRACES_EXPORTER=jaeger", "OTEL_TRACES_EXPORTER=jaeger: write otlp"},
		{"OTEL_EXPORTER_OTLP_PROTOCOL=grpc", "OTEL_EXPORTER_OTLP_PROTOCOL=grpc: this server speaks http/protobuf only"},
		{"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=http/json", "http/protobuf only"},
		{"OTEL_EXPORTER_OTLP_ENDPOINT=localhost:4318", "OTEL_EXPORTER_OTLP_ENDPOINT: it must be an http or https URL"},
		{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://user:secret@localhost:4318", "without a password"},
		{"OTEL_EXPORTER_OTLP_ENDPOINT=http://:secret@local host", "without a password"},
		{"OTEL_PROPAGATORS=tracecontext,b3", "OTEL_PROPAGATORS=tracecontext,b3: write tracecontext"},
		{"OTEL_RESOURCE_ATTRIBUTES=team", "OTEL_RESOURCE_ATTRIBUTES: "},
		{"OTEL_TRACES_SAMPLER=sometimes", "unsupported sampler: sometimes"},
		{"OTEL_EXPORTER_OTLP_CERTIFICATE=" + noCertificate + "x", "no such file"},
		{"OTEL_EXPORTER_OTLP_CERTIFICATE=" + noCertificate, "failed to append certificate"},
		{"OTEL_EXPORTER_OTLP_TIMEOUT=soon", "parse duration"},
		{"OTEL_EXPORTER_OTLP_HEADERS=secret", "parse headers"},
		{"OTEL_EXPORTER_OTLP_COMPRESSION=lz4", "OTEL_EXPORTER_OTLP_COMPRESSION=lz4: write gzip, or none"},
		{"OTEL_BSP_MAX_QUEUE_SIZE=-1", "OTEL_BSP_MAX_QUEUE_SIZE=-1: it must be a whole number from 1 to 1000000"},
		{"OTEL_BSP_MAX_QUEUE_SIZE=9000000000000", "a whole number"},
		{"OTEL_BSP_MAX_EXPORT_BATCH_SIZE=-1", "a whole number"},
		{"OTEL_BSP_SCHEDULE_DELAY=0", "a whole number"},
		{"OTEL_BSP_EXPORT_TIMEOUT=soon", "a whole number"},
		{"OTEL_EXPORTER_OTLP_HEADERS=key=secret%2", "escape header value"},
	} {
		t.Run(row.variable, func(t *testing.T) {
			setVariables(t, "OTEL_TRACES_EXPORTER=otlp", row.variable)
			tracer, err := Start(t.Context(), os.Environ(), slog.New(slog.DiscardHandler))
			tracer.Stop()
			if err == nil || !strings.Contains(err.Error(), row.want) || strings.Contains(err.Error(), "secret") {
				t.Errorf("the error is %v", err)
			}
		})
	}
}

// TestStopSendsTheLastSpans: spans that wait for their batch are sent before Stop returns, with the headers of
// the variables.
func TestStopSendsTheLastSpans(t *testing.T) {
	var spans, key atomic.Value
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		spans.Store(r.URL.Path + string(text))
		key.Store(r.Header.Get("Api-Key"))
	}))
	defer collector.Close()
	setVariables(t, "OTEL_EXPORTER_OTLP_ENDPOINT="+collector.URL, "OTEL_EXPORTER_OTLP_HEADERS=api-key=k%20y", "OTEL_SERVICE_NAME=weeks")
	tracer, err := Start(t.Context(), os.Environ(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	_, span := tracer.Request(httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil))
	span.EndResponse(http.MethodGet, "/last", http.StatusOK)
	tracer.Stop()
	text, _ := spans.Load().(string)
	if !strings.HasPrefix(text, "/v1/traces") || !strings.Contains(text, "GET /last") || !strings.Contains(text, "weeks") || key.Load() != "k y" {
		t.Errorf("the collector got %q, with the key %v", text, key.Load())
	}
}

// TestACollectorThatIsAway: if nobody takes the spans, making them costs no time, the log has a line or none, and
// Stop returns soon.
func TestACollectorThatIsAway(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0") // accepts, and never answers
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = closed.Close()
	for name, address := range map[string]net.Addr{"it hangs": listener.Addr(), "it is not there": closed.Addr()} {
		t.Run(name, func(t *testing.T) {
			setVariables(t, "OTEL_EXPORTER_OTLP_ENDPOINT=http://"+address.String(), "OTEL_BSP_SCHEDULE_DELAY=1")
			var log bytes.Buffer
			tracer, err := Start(t.Context(), os.Environ(), slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelWarn})))
			if err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			const many = 20_000 // ten times what waits to be sent
			for range many {
				_, span := tracer.Request(httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil))
				span.EndResponse(http.MethodGet, "", http.StatusOK)
			}
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("%d spans took %v", many, took)
			}
			start = time.Now()
			tracer.Stop()
			if took := time.Since(start); took > flushTimeout+20*time.Second {
				t.Errorf("Stop took %v", took)
			}
			if lines := strings.Count(log.String(), "\n"); lines > 2 { // one of Stop
				t.Errorf("the log has %d lines: %s", lines, log.String())
			}
		})
	}
}
