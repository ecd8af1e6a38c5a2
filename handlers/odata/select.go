package odata

import (
	"slices"
	"strings"
)

// ParseSelect parses a $select: properties separated by commas, and * for all of them. It
// returns each property once, in the order of the text and the spelling of the contract.
//
// A property with a cast keeps its type, as in
// microsoft.graph.callActivityStatistics/afterHours. It is selected only from statistics
// of that type. Without a cast it is selected from all types that have it. Every error is
// an *Error.
func (m *Model) ParseSelect(text string) ([]string, error) {
	p, err := m.parse("$select", text)
	if err != nil {
		return nil, err
	}
	var names []string
	for {
		name, err := p.selected()
		if err != nil {
			return nil, err
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
		if p.next().kind == tokenEnd {
			return names, nil
		}
		if err := p.want(tokenComma, "a comma"); err != nil {
			return nil, err
		}
	}
}

// selected parses one item of a $select.
func (p *parser) selected() (string, error) {
	if p.accept(tokenStar) {
		return "*", nil
	}
	t := p.take()
	word := p.text[t.start:t.end]
	switch {
	case strings.HasSuffix(word, ".") && p.next().kind == tokenStar:
		return "", p.notImplemented(t.start, "all operations of a namespace in $select")
	case strings.HasPrefix(word, "@") && strings.Contains(word, "."):
		return "", p.notImplemented(t.start, "annotations in $select")
	}
	found, err := p.path(t)
	if err != nil {
		return "", err
	}
	if found.on != p.model.base {
		return found.on.name + "/" + string(found.name), nil
	}
	return string(found.name), nil
}
