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
// as settings/hasOptedOut or settings($select=hasOptedOut), and * for all structural properties. It returns each name once, in the order
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
		item, err := p.resourceItem(on)
		if err != nil {
			return nil, err
		}
		for _, name := range item {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
		if p.next().kind == tokenEnd {
			return names, nil
		}
		if err := p.want(tokenComma, "a comma"); err != nil {
			return nil, err
		}
	}
}

// resourceItem parses one item of a $select. It has several names if it selects parts of a complex
// property.
func (p *parser) resourceItem(on *Resource) ([]string, error) {
	if p.accept(tokenStar) {
		return []string{"*"}, nil
	}
	t, err := p.withoutType(on)
	if err != nil {
		return nil, err
	}
	if name, found := spelled(p.word(t), on.Navigation); found {
		return []string{name}, p.withoutOptions(name)
	}
	name, found := spelled(p.word(t), on.Properties)
	switch {
	case !found:
		return nil, p.noProperty(t, on.Name, on.names())
	case p.accept(tokenSlash):
		part, err := p.partOf(on, name)
		return []string{part}, err
	case on.Properties[name] != nil && p.accept(tokenOpen):
		return p.partsOf(on, name)
	}
	return []string{name}, p.withoutOptions(name)
}

// withoutOptions refuses options in parentheses after a name that has no parts to select.
func (p *parser) withoutOptions(name string) error {
	if p.next().kind == tokenOpen {
		return p.notImplemented(p.next().start, "options of "+name+" in $select")
	}
	return nil
}

// partOf parses the name of a part of a complex property, and returns its path.
func (p *parser) partOf(on *Resource, whole string) (string, error) {
	t := p.take()
	at := slices.IndexFunc(on.Properties[whole], func(part string) bool { return fold(part) == p.word(t) })
	if at < 0 {
		return "", p.noProperty(t, whole, on.Properties[whole])
	}
	return whole + "/" + on.Properties[whole][at], nil
}

// partsOf parses the options of a complex property after their parenthesis, of which only $select is
// there (OData Protocol 11.2.5.1), and returns the paths that it selects.
func (p *parser) partsOf(on *Resource, whole string) ([]string, error) {
	option := p.take()
	if word := strings.TrimPrefix(p.word(option), "$"); word != "select" {
		if option.kind == tokenWord {
			return nil, p.notImplemented(option.start, "the option "+short(p.text[option.start:option.end])+" of a selected property")
		}
		return nil, p.fault(option.start, "expected $select, found %s", shown(p.text[option.start:option.end]))
	}
	if equals := p.take(); p.text[equals.start:equals.end] != "=" {
		return nil, p.fault(equals.start, "expected = after $select, found %s", shown(p.text[equals.start:equals.end]))
	}
	var names []string
	for {
		if p.accept(tokenStar) {
			names = append(names, whole)
		} else {
			name, err := p.partOf(on, whole)
			if err != nil {
				return nil, err
			}
			names = append(names, name)
		}
		if p.accept(tokenClose) {
			return names, nil
		}
		if err := p.want(tokenComma, "a comma or a )"); err != nil {
			return nil, err
		}
	}
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

// ParseNullComparison reports whether a $filter on the resource is the comparison of a navigation property
// with null, and nothing else, as in analytics ne null (OData Protocol 11.2.6.1.1). equal is true for eq.
func (m *Model) ParseNullComparison(on *Resource, text string) (equal, ok bool) {
	p, err := m.parse("$filter", text)
	if err != nil || len(p.tokens) != 4 { // three and the end
		return false, false
	}
	_, isNavigation := spelled(p.word(p.take()), on.Navigation)
	operator := p.word(p.take())
	isNull := p.word(p.take()) == "null"
	return operator == "eq", isNavigation && isNull && (operator == "eq" || operator == "ne")
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
