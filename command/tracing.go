package command

import (
	"cmp"
	"net/http"

	"afterhours/traces"
)

// tracedClient returns a client as the given one, or as http.DefaultClient if that is nil, whose requests
// are in the traces of what they are made for. Without a tracer it returns the given one.
func tracedClient(client *http.Client, tracer *traces.Tracer) *http.Client {
	if tracer == nil {
		return client
	}
	traced := *cmp.Or(client, http.DefaultClient)
	if traced.Transport == nil {
		traced.Transport = http.DefaultTransport
	}
	traced.Transport = tracer.Transport(traced.Transport)
	return &traced
}
