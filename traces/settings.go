package traces

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
)

// settings are the OTEL_ variables that this package reads itself. The SDK reads the others.
type settings map[string]string

// readSettings returns the variables, each as NAME=value. As OpenTelemetry says, an empty one counts as
// not set.
func readSettings(environ []string) settings {
	s := settings{}
	for _, variable := range environ {
		name, value, _ := strings.Cut(variable, "=")
		if value = strings.TrimSpace(value); strings.HasPrefix(name, "OTEL_") && value != "" {
			s[name] = value
		}
	}
	return s
}

// endpointNames are the variables that say where the collector is, the one that counts first.
var endpointNames = []string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"}

// usualEndpoint is the default of OpenTelemetry's specification. That of the SDK has https.
const usualEndpoint = "http://localhost:4318"

// endpoint returns the URL of the collector.
func (s settings) endpoint() string {
	return cmp.Or(s[endpointNames[0]], s[endpointNames[1]], usualEndpoint)
}

// options returns what the SDK cannot know from the variables.
func (s settings) options() []otlptracehttp.Option {
	if s[endpointNames[0]] == "" && s[endpointNames[1]] == "" {
		return []otlptracehttp.Option{otlptracehttp.WithEndpointURL(usualEndpoint + "/v1/traces")}
	}
	return nil
}

// askForTraces reports whether the variables ask for traces: they name otlp as the exporter, or name no
// exporter but a collector. The error is for an exporter that this program does not have.
func (s settings) askForTraces() (bool, error) {
	if strings.EqualFold(s["OTEL_SDK_DISABLED"], "true") {
		return false, nil
	}
	switch exporter := s["OTEL_TRACES_EXPORTER"]; exporter {
	case "none":
		return false, nil
	case "otlp":
		return true, nil
	case "":
		return slices.ContainsFunc(endpointNames, func(name string) bool { return s[name] != "" }), nil
	default:
		return false, fmt.Errorf("OTEL_TRACES_EXPORTER=%s: write otlp, or none for no traces", exporter)
	}
}

// batchNames are the variables of how many spans wait, and of how many milliseconds.
var batchNames = []string{"OTEL_BSP_SCHEDULE_DELAY", "OTEL_BSP_EXPORT_TIMEOUT", "OTEL_BSP_MAX_QUEUE_SIZE", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE"}

// maxBatchNumber bounds each of them. The SDK makes room for all spans that may wait as it starts.
const maxBatchNumber = 1_000_000

// check returns an error for what the SDK would read without a word and then not do, or fail of. The text of an
// address is not repeated, as it may have a password.
func (s settings) check() error {
	var err error
	for _, name := range []string{"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"} {
		if protocol := s[name]; protocol != "" && protocol != "http/protobuf" {
			err = errors.Join(err, fmt.Errorf("%s=%s: this server speaks http/protobuf only; collectors take it on port 4318", name, protocol))
		}
	}
	for _, name := range []string{"OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "OTEL_EXPORTER_OTLP_COMPRESSION"} {
		if compression := s[name]; compression != "" && compression != "gzip" && compression != "none" {
			err = errors.Join(err, fmt.Errorf("%s=%s: write gzip, or none", name, compression))
		}
	}
	for _, name := range batchNames {
		if number, wrong := strconv.Atoi(s[name]); s[name] != "" && (wrong != nil || number < 1 || number > maxBatchNumber) {
			err = errors.Join(err, fmt.Errorf("%s=%s: it must be a whole number from 1 to %d", name, s[name], maxBatchNumber))
		}
	}
	for _, name := range endpointNames {
		if s[name] != "" && !isAddress(s[name]) {
			err = errors.Join(err, fmt.Errorf("%s: it must be an http or https URL without a password, as in http://localhost:4318", name))
		}
	}
	return err
}

func isAddress(text string) bool {
	address, err := url.Parse(text)
	return err == nil && (address.Scheme == "http" || address.Scheme == "https") && address.Host != "" && address.User == nil
}

// propagator returns what takes the trace of a request from its headers, and puts it into those of other
// requests. Baggage is neither read nor passed on: it is the caller's text, and may be about a person.
func (s settings) propagator() (propagation.TextMapPropagator, error) {
	names := "tracecontext"
	if given := s["OTEL_PROPAGATORS"]; given != "" {
		names = given
	}
	var propagators []propagation.TextMapPropagator
	for name := range strings.SplitSeq(names, ",") {
		switch strings.TrimSpace(name) {
		case "tracecontext":
			propagators = append(propagators, propagation.TraceContext{})
		case "baggage", "none":
		default:
			return nil, fmt.Errorf("OTEL_PROPAGATORS=%s: write tracecontext, or none", names)
		}
	}
	return propagation.NewCompositeTextMapPropagator(propagators...), nil
}
