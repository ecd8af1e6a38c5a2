package handlers

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers"
	"github.com/google/uuid"

	"afterhours/gen"
	"afterhours/handlers/odata"
	"afterhours/store"
)

// contract is openapi.yaml as the handlers ask it: what is allowed where. It is
// made once and never changed.
type contract struct {
	doc *openapi3.T
	// bases are the paths of the servers: /beta, /v1.0, /localtest.
	bases []string
	// templates are the paths, those with fewer parameters first.
	templates []template
	// operations are those of the contract, by method and Gin's route.
	operations map[string]*operation
	// names are the literal path segments and base paths, by their lower case.
	names map[string]string
	// options are the query options of any operation, by their lower case without $.
	options map[string]string
	// keyed are the names behind which a key may follow.
	keyed map[string]bool
	// types are the five derived types, by the value of @odata.type.
	types map[string]*entityType
	// byStoreType are the same, by the store's name for them.
	byStoreType map[store.Type]*entityType
	// model finds what query options name.
	model *odata.Model
	// pageSize is how many statistics a page holds unless the client asks for fewer
	// or more, pageSizeMax how many at the most.
	pageSize, pageSizeMax int
}

// operation is one operation of the contract with what is asked of it at every
// request made ready.
type operation struct {
	*openapi3.Operation
	parameters openapi3.Parameters
	security   openapi3.SecurityRequirements
	route      *routers.Route
	// queryNames are the query options that the operation takes.
	queryNames []string
	// bodySchema, maxBytes and maxValues bound the request's body; nil and 0 without one.
	bodySchema *openapi3.Schema
	maxBytes   int64
	maxValues  int
}

func loadContract() (*contract, error) {
	doc, err := gen.GetSpec()
	if err != nil {
		return nil, err
	}
	c := &contract{
		doc:         doc,
		operations:  map[string]*operation{},
		names:       map[string]string{},
		options:     map[string]string{},
		keyed:       map[string]bool{},
		types:       map[string]*entityType{},
		byStoreType: map[store.Type]*entityType{},
	}
	for _, server := range doc.Servers {
		c.bases = append(c.bases, server.URL)
		c.names[strings.ToLower(server.URL[1:])] = server.URL[1:]
	}
	for path, item := range doc.Paths.Map() {
		c.addNames(path)
		for method, op := range item.Operations() {
			if err := c.addOperation(path, item, method, op); err != nil {
				return nil, fmt.Errorf("%s %s: %w", method, path, err)
			}
		}
	}
	for _, path := range doc.Paths.InMatchingOrder() {
		methods := slices.Sorted(maps.Keys(doc.Paths.Value(path).Operations()))
		c.templates = append(c.templates, template{strings.Split(path, "/"), methods})
	}
	if err := c.addTypes(); err != nil {
		return nil, err
	}
	for _, name := range doc.Components.Schemas["propertyName"].Value.Enum {
		c.names[strings.ToLower(fmt.Sprint(name))] = fmt.Sprint(name)
	}
	if c.model, err = newModel(c); err != nil {
		return nil, err
	}
	size := doc.Components.Schemas["pageSize"].Value
	usual, hasDefault := size.Default.(float64)
	if !hasDefault || size.Max == nil {
		return nil, errors.New("schema pageSize must have a default and a maximum")
	}
	c.pageSize, c.pageSizeMax = int(usual), int(*size.Max)
	return c, nil
}

func (c *contract) addNames(path string) {
	previous := ""
	for segment := range strings.SplitSeq(path[1:], "/") {
		if strings.HasPrefix(segment, "{") {
			c.keyed[previous] = true
		} else {
			c.names[strings.ToLower(segment)] = segment
		}
		previous = segment
	}
}

// parameterSegment is how OpenAPI writes a path parameter; Gin writes :name.
var parameterSegment = regexp.MustCompile(`\{([^}]*)\}`)

func (c *contract) addOperation(path string, item *openapi3.PathItem, method string, op *openapi3.Operation) error {
	ready := &operation{
		Operation:  op,
		parameters: slices.Concat(item.Parameters, op.Parameters),
		security:   c.doc.Security,
		route:      &routers.Route{Spec: c.doc, Path: path, PathItem: item, Method: method, Operation: op},
	}
	if op.Security != nil {
		ready.security = *op.Security
	}
	for _, parameter := range ready.parameters {
		if parameter.Value.In == openapi3.ParameterInQuery {
			name := parameter.Value.Name
			ready.queryNames = append(ready.queryNames, name)
			c.options[strings.TrimPrefix(strings.ToLower(name), "$")] = name
		}
	}
	if err := ready.addBody(); err != nil {
		return err
	}
	for _, base := range c.bases {
		c.operations[method+" "+base+parameterSegment.ReplaceAllString(path, ":$1")] = ready
	}
	return nil
}

// addBody reads what the contract says of the operation's body, if it has one.
func (o *operation) addBody() error {
	if o.RequestBody == nil {
		return nil
	}
	media := o.RequestBody.Value.Content["application/json"]
	bytes, hasBytes := o.RequestBody.Value.Extensions["x-max-bytes"].(float64)
	values, hasValues := o.RequestBody.Value.Extensions["x-max-values"].(float64)
	if media == nil || !hasBytes || !hasValues {
		return errors.New("a request body must be application/json and have x-max-bytes and x-max-values")
	}
	o.bodySchema, o.maxBytes, o.maxValues = media.Schema.Value, int64(bytes), int(values)
	return nil
}

// operation returns the operation of a request that Gin routed to fullPath, nil
// for a route that is not the contract's.
func (c *contract) operation(r *http.Request, fullPath string) *operation {
	return c.operations[r.Method+" "+fullPath]
}

// template is a path of the contract: its segments, of which {id} is a parameter, and its
// methods, sorted.
type template struct{ segments, methods []string }

// methods returns the methods that the contract has at an escaped path, sorted; none
// for a path that it does not have. Where a literal and a parameter both match, the
// literal counts: $count is no id.
func (c *contract) methods(path string) []string {
	for _, base := range c.bases {
		rest, below := strings.CutPrefix(path, base)
		if !below {
			continue
		}
		given := strings.Split(rest, "/")
		for _, template := range c.templates {
			if template.matches(given) {
				return template.methods
			}
		}
	}
	return nil
}

// matches says whether a path has the form of the template, as /a/{b} is. A key does not
// begin with a dollar sign (OData URL 4.3.6).
func (t *template) matches(given []string) bool {
	if len(t.segments) != len(given) {
		return false
	}
	for i, segment := range t.segments {
		isKey := strings.HasPrefix(segment, "{")
		if isKey && strings.HasPrefix(given[i], "$") || !isKey && segment != given[i] {
			return false
		}
	}
	return true
}

// isName says whether a user principal name can stand in a URL of the contract.
func (c *contract) isName(name string) bool {
	_, notID := uuid.Parse(name)
	return notID != nil && c.doc.Components.Schemas["userId"].Value.VisitJSONString(name) == nil
}

// CheckName returns an error that says why not, if a user principal name cannot
// name a user in a URL of the contract.
func CheckName(name string) error {
	c, err := loadContract()
	if err != nil {
		return err
	}
	if !c.isName(name) {
		return c.nameFault(name)
	}
	return nil
}

func (c *contract) nameFault(name string) error {
	schema := c.doc.Components.Schemas["userId"].Value
	return fmt.Errorf("%q is no user principal name: it must have 1 to %d characters of the form %s, and not be a GUID", name, *schema.MaxLength, formOf(schema))
}

// typePrefix and typeSuffix frame the store's name for a type in Graph's.
const (
	typePrefix = "#microsoft.graph."
	typeSuffix = "ActivityStatistics"
)

// addTypes reads the derived types off the discriminator of activityStatistics.
func (c *contract) addTypes() error {
	union := c.doc.Components.Schemas["activityStatistics"]
	if union == nil || union.Value.Discriminator == nil {
		return errors.New("schema activityStatistics must have a discriminator")
	}
	for name, ref := range union.Value.Discriminator.Mapping {
		schema := c.doc.Components.Schemas[ref.Ref[strings.LastIndex(ref.Ref, "/")+1:]]
		if schema == nil {
			return fmt.Errorf("type %s has no schema %s", name, ref.Ref)
		}
		t := newEntityType(name, propertyNames(schema.Value))
		c.types[name], c.byStoreType[t.stored] = t, t
	}
	return nil
}

// propertyNames returns the properties of a schema and of those that it is all of.
func propertyNames(schema *openapi3.Schema) map[string]bool {
	names := map[string]bool{}
	for name := range schema.Properties {
		names[name] = true
	}
	for _, part := range schema.AllOf {
		for name := range propertyNames(part.Value) {
			names[name] = true
		}
	}
	return names
}
