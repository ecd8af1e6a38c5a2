package batch

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Malformed says what is wrong with a batch as a whole. It has at least one fault.
type Malformed struct{ Faults []Fault }

func (m *Malformed) Error() string { return m.Faults[0].Message }

// Fault is one thing that is wrong. Target is its place in the body of the batch,
// as requests/0/id, or "" for all of it.
type Fault struct{ Target, Message string }

func malformed(target, format string, values ...any) *Malformed {
	return &Malformed{Faults: []Fault{{target, fmt.Sprintf(format, values...)}}}
}

// wireRequest is a request as it stands in a batch. Members that are not known are
// ignored: annotations may stand everywhere (OData JSON 4.6).
type wireRequest struct {
	ID             string            `json:"id"`
	Method         string            `json:"method"`
	URL            string            `json:"url"`
	Headers        map[string]string `json:"headers"`
	Body           jsontext.Value    `json:"body"`
	DependsOn      []string          `json:"dependsOn"`
	PythonDepends  []string          `json:"depends_on"`     // as the Python SDK spells it
	AtomicityGroup string            `json:"atomicityGroup"` // "" for none
	If             jsontext.Value    `json:"if"`
}

// wireRequests are the requests of a batch, as many as may be, and the number of
// the others: 4 MiB of {} would take 300 MiB if they were all decoded.
type wireRequests struct {
	first   []wireRequest
	further int
}

// UnmarshalJSONFrom decodes an array of requests.
func (w *wireRequests) UnmarshalJSONFrom(from *jsontext.Decoder) error {
	if from.PeekKind() != '[' {
		return json.UnmarshalDecode(from, new([1]wireRequest)) // null passes: as good as absent
	}
	if _, err := from.ReadToken(); err != nil {
		return err
	}
	*w = wireRequests{first: []wireRequest{}}
	for from.PeekKind() != ']' {
		if len(w.first) == MaxRequests {
			w.further++
			if err := from.SkipValue(); err != nil {
				return err
			}
			continue
		}
		w.first = append(w.first, wireRequest{})
		if err := json.UnmarshalDecode(from, &w.first[len(w.first)-1]); err != nil {
			return err
		}
	}
	_, err := from.ReadToken()
	return err
}

// item is a request of a batch on its way to its answer.
type item struct {
	wireRequest
	id    string
	place int // in the batch, from 0
	group *group
	after []*item // those that must be done before it
	// done is closed when there is an answer.
	done   chan struct{}
	answer *recorder
	// path is the escaped path that was asked for in the end.
	path string
}

// parse reads a batch and finds all that is wrong with it as a whole.
func parse(body []byte) ([]*group, error) {
	var batch struct {
		Requests wireRequests `json:"requests"`
	}
	// Of a member that stands twice the last counts, as official SDKs send such bodies.
	if err := json.Unmarshal(body, &batch, jsontext.AllowDuplicateNames(true)); err != nil {
		return nil, unreadable(err)
	}
	switch {
	case batch.Requests.first == nil:
		return nil, malformed("requests", "The body of a batch must have the array 'requests'.")
	case batch.Requests.further > 0:
		return nil, malformed("requests", "The batch has %d requests; send %d at most.",
			MaxRequests+batch.Requests.further, MaxRequests)
	}
	items := make([]*item, len(batch.Requests.first))
	for i, request := range batch.Requests.first {
		items[i] = &item{wireRequest: request, id: request.ID, place: i, done: make(chan struct{})}
	}
	return resolve(items)
}

// kinds names what JSON must stand in place of a Go type.
var kinds = map[reflect.Kind]string{
	reflect.String: "a string", reflect.Slice: "an array", reflect.Array: "an array", reflect.Map: "an object", reflect.Struct: "an object",
}

// unreadable says where a body is no JSON, or not of the form of a batch.
func unreadable(err error) *Malformed {
	var form *json.SemanticError
	var syntax *jsontext.SyntacticError
	switch {
	case errors.As(err, &syntax):
		return malformed("", "The body of the batch is not JSON: %s, at byte %d.", syntax.Err, syntax.ByteOffset)
	case errors.As(err, &form) && form.GoType != nil && kinds[form.GoType.Kind()] != "":
		place := strings.TrimPrefix(string(form.JSONPointer), "/")
		if len(place) > maxQuoted {
			place = strings.ToValidUTF8(place[:maxQuoted], "")
		}
		subject := "'" + place + "'"
		if place == "" {
			subject = "The body of a batch"
		}
		return malformed(place, "%s must be %s.", subject, kinds[form.GoType.Kind()])
	}
	return malformed("", "The body of the batch cannot be read.")
}

// maxQuoted bounds in bytes what an answer repeats of a request's text.
const maxQuoted = 64

// quoted returns a text of the client's as it can be shown.
func quoted(text string) string {
	if len(text) > maxQuoted {
		return fmt.Sprintf("%q...", strings.ToValidUTF8(text[:maxQuoted], ""))
	}
	return fmt.Sprintf("%q", text)
}
