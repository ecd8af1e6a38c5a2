package odata

import (
	"maps"
	"slices"
	"strings"
)

// Resource is an entity type other than a statistic, as $select and $expand name its parts.
type Resource struct {
	// Name is the qualified name, such as microsoft.graph.userAnalytics.
	Name string
	// Properties has the structural properties. Those of a complex type have the names of its
	// properties, all others nil.
	Properties map[string][]string
	// Navigation maps each navigation property to the entity type that it leads to. nil is a
	// collection of statistics.
	Navigation map[string]*Resource
}

// ParseResourceSelect parses a $select on a resource: structural and navigation properties, paths such
// as settings/hasOptedOut, and * for all structural properties. It returns each name once, in the order
// of the text and the spelling of the contract. Every error is an *Error.
func (m *Model) ParseResourceSelect(on *Resource, text string) ([]string, error) {
	p, err := m.parse("$select", text)
	if err != nil {
		return nil, err
	}
	return p.resourceSelect(on)
}

func (p *parser) resourceSelect(on *Resource) ([]string, error) {
	var names []string
	for {
		name, err := p.resourceItem(on)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
		if p.next().kind == tokenEnd {
			return names, nil
		}
		if p.next().kind == tokenOpen {
			return nil, p.notImplemented(p.next().start, "options of a selected property; write its path, as in settings/hasOptedOut")
		}
		if err := p.want(tokenComma, "a comma"); err != nil {
			return nil, err
		}
	}
}

// resourceItem parses one item of a $select.
func (p *parser) resourceItem(on *Resource) (string, error) {
	if p.accept(tokenStar) {
		return "*", nil
	}
	t, err := p.withoutType(on)
	if err != nil {
		return "", err
	}
	if name, found := spelled(p.word(t), on.Navigation); found {
		return name, nil
	}
	name, found := spelled(p.word(t), on.Properties)
	if !found {
		return "", p.noProperty(t, on.Name, on.names())
	}
	if !p.accept(tokenSlash) {
		return name, nil
	}
	t = p.take()
	at := slices.IndexFunc(on.Properties[name], func(part string) bool { return fold(part) == p.word(t) })
	if at < 0 {
		return "", p.noProperty(t, name, on.Properties[name])
	}
	return name + "/" + on.Properties[name][at], nil
}

// withoutType takes the first word of an item, after the type and the / that may stand before it.
func (p *parser) withoutType(on *Resource) (token, error) {
	t := p.take()
	if p.word(t) == fold(on.Name) {
		if err := p.want(tokenSlash, "/ and a property of "+on.Name); err != nil {
			return t, err
		}
		t = p.take()
	}
	return t, nil
}

// noProperty returns the error for a token that names none of the properties of a type.
func (p *parser) noProperty(t token, on string, names []string) error {
	if t.kind != tokenWord {
		return p.fault(t.start, "expected one of %s, found %s", strings.Join(names, ", "), shown(p.text[t.start:t.end]))
	}
	return p.fault(t.start, "Could not find a property named '%s' on type '%s'%s.", short(p.text[t.start:t.end]), on, nearest(p.word(t), names))
}

// names returns the sorted names of the properties, structural ones and others.
func (r *Resource) names() []string {
	return slices.Sorted(func(yield func(string) bool) {
		for name := range r.Properties {
			if !yield(name) {
				return
			}
		}
		for name := range r.Navigation {
			if !yield(name) {
				return
			}
		}
	})
}

// spelled returns the key of the map that a folded word names.
func spelled[V any](word string, in map[string]V) (name string, found bool) {
	for name := range in {
		if fold(name) == word {
			return name, true
		}
	}
	return "", false
}

// navigation returns the sorted names of the navigation properties.
func (r *Resource) navigation() []string { return slices.Sorted(maps.Keys(r.Navigation)) }
