// Package checked owns an HTTP transport for tests that holds every answer it
// sees against the contract: status, headers and body. It leaves alone what the
// answers mean, which is the test's to know.
package checked

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"afterhours/gen"
	"afterhours/store/edm"
)

// Client returns a client that fails the test at every answer that breaks the
// contract. It follows no redirects, since the server must send none.
func Client(t testing.TB) *http.Client {
	t.Helper()
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 128
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{
		Transport:     &checkedTransport{t: t, next: transport},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Answer fails the test if an answer to the request, which came by another way than
// Client, breaks the contract. The body of the response has been read.
func Answer(t testing.TB, request *http.Request, response *http.Response, body []byte) {
	t.Helper()
	doc, err := load()
	if err != nil {
		t.Fatal(err)
	}
	if err := check(doc, request, response, body); err != nil {
		t.Errorf("%s %s: the answer breaks the contract: %v\n%s\n%s", request.Method, request.URL, err, response.Status, body)
	}
}

type pathKey struct{}

// As says by which path of the contract, as /beta/me/analytics/settings, a
// request is to be judged that is sent to another spelling of it.
func As(ctx context.Context, path string) context.Context {
	return context.WithValue(ctx, pathKey{}, path)
}

var load = sync.OnceValues(func() (*openapi3.T, error) {
	// The model is XML; the contract says no more of it than that it is a text.
	openapi3filter.RegisterBodyDecoder("application/xml", openapi3filter.PlainBodyDecoder)
	return gen.GetSpec()
})

type checkedTransport struct {
	t    testing.TB
	next http.RoundTripper
}

// RoundTrip sends the request and checks the answer before the caller sees it.
func (c *checkedTransport) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := c.next.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	_ = response.Body.Close()
	response.Body = io.NopCloser(bytes.NewReader(body))
	c.t.Helper()
	Answer(c.t, request, response, body)
	return response, nil
}

func check(doc *openapi3.T, request *http.Request, response *http.Response, body []byte) error {
	if response.StatusCode >= http.StatusBadRequest {
		if err := checkError(doc, response, body); err != nil {
			return err
		}
	}
	route := routeOf(doc, request)
	if route == nil {
		preflight := request.Method == http.MethodOptions // the browser's business, not the contract's
		if response.StatusCode < http.StatusBadRequest && isAPI(request.URL.Path) && !preflight {
			return fmt.Errorf("no operation of the contract, but %s", response.Status)
		}
		return nil // 404 and 405, which no operation has
	}
	return openapi3filter.ValidateResponse(request.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: request, Route: route},
		Status:                 response.StatusCode,
		Header:                 response.Header,
		Body:                   io.NopCloser(bytes.NewReader(body)),
		Options: &openapi3filter.Options{IncludeResponseStatus: true, MultiError: true,
			SchemaValidationOptions: []openapi3.SchemaValidationOption{formats(request.Header.Get("SdkVersion"))}},
	})
}

// formats holds durations to be canonical, but for the Go SDK, which gets whole
// seconds with a decimal point.
func formats(sdkVersion string) openapi3.SchemaValidationOption {
	return openapi3.WithStringFormatValidator("edm-duration", openapi3.NewCallbackValidator(func(text string) error {
		if strings.Contains(sdkVersion, "graph-go") {
			text = strings.Replace(text, ".0S", "S", 1)
		}
		parsed, err := edm.ParseDuration(text)
		if err == nil && parsed.String() != text {
			return fmt.Errorf("%s is not canonical: %s is", text, parsed)
		}
		return err
	}))
}

// isAPI tells the paths of the contract from what else a server offers.
func isAPI(path string) bool {
	return path != "/openapi.yaml" && path != "/livez" && path != "/readyz" && !strings.HasPrefix(path, "/.well-known/")
}

// routeOf returns the operation that a request is sent to, nil for none.
func routeOf(doc *openapi3.T, request *http.Request) *routers.Route {
	path := request.URL.Path
	if as, given := request.Context().Value(pathKey{}).(string); given {
		path = as
	}
	for _, server := range doc.Servers {
		rest, below := strings.CutPrefix(path, server.URL+"/")
		for _, template := range doc.Paths.InMatchingOrder() {
			item := doc.Paths.Value(template)
			if operation := item.GetOperation(request.Method); below && operation != nil && matches(template[1:], rest) {
				return &routers.Route{Spec: doc, Path: template, PathItem: item, Method: request.Method, Operation: operation}
			}
		}
	}
	return nil
}

// matches says whether a path is of the form of a template, as a/{b}/c is, where no
// key begins with a dollar sign.
func matches(template, path string) bool {
	wanted, given := strings.Split(template, "/"), strings.Split(path, "/")
	if len(wanted) != len(given) {
		return false
	}
	for i := range wanted {
		isKey := strings.HasPrefix(wanted[i], "{")
		if isKey && strings.HasPrefix(given[i], "$") || !isKey && wanted[i] != given[i] {
			return false
		}
	}
	return true
}

// checkError holds an error against what every error has, on every path.
func checkError(doc *openapi3.T, response *http.Response, body []byte) error {
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return fmt.Errorf("an error that is not JSON: %w", err)
	}
	if !strings.HasPrefix(response.Header.Get("Content-Type"), "application/json") {
		return fmt.Errorf("an error of Content-Type %q", response.Header.Get("Content-Type"))
	}
	for _, name := range []string{"request-id", "OData-Version", "x-ms-ags-diagnostic", "Date"} {
		if response.Header.Get(name) == "" {
			return fmt.Errorf("an error without the header %s", name)
		}
	}
	return doc.Components.Schemas["error"].Value.VisitJSON(value, openapi3.VisitAsResponse())
}
