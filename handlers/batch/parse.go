package batch

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Malformed is the error for a batch that cannot be run. It has at least one fault.
type Malformed struct{ Faults []Fault }

func (m *Malformed) Error() string { return m.Faults[0].Message }

// Fault is one thing that is wrong with a batch. Target is its path in the body, such as
// requests/0/id, or "" for the whole body.
type Fault struct{ Target, Message string }

func malformed(target, format string, values ...any) *Malformed {
	return &Malformed{Faults: []Fault{{target, fmt.Sprintf(format, values...)}}}
}

// wireRequest is a request in the JSON of a batch. Unknown members are ignored, because
// annotations are allowed everywhere (OData JSON 4.6).
type wireRequest struct {
	ID             string            `json:"id"`
	Method         string            `json:"method"`
	URL            string            `json:"url"`
	Headers        map[string]string `json:"headers"`
	Body           jsontext.Value    `json:"body"`
	DependsOn      []string          `json:"dependsOn"`
	PythonDepends  []string          `json:"depends_on"`     // the Python SDK's spelling of dependsOn
	AtomicityGroup string            `json:"atomicityGroup"` // "" for none
	If             jsontext.Value    `json:"if"`
}

// wireRequests are the first MaxRequests requests of a batch. Further ones are counted
// but not decoded: 4 MiB of {} would take 300 MiB of memory.
type wireRequests struct {
	first   []wireRequest
	further int
}

// UnmarshalJSONFrom decodes an array of requests. null leaves w unchanged, like an absent
// member.
func (w *wireRequests) UnmarshalJSONFrom(from *jsontext.Decoder) error {
	if from.PeekKind() != '[' {
		return json.UnmarshalDecode(from, new([1]wireRequest)) // an error for anything but null
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

// item is a request of a batch and, once it has been served, its response.
type item struct {
	wireRequest
	id    string
	index int // in the batch, from 0
	// isPart is true for a request of a multipart batch. It may have a Content-ID, which is then its id, and
	// a host. Its body is content, nil for none.
	isPart          bool
	contentID, host string
	content         []byte

	group        *atomicityGroup
	dependencies []*item // the items that must have a response before it is served
	// done is closed once response is final. It is nil if no item depends on this one.
	done     chan struct{}
	response *recorder
	// address is what announced found, nil if it found none. path is the escaped path of the request that was served,
	// and sent its body.
	address *url.URL
	path    string
	sent    payload
}

// payload is the body of the request that is served.
type payload struct{ bytes.Reader }

func (*payload) Close() error { return nil }

// ended returns the refusal of an item whose outer request has ended.
func (i *item) ended() *Refusal {
	return i.refuse(http.StatusServiceUnavailable, "", "The batch ended before this request was started.")
}

// partNames maps members of a request in JSON to what a part has instead, "" for nothing.
var partNames = map[string]string{"id": "Content-ID", "dependsOn": "", "atomicityGroup": ""}

// refuse returns a refusal of the item. member is the member at fault, "" for none.
func (i *item) refuse(status int, member, format string, values ...any) *Refusal {
	target := fmt.Sprintf("requests/%d", i.index)
	if name, hasOther := partNames[member]; i.isPart && hasOther {
		member = name
	}
	if member != "" {
		target += "/" + member
	}
	return &Refusal{Method: strings.ToUpper(i.Method), Status: status, Fault: Fault{Target: target, Message: fmt.Sprintf(format, values...)}}
}

// parseJSON decodes a JSON batch. It returns the items in their groups, or a *Malformed
// error with everything that is wrong with the batch.
func parseJSON(body []byte) ([]*atomicityGroup, error) {
	var batch struct {
		Requests wireRequests `json:"requests"`
	}
	// Official SDKs send bodies with duplicate members. The last of them counts.
	if err := json.Unmarshal(body, &batch, jsontext.AllowDuplicateNames(true)); err != nil {
		return nil, unreadable(err)
	}
	switch {
	case batch.Requests.first == nil:
		return nil, malformed("requests", "The body of a batch must have the array 'requests'.")
	case batch.Requests.further > 0:
		return nil, malformed("requests", "The batch has %d requests; send at most %d.",
			MaxRequests+batch.Requests.further, MaxRequests)
	}
	all := make([]item, len(batch.Requests.first))
	items := make([]*item, len(all))
	for i, request := range batch.Requests.first {
		all[i] = item{wireRequest: request, id: request.ID, index: i}
		items[i] = &all[i]
	}
	return resolve(items)
}

// kinds maps the kind of a Go type to the JSON that it is decoded from.
var kinds = map[reflect.Kind]string{
	reflect.String: "a text", reflect.Slice: "an array", reflect.Array: "an array", reflect.Map: "an object", reflect.Struct: "an object",
}

// unreadable returns the fault of a body that is not JSON, or does not have the form of a
// batch.
func unreadable(err error) *Malformed {
	var form *json.SemanticError
	var syntax *jsontext.SyntacticError
	switch {
	case errors.As(err, &syntax):
		return malformed("", "The body of the batch is not JSON: %s, at byte %d.", syntax.Err, syntax.ByteOffset)
	case errors.As(err, &form) && form.GoType != nil && kinds[form.GoType.Kind()] != "":
		path := strings.TrimPrefix(string(form.JSONPointer), "/")
		if len(path) > maxQuoted {
			path = strings.ToValidUTF8(path[:maxQuoted], "")
		}
		subject := "'" + path + "'"
		if path == "" {
			subject = "The body of a batch"
		}
		return malformed(path, "%s must be %s.", subject, kinds[form.GoType.Kind()])
	}
	return malformed("", "The body of the batch cannot be read.")
}

// maxQuoted is how many bytes of a request's text an error message repeats.
const maxQuoted = 64

// quoted returns a text from the request in quotes, shortened and escaped for an error
// message.
func quoted(text string) string {
	if len(text) > maxQuoted {
		return fmt.Sprintf("%q...", strings.ToValidUTF8(text[:maxQuoted], ""))
	}
	return fmt.Sprintf("%q", text)
}
