package spec

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers"

	"afterhours/handlers/plain"
)

// Operation is one operation of the contract, with what every request asks of it made ready.
type Operation struct {
	*openapi3.Operation
	Parameters openapi3.Parameters
	Security   openapi3.SecurityRequirements
	Route      *routers.Route
	// QueryNames are the query options that the operation takes.
	QueryNames []string
	// Produces are the media types of a successful response, the usual one first; none without a body.
	Produces []string
	// NotImplemented are the query options that OData has for the operation and this server does not
	// (x-not-implemented).
	NotImplemented []string
	// IsLong is true if the operation may read many statistics (x-long).
	IsLong bool
	// BodySchema, MaxBytes and MaxValues bound the request's body; nil and 0 without a body. BodySchema is
	// nil for a body that is not JSON.
	BodySchema *openapi3.Schema
	MaxBytes   int64
	MaxValues  int
	// PlainParameters are the parameters in the same order, PlainBody is the body, as package plain reads them. PlainBody
	// is nil for a body that it does not read.
	PlainParameters []plain.Parameter
	PlainBody       *plain.Schema
}

// IsList reports whether the operation is a GET of a page that may have a next one.
func (o *Operation) IsList() bool {
	return o.Route.Method == http.MethodGet && slices.Contains(o.QueryNames, "$skiptoken")
}

// TakesQuery reports whether the body has query options (OData URL 4.17).
func (o *Operation) TakesQuery() bool { return strings.HasSuffix(o.Route.Path, "/$query") }

// OperationIDs returns the sorted operationIds of all operations, and those of lists.
func (c *Contract) OperationIDs() (all, lists []string) {
	for _, op := range c.operations {
		if op.IsList() {
			lists = append(lists, op.OperationID)
		}
		all = append(all, op.OperationID)
	}
	slices.Sort(all)
	slices.Sort(lists)
	return slices.Compact(all), slices.Compact(lists)
}

// parameterSegment is how OpenAPI writes a path parameter; Gin writes :name.
var parameterSegment = regexp.MustCompile(`\{([^}]*)\}`)

func ginRoute(path string) string { return parameterSegment.ReplaceAllString(path, ":$1") }

func (c *Contract) addOperation(path string, item *openapi3.PathItem, method string, op *openapi3.Operation) error {
	ready := &Operation{
		Operation:  op,
		Parameters: slices.Concat(item.Parameters, op.Parameters),
		Security:   c.doc.Security,
		Route:      &routers.Route{Spec: c.doc, Path: path, PathItem: item, Method: method, Operation: op},
	}
	ready.Produces = produced(op.Responses)
	ready.IsLong, _ = op.Extensions["x-long"].(bool)
	if err := c.addNotImplemented(ready); err != nil {
		return err
	}
	if op.Security != nil {
		ready.Security = *op.Security
	}
	for _, parameter := range ready.Parameters {
		ready.PlainParameters = append(ready.PlainParameters, plain.CompileParameter(parameter.Value))
		if parameter.Value.In == openapi3.ParameterInQuery {
			name := parameter.Value.Name
			ready.QueryNames = append(ready.QueryNames, name)
			c.options[strings.TrimPrefix(strings.ToLower(name), "$")] = name
		}
	}
	if err := ready.addBody(); err != nil {
		return err
	}
	for _, base := range c.Bases {
		for _, one := range withHead(method) {
			c.operations[routeKey{one, base + ginRoute(path)}] = ready
		}
	}
	return nil
}

// addNotImplemented reads x-not-implemented of the operation. An operation with it, or with a body whose
// schema has it, must have the response 501.
func (c *Contract) addNotImplemented(op *Operation) error {
	names, _ := op.Extensions["x-not-implemented"].([]any)
	for _, name := range names {
		text, _ := name.(string)
		op.NotImplemented = append(op.NotImplemented, text)
		c.options[strings.TrimPrefix(strings.ToLower(text), "$")] = text
	}
	if has := op.Responses.Status(http.StatusNotImplemented) != nil; has != (len(names) > 0 || op.refusesMembers()) {
		return fmt.Errorf("%s must have x-not-implemented and the response 501, or neither", op.OperationID)
	}
	return nil
}

// refusesMembers reports whether OData has members of the body that this server does not.
func (o *Operation) refusesMembers() bool {
	if o.RequestBody == nil {
		return false
	}
	media := o.RequestBody.Value.Content["application/json"]
	return media != nil && NotImplementedMembers(media.Schema.Value) != nil
}

// NotImplementedMembers returns the members of an object that OData has and this server does not, each with
// a sentence on what to do instead (x-not-implemented of the schema); nil for none.
func NotImplementedMembers(schema *openapi3.Schema) map[string]any {
	members, _ := schema.Extensions["x-not-implemented"].(map[string]any)
	return members
}

// produced returns the media types of the successful responses. XML is the usual one of $metadata, which has both.
func produced(responses *openapi3.Responses) []string {
	media := map[string]bool{}
	for status, response := range responses.Map() {
		if strings.HasPrefix(status, "2") {
			for name := range response.Value.Content {
				media[name] = true
			}
		}
	}
	names := slices.Sorted(maps.Keys(media))
	if at := slices.Index(names, "application/xml"); at > 0 {
		names = slices.Insert(slices.Delete(names, at, at+1), 0, "application/xml")
	}
	return names
}

// withHead returns the methods, and HEAD if GET is one of them. The contract states in
// info.description that HEAD is wherever GET is.
func withHead(methods ...string) []string {
	if slices.Contains(methods, http.MethodGet) {
		return append(methods, http.MethodHead)
	}
	return methods
}

// addBody reads what the contract says of the operation's body, if it has one.
func (o *Operation) addBody() error {
	if o.RequestBody == nil {
		return nil
	}
	media := o.RequestBody.Value.Content["application/json"]
	bytes, hasBytes := o.RequestBody.Value.Extensions["x-max-bytes"].(float64)
	values, hasValues := o.RequestBody.Value.Extensions["x-max-values"].(float64)
	if !hasBytes || hasValues != (media != nil) {
		return errors.New("a request body must have x-max-bytes and x-max-values, the latter exactly if it is application/json")
	}
	o.MaxBytes, o.MaxValues = int64(bytes), int(values)
	if media != nil {
		o.BodySchema = media.Schema.Value
		o.PlainBody = plain.Compile(o.BodySchema, o.MaxValues)
	}
	return nil
}

// template is a path of the contract: its segments, of which {id} is a parameter, its route as Gin
// writes it, and its sorted methods.
type template struct {
	segments []string
	route    string
	methods  []string
}

// OperationAt returns the operation at an escaped path, nil if there is none.
func (c *Contract) OperationAt(method, path string) *Operation {
	if base, found := c.template(path); found != nil {
		return c.Operation(method, base+found.route)
	}
	return nil
}

// Methods returns the sorted methods of the contract at an escaped path, none for a path that it
// does not have. If a literal and a parameter both match, the literal counts: $count is not an id.
func (c *Contract) Methods(path string) []string {
	if _, found := c.template(path); found != nil {
		return found.methods
	}
	return nil
}

// IsBelowBase reports whether a path is below one of the base paths of the contract.
func (c *Contract) IsBelowBase(path string) bool {
	return slices.ContainsFunc(c.Bases, func(base string) bool { return strings.HasPrefix(path, base+"/") })
}

// template returns the template of an escaped path, and the base path that it is under; nil if there
// is none.
func (c *Contract) template(path string) (base string, found *template) {
	for _, base := range c.Bases {
		rest, below := strings.CutPrefix(path, base)
		if !below {
			continue
		}
		given := strings.Split(rest, "/")
		for i := range c.templates {
			if c.templates[i].matches(given) {
				return base, &c.templates[i]
			}
		}
	}
	return "", nil
}

// matches reports whether a path has the form of the template, as /a/{b} is. A key does not
// begin with a dollar sign (OData URL 4.3.6), and is not the function delta.
func (t *template) matches(given []string) bool {
	if len(t.segments) != len(given) {
		return false
	}
	for i, segment := range t.segments {
		isKey := strings.HasPrefix(segment, "{")
		if isKey && (strings.HasPrefix(given[i], "$") || isSpelling(given[i], deltaName)) || !isKey && !isSpelling(given[i], segment) {
			return false
		}
	}
	return true
}

// isSpelling reports whether an escaped segment is a name. net/url escapes parentheses: delta%28%29 is delta().
func isSpelling(escaped, name string) bool {
	decoded, err := url.PathUnescape(escaped)
	return err == nil && decoded == name
}
