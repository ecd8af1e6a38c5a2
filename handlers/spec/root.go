package spec

import (
	"slices"
	"strings"
)

// Root is a resource at the root of the service, as the service document names it (OData JSON 5).
type Root struct {
	Name string
	// IsSet is true for an entity set, false for a singleton.
	IsSet bool
}

// addRoots collects the first segments of the paths. One that a key follows is an entity set.
func (c *Contract) addRoots() {
	for path := range c.doc.Paths.Map() {
		name := strings.SplitN(path, "/", 3)[1]
		root := Root{Name: name, IsSet: c.keyed[name]}
		if name != "" && !strings.HasPrefix(name, "$") && !slices.Contains(c.Roots, root) {
			c.Roots = append(c.Roots, root)
		}
	}
	slices.SortFunc(c.Roots, func(a, b Root) int { return strings.Compare(a.Name, b.Name) })
}
