// Package spec owns openapi.yaml as the handlers ask it: operations, names, types, limits, the one
// spelling of a URL, and $metadata. It leaves alone whether a request follows it (input).
package spec

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/uuid"

	"afterhours/handlers/odata"
	"afterhours/handlers/wire"
	"afterhours/store"
)

// Contract is openapi.yaml as the handlers ask it. Load makes it once; it never changes.
type Contract struct {
	doc *openapi3.T
	// Bases are the paths of the servers: /beta, /v1.0, /localtest.
	Bases []string
	// Types are the five derived types, by the value of @odata.type.
	Types map[string]*wire.Type
	// ByStoreType are the same types, by the store's name of them.
	ByStoreType map[store.Type]*wire.Type
	// Model finds what query options name.
	Model *odata.Model
	// Metadata is the $metadata document as CSDL XML, MetadataJSON as CSDL JSON.
	Metadata, MetadataJSON []byte
	// Roots are the resources at the root of the service, in the order of their names.
	Roots []Root
	// User and Analytics are the types of a user and of the analytics of a user.
	User, Analytics *odata.Resource
	// UserModel finds what query options on users name.
	UserModel *odata.Model
	// PageSize is how many statistics a page has if the client does not say; PageSizeMax is the
	// most that a client may ask for.
	PageSize, PageSizeMax int
	// SkipMax is the most that a client may skip.
	SkipMax int
	// templates are the paths, those with fewer parameters first.
	templates  []template
	operations map[routeKey]*Operation
	// names are the literal path segments, base paths and properties, by their lower case.
	names map[string]string
	// plainNames are the names that isPlain knows, true if a key may follow.
	plainNames map[string]bool
	// hidesNames is true if a name that stands where a key may looks like a key.
	hidesNames bool
	// options are the query options of any operation, by their lower case without $.
	options map[string]string
	// keyed are the names that a key may follow.
	keyed map[string]bool
	// named are the names of all parameters and properties.
	named map[string]bool
}

// Load reads the text of openapi.yaml. The error says what in it is wrong. A text that is loaded again gives the
// same contract.
func Load(text []byte) (*Contract, error) {
	return whole.load(text, (*Contract).addTypes, (*Contract).addPaths, (*Contract).addModel, (*Contract).addResources, (*Contract).addPageSize, (*Contract).addParametersAndProperties)
}

// LoadPaths reads the text of a contract without statistics. It has operations and names, but no
// types, model, metadata and sizes of pages. A text that is loaded again gives the same contract.
func LoadPaths(text []byte) (*Contract, error) {
	return paths.load(text, (*Contract).addPaths, (*Contract).addParametersAndProperties)
}

// whole and paths are what Load and LoadPaths loaded last.
var whole, paths loaded

// loaded is the contract that was loaded last. To read a contract takes longer than anything else at a start: serve
// --seed would read it twice, and tests once for each server.
type loaded struct {
	lock     sync.Mutex
	sum      [sha256.Size]byte // of the text of the contract
	contract *Contract         // nil if none was loaded
}

// load returns the last contract if it has the same text, or else makes one of the parts that read adds.
func (l *loaded) load(text []byte, read ...func(*Contract) error) (*Contract, error) {
	l.lock.Lock()
	defer l.lock.Unlock()
	sum := sha256.Sum256(text)
	if l.contract != nil && sum == l.sum {
		return l.contract, nil
	}
	contract, err := load(text, read...)
	if err != nil {
		return nil, err
	}
	l.sum, l.contract = sum, contract
	return contract, nil
}

// JSON returns the contract in JSON. Its references stay references.
func (c *Contract) JSON() ([]byte, error) { return c.doc.MarshalJSON() }

// load makes a contract of the parts that read adds.
func load(text []byte, read ...func(*Contract) error) (*Contract, error) {
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		return nil, err
	}
	c := &Contract{
		doc:         doc,
		operations:  map[routeKey]*Operation{},
		names:       map[string]string{},
		options:     map[string]string{},
		keyed:       map[string]bool{},
		named:       map[string]bool{},
		Types:       map[string]*wire.Type{},
		ByStoreType: map[store.Type]*wire.Type{},
	}
	for _, add := range read {
		if err := add(c); err != nil {
			return nil, err
		}
	}
	c.addPlainNames()
	c.addAmbiguity()
	return c, nil
}

// addPaths reads the servers, and the operations with their names.
func (c *Contract) addPaths() error {
	for _, server := range c.doc.Servers {
		c.Bases = append(c.Bases, server.URL)
		c.names[strings.ToLower(server.URL[1:])] = server.URL[1:]
	}
	for path, item := range c.doc.Paths.Map() {
		c.addNames(path)
		for method, op := range item.Operations() {
			if err := c.addOperation(path, item, method, op); err != nil {
				return fmt.Errorf("%s %s: %w", method, path, err)
			}
		}
	}
	for _, path := range c.doc.Paths.InMatchingOrder() {
		methods := withHead(slices.Collect(maps.Keys(c.doc.Paths.Value(path).Operations()))...)
		slices.Sort(methods)
		c.templates = append(c.templates, template{strings.Split(path, "/"), ginRoute(path), methods})
	}
	c.addRoots()
	for _, schema := range []string{"propertyName", "settingsPropertyName"} {
		if properties := c.Schema(schema); properties != nil {
			for _, name := range properties.Enum {
				c.names[strings.ToLower(fmt.Sprint(name))] = fmt.Sprint(name)
			}
		}
	}
	return nil
}

// addModel derives the model of query options, and $metadata.
func (c *Contract) addModel() (err error) {
	schemas, types := c.doc.Components.Schemas, c.sortedTypes()
	if c.Model, err = newModel(schemas, types); err != nil {
		return err
	}
	model, err := newMetadata(schemas, types)
	if err != nil {
		return err
	}
	c.addCapabilities(model)
	if c.Metadata, err = model.xml(); err != nil {
		return err
	}
	c.MetadataJSON, err = model.json()
	return err
}

// addPageSize reads the limits of a page.
func (c *Contract) addPageSize() error {
	size := c.Schema("pageSize")
	usual, hasDefault := size.Default.(float64)
	if !hasDefault || size.Max == nil {
		return errors.New("schema pageSize must have a default and a maximum")
	}
	c.PageSize, c.PageSizeMax = int(usual), int(*size.Max)
	return nil
}

func (c *Contract) addNames(path string) {
	previous := ""
	for segment := range strings.SplitSeq(path[1:], "/") {
		switch {
		case !strings.HasPrefix(segment, "{"):
			c.names[strings.ToLower(segment)] = segment
		case !strings.HasSuffix(segment, "property}"): // the name of a property is no key
			c.keyed[previous] = true
		}
		previous = segment
	}
}

// Operation returns the operation of a method and a route as Gin writes it, nil for a route that
// is not the contract's.
func (c *Contract) Operation(method, route string) *Operation {
	return c.operations[routeKey{method, route}]
}

// routeKey is a method and a route as Gin writes it.
type routeKey struct{ method, route string }

// Schema returns a schema of components/schemas by its name, nil if there is none.
func (c *Contract) Schema(name string) *openapi3.Schema {
	if c.doc.Components == nil {
		return nil
	}
	if ref := c.doc.Components.Schemas[name]; ref != nil {
		return ref.Value
	}
	return nil
}

// IsUserName reports whether a user principal name can name a user in a URL of the contract. A GUID
// names an object id, and me or another name of the URLs is taken.
func (c *Contract) IsUserName(name string) bool {
	_, notID := uuid.Parse(name)
	return notID != nil && !c.isURLName(name) && c.Schema("userId").VisitJSONString(name) == nil
}

// isURLName reports whether the URLs of the contract have the name, in any case: me, users, beta and
// all others.
func (c *Contract) isURLName(name string) bool {
	_, found := c.names[strings.ToLower(name)]
	return found && name != "" || isOlderName(name) || c.TypeInURL(name) != nil
}

// CheckUserName returns an error with the reason if IsUserName reports false, else nil.
func (c *Contract) CheckUserName(name string) error {
	if c.IsUserName(name) {
		return nil
	}
	if c.isURLName(name) {
		return fmt.Errorf("%q is no user principal name: the URLs of the API have it as a name of their own", name)
	}
	schema := c.Schema("userId")
	_, characters, _ := strings.Cut(FormOf(schema), "a user principal name of ")
	return fmt.Errorf("%q is no user principal name: it must have 1 to %d %s, and be no GUID", name, *schema.MaxLength, characters)
}

// FormOf returns the words for the pattern of a schema: its extension x-form, and without it the
// example. A pattern itself says nothing to a caller.
func FormOf(schema *openapi3.Schema) string {
	if words, ok := schema.Extensions["x-form"].(string); ok {
		return words
	}
	return fmt.Sprintf("the value %v", schema.Example)
}
