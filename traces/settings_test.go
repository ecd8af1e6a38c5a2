package traces

import (
	"strings"
	"testing"
)

// TestWhenTracesAreWanted: the variables turn traces on by an exporter or a collector, and off in each of the
// ways that OpenTelemetry has.
func TestWhenTracesAreWanted(t *testing.T) {
	const collector = "OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318"
	for _, row := range []struct {
		environ string // separated by spaces
		want    bool
		refused string
	}{
		{"", false, ""},
		{"PATH=/bin OTEL_SERVICE_NAME=x OTEL_TRACES_SAMPLER=always_on", false, ""},
		{"OTEL_TRACES_EXPORTER=otlp", true, ""},
		{collector, true, ""},
		{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://localhost:4318/v1/traces", true, ""},
		{"OTEL_EXPORTER_OTLP_ENDPOINT=", false, ""},
		{collector + " OTEL_TRACES_EXPORTER=none", false, ""},
		{collector + " OTEL_SDK_DISABLED=true", false, ""},
		{collector + " OTEL_SDK_DISABLED=TRUE", false, ""},
		{collector + " OTEL_SDK_DISABLED=1", true, ""},
		{"OTEL_TRACES_EXPORTER=zipkin", false, "OTEL_TRACES_EXPORTER=zipkin: write otlp, or none"},
		{"OTEL_TRACES_EXPORTER=zipkin OTEL_SDK_DISABLED=true", false, ""},
	} {
		got, err := readSettings(strings.Fields(row.environ)).askForTraces()
		if got != row.want || (err != nil) != (row.refused != "") || err != nil && !strings.Contains(err.Error(), row.refused) {
			t.Errorf("%s: %t, %v", row.environ, got, err)
		}
	}
}

// TestPropagators: the trace of a caller is taken unless the variable leaves it out, and baggage never is.
func TestPropagators(t *testing.T) {
	for _, row := range []struct{ names, fields string }{
		{"", "traceparent tracestate"},
		{"tracecontext,baggage", "traceparent tracestate"},
		{"tracecontext, baggage", "traceparent tracestate"},
		{"baggage", ""},
		{"none", ""},
	} {
		propagator, err := readSettings([]string{"OTEL_PROPAGATORS=" + row.names}).propagator()
		if err != nil {
			t.Fatal(err)
		}
		for _, field := range propagator.Fields() {
			if !strings.Contains(row.fields, field) {
				t.Errorf("%s: passes on %s", row.names, field)
			}
		}
		if len(propagator.Fields()) != len(strings.Fields(row.fields)) {
			t.Errorf("%s: passes on %v", row.names, propagator.Fields())
		}
	}
}
