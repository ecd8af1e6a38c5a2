// Package traces owns the spans of OpenTelemetry: when there are any, what they say, and how they reach
// a collector. It leaves alone where a span begins and ends, which handlers, store/metered and package
// auth's client decide.
//
//	settings.go  whether the OTEL_ variables ask for traces, and what in them is wrong
//	start.go     the SDK, from its start to the last batch of spans
//	complaints.go  what the SDK complains of: an error at the start, a line a minute later
//	tracer.go    Tracer and Span
//	client.go    requests to others, which carry traceparent
//
// A span has nothing of a person: no tenant, user, name or token, no id of a statistic, no path and no
// query. Its attributes are of a fixed set of values, except for the numbers of HTTP.
package traces
