// Package checked owns how tests send requests: through clients, and through a call without
// a socket, that check status, headers and body of every response against the contract,
// including the responses in a batch. It leaves alone what a response means, which each
// test checks for itself.
package checked

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
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

// Client returns a client that fails the test at every response that breaks the contract. It
// follows no redirects, since the server must send none.
func Client(t testing.TB) *http.Client {
	t.Helper()
	return TLSClient(t, nil)
}

// TLSClient is Client with a TLS configuration.
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

// Failer is the part of testing.TB that a check needs. The tests of rapid have it, too.
type Failer interface {
	Helper()
	Errorf(format string, values ...any)
}

// Serve calls the handler without a socket. Like Client, it fails the test if the response
// breaks the contract.
func Serve(t Failer, handler http.Handler, request *http.Request) *httptest.ResponseRecorder {
	t.Helper()
	request, sent, err := withBody(request)
	if err != nil {
		t.Errorf("the request's body: %v", err)
	}
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, request)
	if request.Method == http.MethodHead {
		recorder.Body.Reset() // as net/http does
	}
	response := recorder.Result()
	response.Header = canonical(response.Header)
	response.Header.Set("Date", "as net/http adds it")
	complain(t, request, sent, response, recorder.Body.Bytes())
	return recorder
}

// canonical returns the headers with the spelling that a client of net/http gives them.
func canonical(given http.Header) http.Header {
	header := http.Header{}
	for name, values := range given {
		for _, value := range values {
			header.Add(name, value)
		}
	}
	return header
}

// Answer fails the test if a response that was received in another way breaks the contract.
func Answer(t Failer, request *http.Request, response *http.Response, body []byte) {
	t.Helper()
	complain(t, request, nil, response, body)
}

type pathKey struct{}

// As returns a context for a request whose path is not spelled as in the contract. The
// response is checked as one to the given path, for example /beta/me/analytics/settings.
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

// withBody returns the request to send and, if it is a batch, its body.
func withBody(request *http.Request) (*http.Request, []byte, error) {
	if request.Body == nil || !isBatch(request) {
		return request, nil, nil
	}
	body, err := io.ReadAll(request.Body)
	request = request.WithContext(request.Context()) // a copy: RoundTrip must not change the caller's request
	request.Body = io.NopCloser(bytes.NewReader(body))
	return request, body, err
}

// complain fails the test if the response breaks the contract.
func complain(t Failer, request *http.Request, sent []byte, response *http.Response, body []byte) {
	t.Helper()
	if isFaulty(response) {
		return
	}
	doc, err := loadFor(pathOf(request))
	if err == nil {
		body, err = decoded(response.Header, body)
	}
	if err == nil {
		err = checker{doc}.check(request, response, body)
	}
	if err == nil && isBatch(request) && response.StatusCode == http.StatusOK {
		err = checker{doc}.checkBatch(request, sent, response.Header, body)
	}
	if err != nil {
		t.Errorf("%s %s: the response breaks the contract: %v\n%s\n%s", request.Method, request.URL, err, response.Status, body)
	}
}

// isFaulty reports whether a test asked for a fault of the response by the control contract, which says
// that the response then has this header. Such a response may break the contract.
func isFaulty(response *http.Response) bool { return response.Header.Get("Afterhours-Fault") != "" }

// checker checks responses against the contract.
type checker struct{ doc *openapi3.T }

func (c checker) check(request *http.Request, response *http.Response, body []byte) error {
	isHead := request.Method == http.MethodHead
	if isHead && len(body) > 0 {
		return errors.New("a body in a response to HEAD")
	}
	if response.StatusCode >= http.StatusBadRequest {
		if err := c.checkError(request, response, body); err != nil {
			return err
		}
	}
	route := c.route(request)
	if route == nil {
		preflight := request.Method == http.MethodOptions // CORS, which the contract leaves to browsers
		if response.StatusCode < http.StatusBadRequest && isAPI(pathOf(request)) && !preflight {
			return fmt.Errorf("no operation of the contract, but %s", response.Status)
		}
		return nil // 404 or 405 of a path or method that the contract does not have
	}
	body, err := graphForm(response.Header, body)
	if err != nil {
		return err
	}
	return openapi3filter.ValidateResponse(request.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: request, Route: route},
		Status:                 response.StatusCode,
		Header:                 response.Header,
		Body:                   io.NopCloser(bytes.NewReader(body)),
		Options: &openapi3filter.Options{IncludeResponseStatus: true, MultiError: true, ExcludeResponseBody: isHead,
			SchemaValidationOptions: []openapi3.SchemaValidationOption{formats(request.Header.Get("SdkVersion"))}},
	})
}

// formats checks that durations are canonical. The Go SDK is an exception: the server sends
// whole seconds to it with a decimal point.
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

// pathOf returns the path of the contract for which a response is checked.
func pathOf(request *http.Request) string {
	if as, given := request.Context().Value(pathKey{}).(string); given {
		return as
	}
	return request.URL.Path
}

// isAPI reports whether a path is one of the API, and not a probe or a page of the server.
func isAPI(path string) bool {
	isPage := path == "/" || path == "/docs" || strings.HasPrefix(path, "/docs/") || strings.HasPrefix(path, "/pages/")
	isContract := strings.HasSuffix(path, "/openapi.yaml") || strings.HasSuffix(path, "/openapi.json")
	return !isContract && path != "/livez" && path != "/readyz" && !strings.HasPrefix(path, "/.well-known/") && !isPage
}

// route returns the operation to which a request is sent, nil for none. The operation of a HEAD is
// that of GET, as info.description says.
func (c checker) route(request *http.Request) *routers.Route {
	path, method := pathOf(request), request.Method
	if hasApply(request) && strings.HasSuffix(path, "/analytics/activityStatistics") {
		path += "/$apply" // the operation that serves it, as its description says
	}
	if method == http.MethodHead {
		method = http.MethodGet
	}
	for _, server := range c.doc.Servers {
		rest, below := strings.CutPrefix(path, server.URL+"/")
		for _, template := range c.doc.Paths.InMatchingOrder() {
			if !below || !matches(template[1:], rest) {
				continue
			}
			item := c.doc.Paths.Value(template)
			operation := item.GetOperation(method)
			if operation == nil {
				return nil // another path that matches is less exact: delta() is no id
			}
			return &routers.Route{Spec: c.doc, Path: template, PathItem: item, Method: method, Operation: operation}
		}
	}
	return nil
}

// hasApply reports whether a request has the query option $apply, in any spelling.
func hasApply(request *http.Request) bool {
	for name := range request.URL.Query() {
		if strings.EqualFold(strings.TrimPrefix(name, "$"), "apply") {
			return request.Method == http.MethodGet || request.Method == http.MethodHead
		}
	}
	return false
}

// matches reports whether a path matches a template such as a/{b}/c.
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

// mayBeKey reports whether a segment can be a key. An empty segment, a name that begins with
// a dollar sign and the name of a type cannot.
func mayBeKey(segment string) bool {
	return segment != "" && segment[0] != '$' && !strings.HasPrefix(strings.ToLower(segment), "microsoft.graph.")
}

// checkError checks what every error must have, on every path. An error to HEAD has no body.
func (c checker) checkError(request *http.Request, response *http.Response, body []byte) error {
	if !strings.HasPrefix(response.Header.Get("Content-Type"), "application/json") {
		return fmt.Errorf("an error of Content-Type %q", response.Header.Get("Content-Type"))
	}
	for _, name := range []string{"request-id", "OData-Version", "x-ms-ags-diagnostic", "Date"} {
		if response.Header.Get(name) == "" {
			return fmt.Errorf("an error without the header %s", name)
		}
	}
	if request.Method == http.MethodHead {
		return nil
	}
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return fmt.Errorf("an error that is not JSON: %w", err)
	}
	return c.doc.Components.Schemas["error"].Value.VisitJSON(value, openapi3.VisitAsResponse())
}
