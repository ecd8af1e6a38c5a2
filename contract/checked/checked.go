// Package checked owns the eyes of the tests: clients, and a call without a socket,
// that hold every answer they see against the contract: status, headers and body,
// and those within the answer to a batch. It leaves alone what the answers mean,
// which is the test's to know.
package checked

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"afterhours/store/edm"
)

// Client returns a client that fails the test at every answer that breaks the
// contract. It follows no redirects, since the server must send none.
func Client(t testing.TB) *http.Client {
	t.Helper()
	return TLSClient(t, nil)
}

// TLSClient is Client by a TLS configuration of the test's.
func TLSClient(t testing.TB, config *tls.Config) *http.Client {
	t.Helper()
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 128
	transport.TLSClientConfig = config
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{
		Transport:     &checkedTransport{t: t, next: transport},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Failer is what a check needs of a test; rapid's tests are no testing.TB.
type Failer interface {
	Helper()
	Errorf(format string, values ...any)
}

// Serve has the handler answer the request without a socket, and fails the test as
// Client does.
func Serve(t Failer, handler http.Handler, request *http.Request) *httptest.ResponseRecorder {
	t.Helper()
	request, sent, err := withBody(request)
	if err != nil {
		t.Errorf("the request's body: %v", err)
	}
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, request)
	response := recorder.Result()
	response.Header = canonical(response.Header)
	response.Header.Set("Date", "as net/http adds it")
	complain(t, request, sent, response, recorder.Body.Bytes())
	return recorder
}

// canonical returns the headers by the names that a client of net/http would find.
func canonical(given http.Header) http.Header {
	header := http.Header{}
	for name, values := range given {
		for _, value := range values {
			header.Add(name, value)
		}
	}
	return header
}

// Answer fails the test if an answer that came by another way breaks the contract.
func Answer(t Failer, request *http.Request, response *http.Response, body []byte) {
	t.Helper()
	complain(t, request, nil, response, body)
}

type pathKey struct{}

// As says by which path of the contract, as /beta/me/analytics/settings, a
// request is to be judged that is sent to another spelling of it.
func As(ctx context.Context, path string) context.Context {
	return context.WithValue(ctx, pathKey{}, path)
}

type checkedTransport struct {
	t    testing.TB
	next http.RoundTripper
}

// RoundTrip sends the request and checks the answer before the caller sees it.
func (c *checkedTransport) RoundTrip(request *http.Request) (*http.Response, error) {
	request, sent, err := withBody(request)
	if err != nil {
		return nil, err
	}
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
	complain(c.t, request, sent, response, body)
	return response, nil
}

// withBody returns the request to be sent and, of a batch, its body.
func withBody(request *http.Request) (*http.Request, []byte, error) {
	if request.Body == nil || !isBatch(request) {
		return request, nil, nil
	}
	body, err := io.ReadAll(request.Body)
	request = request.WithContext(request.Context()) // that of the caller stays as it is
	request.Body = io.NopCloser(bytes.NewReader(body))
	return request, body, err
}

// complain fails the test if the answer breaks the contract.
func complain(t Failer, request *http.Request, sent []byte, response *http.Response, body []byte) {
	t.Helper()
	doc, err := load()
	if err == nil {
		err = checker{doc}.check(request, response, body)
	}
	if err == nil && isBatch(request) && response.StatusCode == http.StatusOK {
		err = checker{doc}.checkBatch(request, sent, body)
	}
	if err != nil {
		t.Errorf("%s %s: the answer breaks the contract: %v\n%s\n%s", request.Method, request.URL, err, response.Status, body)
	}
}

// checker holds answers against the contract.
type checker struct{ doc *openapi3.T }

func (c checker) check(request *http.Request, response *http.Response, body []byte) error {
	if response.StatusCode >= http.StatusBadRequest {
		if err := c.checkError(response, body); err != nil {
			return err
		}
	}
	route := c.route(request)
	if route == nil {
		preflight := request.Method == http.MethodOptions // the browser's business, not the contract's
		if response.StatusCode < http.StatusBadRequest && isAPI(pathOf(request)) && !preflight {
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

// pathOf returns the path by which a request is to be judged.
func pathOf(request *http.Request) string {
	if as, given := request.Context().Value(pathKey{}).(string); given {
		return as
	}
	return request.URL.Path
}

// isAPI tells the paths of the contract from what else a server offers.
func isAPI(path string) bool {
	return path != "/openapi.yaml" && path != "/livez" && path != "/readyz" && !strings.HasPrefix(path, "/.well-known/")
}

// route returns the operation that a request is sent to, nil for none.
func (c checker) route(request *http.Request) *routers.Route {
	path := pathOf(request)
	for _, server := range c.doc.Servers {
		rest, below := strings.CutPrefix(path, server.URL+"/")
		for _, template := range c.doc.Paths.InMatchingOrder() {
			item := c.doc.Paths.Value(template)
			if operation := item.GetOperation(request.Method); below && operation != nil && matches(template[1:], rest) {
				return &routers.Route{Spec: c.doc, Path: template, PathItem: item, Method: request.Method, Operation: operation}
			}
		}
	}
	return nil
}

// matches says whether a path is of the form of a template, as a/{b}/c is.
func matches(template, path string) bool {
	wanted, given := strings.Split(template, "/"), strings.Split(path, "/")
	if len(wanted) != len(given) {
		return false
	}
	for i := range wanted {
		isKey := strings.HasPrefix(wanted[i], "{")
		if isKey && !mayBeKey(given[i]) || !isKey && wanted[i] != given[i] {
			return false
		}
	}
	return true
}

// mayBeKey is false of what stands where a key may and is none: the end of a path, a
// name with a dollar sign, a type.
func mayBeKey(segment string) bool {
	return segment != "" && segment[0] != '$' && !strings.HasPrefix(strings.ToLower(segment), "microsoft.graph.")
}

// checkError holds an error against what every error has, on every path.
func (c checker) checkError(response *http.Response, body []byte) error {
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
	return c.doc.Components.Schemas["error"].Value.VisitJSON(value, openapi3.VisitAsResponse())
}
