package traces

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/go-logr/logr"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
)

// flushTimeout is how long Stop waits for the collector.
const flushTimeout = 3 * time.Second

// Start returns a tracer that sends its spans as the OTEL_ variables say, each as NAME=value, or nil if
// they do not ask for traces. They must be the process's own, of which the SDK reads some itself. The
// error says what in the variables is wrong.
//
// Later errors of the SDK are logged, once a minute at most. The SDK has one error handler for the whole
// process: a second call of Start replaces it.
func Start(ctx context.Context, environ []string, log *slog.Logger) (*Tracer, error) {
	settings := readSettings(environ)
	if wanted, err := settings.askForTraces(); err != nil || !wanted {
		return nil, err
	}
	propagator, err := settings.propagator()
	if err := errors.Join(err, settings.check()); err != nil {
		return nil, err
	}
	complaints := &complaints{log: log}
	otel.SetErrorHandler(complaints)
	otel.SetLogger(logr.New(complaints))

	about, err := resource.New(ctx,
		resource.WithTelemetrySDK(),
		resource.WithService(), // an id of this process
		resource.WithAttributes(semconv.ServiceName("afterhours"), semconv.ServiceVersion(version())),
		resource.WithFromEnv())
	if err != nil {
		return nil, fmt.Errorf("OTEL_RESOURCE_ATTRIBUTES: %w", err)
	}
	exporter, err := otlptracehttp.New(ctx, settings.options()...)
	if err != nil {
		return nil, fmt.Errorf("the variables OTEL_EXPORTER_OTLP_*: %w", err)
	}
	provider := sdk.NewTracerProvider(sdk.WithResource(about), sdk.WithBatcher(exporter))
	if err := complaints.start(); err != nil {
		return nil, errors.Join(fmt.Errorf("a variable OTEL_* is wrong: %w", err), provider.Shutdown(ctx))
	}
	log.Info("traces are sent", "to", settings.endpoint())
	tracer := New(provider, propagator)
	tracer.stop = func() {
		ctx, cancel := context.WithTimeout(context.Background(), flushTimeout)
		defer cancel()
		if err := provider.Shutdown(ctx); err != nil {
			log.Warn("the last traces were not sent", "error", err.Error())
		}
	}
	return tracer, nil
}

// version returns the version of the program.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		return info.Main.Version
	}
	return "unknown"
}
