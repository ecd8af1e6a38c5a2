package input_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"afterhours/gen"
	"afterhours/handlers/input"
	"afterhours/handlers/problem"
	"afterhours/handlers/spec"
)

// The routes of the operations that the tests validate requests against.
const (
	collectionRoute = "/beta/me/analytics/activityStatistics"
	itemRoute       = collectionRoute + "/:activityStatistics-id"
)

// operation returns an operation of the repository's contract.
func operation(t testing.TB, method, route string) *spec.Operation {
	t.Helper()
	text, err := os.ReadFile("../../openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	contract, err := spec.Load(text)
	if err != nil {
		t.Fatal(err)
	}
	op := contract.Operation(method, route)
	if op == nil {
		t.Fatalf("the contract has no %s %s", method, route)
	}
	return op
}

// patch returns a PATCH of the statistic a with a body and headers, given as name and value in turn.
func patch(body string, header ...string) *http.Request {
	request := httptest.NewRequest(http.MethodPatch, collectionRoute+"/a", strings.NewReader(body))
	request.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	return request
}

// validate validates a PATCH of the statistic a.
func validate(op *spec.Operation, request *http.Request, quirks input.Quirks) (input.Body, error) {
	return readAndValidate(request, op, pathValues{"activityStatistics-id": "a"}, quirks)
}

// pathValues are path parameters by their names.
type pathValues map[string]string

func (v pathValues) Get(name string) (string, bool) {
	value, found := v[name]
	return value, found
}

// readAndValidate reads the body and validates the request, as the server does.
func readAndValidate(request *http.Request, op *spec.Operation, path pathValues, quirks input.Quirks) (input.Body, error) {
	var text []byte
	if op.RequestBody != nil {
		var err error
		if text, err = input.ReadBody(request, op, quirks, func(int64) error { return nil }); err != nil {
			return input.Body{}, err
		}
	}
	return input.Validate(request, op, path, "", text, quirks)
}

func zip(t testing.TB, text string) string {
	t.Helper()
	var zipped bytes.Buffer
	writer := gzip.NewWriter(&zipped)
	_, err := io.WriteString(writer, text)
	if err := errors.Join(err, writer.Close()); err != nil {
		t.Fatal(err)
	}
	return zipped.String()
}

func TestBodyIsBound(t *testing.T) {
	op := operation(t, http.MethodPatch, itemRoute)
	const text = `{"activity":"Chat","@odata.context":"x"}`
	for name, request := range map[string]*http.Request{
		"plain":    patch(text),
		"identity": patch(text, "Content-Encoding", "identity"),
		"gzip":     patch(zip(t, text), "Content-Encoding", " GZIP "),
		"charset":  patch(text, "Content-Type", `application/json;odata.metadata=minimal; charset="UTF-8"`),
	} {
		body, err := validate(op, request, false)
		if err != nil || string(body.Text) != text {
			t.Errorf("%s: %q %v", name, body.Text, err)
			continue
		}
		var update gen.ActivityStatisticsUpdate
		if err := body.Bind(&update); err != nil || update.Activity == nil || *update.Activity != "Chat" {
			t.Errorf("%s: bound to %+v, %v", name, update, err)
		}
	}
	if err := (input.Body{}).Bind(new(gen.ActivityStatisticsUpdate)); err == nil {
		t.Error("a body that was not validated is bound")
	}
}

// TestWholeNumbersAreBound: an integer of any size that a float64 holds exactly fits a field of an integer type.
func TestWholeNumbersAreBound(t *testing.T) {
	for _, text := range []string{"0", "-7", "999999", "1000000", "1e6", "2147483647.0", "9007199254740991", "-9007199254740991"} {
		value, err := input.DecodeJSON([]byte(`{"at":[{"n":`+text+`}],"rate":0.5}`), 10)
		if err != nil {
			t.Fatal(err)
		}
		var bound struct {
			At []struct {
				N *int64 `json:"n"`
			} `json:"at"`
			Rate float64 `json:"rate"`
		}
		var want float64
		_ = json.Unmarshal([]byte(text), &want)
		if err := (input.Body{Value: value, Text: []byte(text)}).Bind(&bound); err != nil || len(bound.At) != 1 || *bound.At[0].N != int64(want) || bound.Rate != 0.5 {
			t.Errorf("%s: %+v %v", text, bound, err)
		}
	}
}

// TestBodyRefusals checks the kind, the target and the words of each problem, and whether it reports
// that a part of the body was not read: the server must then close the connection.
func TestBodyRefusals(t *testing.T) {
	op := operation(t, http.MethodPatch, itemRoute)
	limit := int(op.MaxBytes)
	large := `{"duration":"PT1H"` + strings.Repeat(" ", limit) + `}`
	unknownLength := patch(large)
	unknownLength.ContentLength = -1
	zipped := zip(t, `{"duration":"PT1H"}`)
	slow := patch("")
	slow.Body, slow.ContentLength = io.NopCloser(slowBody{}), -1
	for name, test := range map[string]struct {
		request      *http.Request
		kind         error
		target, part string
		unread       bool
	}{
		"too large by its length":    {patch(large), problem.ErrTooLarge, "", "larger than 1048576 bytes", true},
		"too large, length unknown":  {unknownLength, problem.ErrTooLarge, "", "larger than 1048576 bytes", true},
		"too large when unzipped":    {patch(zip(t, large), "Content-Encoding", "gzip"), problem.ErrTooLarge, "", "larger than 1048576 bytes", true},
		"another coding":             {patch("{}", "Content-Encoding", "br"), problem.ErrMediaType, "Content-Encoding", "'br'", true},
		"plain, labelled gzip":       {patch("{}", "Content-Encoding", "gzip"), problem.ErrInvalid, "", "does not arrive whole", true},
		"longer, but labelled gzip":  {patch(`{"duration":"PT1H"}`, "Content-Encoding", "gzip"), problem.ErrInvalid, "Content-Encoding", "not in gzip", true},
		"gzip with a wrong checksum": {patch(zipped[:len(zipped)-8]+"aaaa"+zipped[len(zipped)-4:], "Content-Encoding", "gzip"), problem.ErrInvalid, "Content-Encoding", "damaged", true},
		"gzip that is cut off":       {patch(zipped[:len(zipped)-9], "Content-Encoding", "gzip"), problem.ErrInvalid, "", "does not arrive whole", true},
		"empty":                      {patch(""), problem.ErrInvalid, "", "the body is empty", false},
		"empty in gzip":              {patch(zip(t, ""), "Content-Encoding", "gzip"), problem.ErrInvalid, "", "the body is empty", false},
		"a client that is too slow":  {slow, problem.ErrTimeout, "", "did not arrive in time", true},
	} {
		_, err := validate(op, test.request, false)
		var found *problem.Problem
		if !errors.As(err, &found) || !errors.Is(err, test.kind) || found.Target != test.target || !strings.Contains(found.Message, test.part) || found.Unread != test.unread {
			t.Errorf("%s: %+v", name, err)
		}
	}
}

// slowBody is a body whose read runs into the deadline of the connection.
type slowBody struct{}

func (slowBody) Read([]byte) (int, error) { return 0, os.ErrDeadlineExceeded }

// TestBodyOfExactlyTheLimit checks that the limit itself is allowed, plain and unzipped.
func TestBodyOfExactlyTheLimit(t *testing.T) {
	op := operation(t, http.MethodPatch, itemRoute)
	text := `{"duration":"PT1H"`
	text += strings.Repeat(" ", int(op.MaxBytes)-len(text)-1) + "}"
	for name, request := range map[string]*http.Request{"plain": patch(text), "gzip": patch(zip(t, text), "Content-Encoding", "gzip")} {
		if _, err := validate(op, request, false); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestBodyMediaType(t *testing.T) {
	op := operation(t, http.MethodPatch, itemRoute)
	for _, contentType := range []string{"", "text/plain", "text/json", "application/jsonx", "application/json, text/plain", "application/json; charset=utf-16"} {
		_, err := validate(op, patch("{}", "Content-Type", contentType), false)
		var found *problem.Problem
		if !errors.As(err, &found) || !errors.Is(err, problem.ErrMediaType) || found.Target != "Content-Type" || !strings.Contains(found.Message, "'"+contentType+"'; it must be application/json") {
			t.Errorf("%q: %v", contentType, err)
		}
	}
}
