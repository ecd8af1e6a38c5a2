package odata

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"afterhours/store"
)

// Expansion is one navigation property of an $expand, with its options (OData URL 5.1.3).
type Expansion struct {
	Property string
	// Cast is the derived type of statistics that alone are wanted, "" for all.
	Cast store.Type
	// CountOnly asks for the number of statistics and not for them: property/$count.
	CountOnly bool
	// Texts has the options as they were written, by their names with $. A link to the next page
	// repeats them.
	Texts map[string]string

	// Filter, OrderBy and Select are nil if they are not given. Top is -1 then.
	Filter    store.Expr
	OrderBy   []store.Order
	Select    []string
	Expand    []Expansion
	Top, Skip int
	Count     bool
}

// expandOption is the option that ParseExpand parses.
const expandOption = "$expand"

// ParseExpand parses an $expand on a resource: navigation properties separated by commas, each once, and
// * for all of them. Options may follow in parentheses, separated by semicolons, with or without $, in
// any case. Every error is an *Error.
func (m *Model) ParseExpand(on *Resource, text string) ([]Expansion, error) {
	p, err := m.parse(expandOption, text)
	if err != nil {
		return nil, err
	}
	return p.expansions(on)
}

func (p *parser) expansions(on *Resource) ([]Expansion, error) {
	var all []Expansion
	for {
		at := p.next()
		some, err := p.expandItem(on)
		if err != nil {
			return nil, err
		}
		for _, one := range some {
			if slices.ContainsFunc(all, func(other Expansion) bool { return other.Property == one.Property }) {
				return nil, p.fault(at.start, "expected each navigation property once, found %s again", one.Property)
			}
			all = append(all, one)
		}
		if p.next().kind == tokenEnd {
			return all, nil
		}
		if err := p.want(tokenComma, "a comma"); err != nil {
			return nil, err
		}
	}
}

// expandItem parses one item. The item * is several expansions.
func (p *parser) expandItem(on *Resource) ([]Expansion, error) {
	if at := p.next(); p.accept(tokenStar) {
		if k := p.next().kind; k == tokenSlash || k == tokenOpen {
			return nil, p.notImplemented(at.start, "* with /$ref or options in $expand; name the navigation property instead")
		}
		var all []Expansion
		for _, name := range on.navigation() {
			all = append(all, newExpansion(name))
		}
		return all, nil
	}
	t, err := p.withoutType(on)
	if err != nil {
		return nil, err
	}
	name, found := spelled(p.word(t), on.Navigation)
	if !found {
		return nil, p.noNavigation(t, on)
	}
	one := newExpansion(name)
	err = p.afterNavigation(&one, on.Navigation[name] == nil)
	if err == nil && p.next().kind == tokenOpen {
		err = p.expandOptions(&one, on.Navigation[name])
	}
	return []Expansion{one}, err
}

func newExpansion(property string) Expansion { return Expansion{Property: property, Top: -1} }

// noNavigation returns the error for a token that names no navigation property.
func (p *parser) noNavigation(t token, on *Resource) error {
	piece := p.text[t.start:t.end]
	if _, structural := spelled(p.word(t), on.Properties); structural {
		return p.fault(t.start, "expected a navigation property such as %s, found %s, which is always there", on.navigation()[0], piece)
	}
	if p.word(t) == "$value" {
		return p.notImplemented(t.start, "$value in $expand, for media entities")
	}
	return p.noProperty(t, on.Name, on.navigation())
}

// afterNavigation parses what may stand between a navigation property and its options: a type, $count or
// $ref.
func (p *parser) afterNavigation(one *Expansion, isCollection bool) error {
	for p.accept(tokenSlash) {
		t := p.take()
		derived := p.model.types[p.word(t)]
		switch word := p.word(t); {
		case word == "$ref":
			return p.notImplemented(t.start, "$ref in $expand")
		case word == "$count" && isCollection:
			one.CountOnly = true
			return nil
		case isCollection && derived != nil && one.Cast == "":
			one.Cast = derived.derived
		case isCollection:
			return p.fault(t.start, "expected $count or a type such as %s, found %s%s", p.model.example, shown(p.text[t.start:t.end]), nearest(word, p.model.typeNames()))
		default:
			return p.fault(t.start, "expected options in parentheses or a comma, found %s", shown(p.text[t.start:t.end]))
		}
	}
	return nil
}

// expandOptions parses the options in parentheses.
func (p *parser) expandOptions(one *Expansion, to *Resource) error {
	open := p.take()
	one.Texts = map[string]string{}
	for {
		name := p.take()
		option := "$" + strings.TrimPrefix(p.word(name), "$")
		if name.kind != tokenWord {
			return p.fault(name.start, "expected an option such as $filter, found %s", shown(p.text[name.start:name.end]))
		}
		if equals := p.take(); p.text[equals.start:equals.end] != "=" {
			return p.fault(equals.start, "expected = after %s, found %s", option, shown(p.text[equals.start:equals.end]))
		}
		start := p.next().start
		end, err := p.optionEnd(open)
		if err != nil {
			return err
		}
		value := strings.TrimSpace(p.text[start:end])
		if _, again := one.Texts[option]; again {
			return p.fault(name.start, "expected each option once, found %s again", option)
		}
		one.Texts[option] = value
		if err := p.expandOption(one, to, option, name, start); err != nil {
			return err
		}
		if p.accept(tokenClose) {
			return nil
		}
		p.take() // the semicolon at which optionEnd has stopped
	}
}

// optionEnd skips the value of an option, which ends before the next ; or ) outside of parentheses and
// texts. It returns the offset of the end.
func (p *parser) optionEnd(open token) (int, error) {
	for depth := 0; ; p.take() {
		t := p.next()
		switch {
		case t.kind == tokenEnd:
			return 0, p.fault(open.start, "expected a ) for this (")
		case t.kind == tokenOpen:
			depth++
		case t.kind == tokenClose && depth > 0:
			depth--
		case t.kind == tokenClose, depth == 0 && p.text[t.start:t.end] == ";":
			return t.start, nil
		}
	}
}

// otherExpandOptions are the options that the standard has in $expand and this package has not.
var otherExpandOptions = []string{"$search", "$compute", "$apply"}

// expandOption reads one option. Its text, which begins at the offset start, is in one.Texts.
func (p *parser) expandOption(one *Expansion, to *Resource, option string, name token, start int) (err error) {
	text := one.Texts[option]
	switch {
	case slices.Contains(otherExpandOptions, option):
		return p.notImplemented(name.start, option+" in "+expandOption)
	case strings.HasPrefix(option, "$@"):
		return p.notImplemented(name.start, "the parameter alias "+short(option[1:])+" in "+expandOption)
	}
	if allowed := one.options(to); !slices.Contains(allowed, option) {
		return p.fault(name.start, "expected one of the options %s, found %s%s", strings.Join(allowed, ", "), short(option), nearest(option, allowed))
	}
	switch option {
	case "$levels":
		if text != "1" {
			err = p.notImplemented(start, "more than one level of "+one.Property+", which does not lead to its own type")
		}
	case "$top":
		one.Top, err = p.number(text, start)
	case "$skip":
		one.Skip, err = p.number(text, start)
	case "$count":
		if one.Count = fold(text) == "true"; !one.Count && fold(text) != "false" {
			err = p.fault(start, "expected true or false, found %s", shown(text))
		}
	default:
		err = p.within(p.model.parseNested(one, to, option), start)
	}
	return err
}

// options returns the options that the expansion takes. nil leads to statistics.
func (e *Expansion) options(to *Resource) []string {
	switch {
	case e.CountOnly:
		return []string{"$filter"}
	case to == nil:
		return []string{"$filter", "$orderby", "$select", "$top", "$skip", "$count", "$levels"}
	}
	return []string{"$select", expandOption, "$levels"}
}

// parseNested parses the text of an option that has a grammar of its own.
func (m *Model) parseNested(one *Expansion, to *Resource, option string) (err error) {
	text := one.Texts[option]
	switch {
	case option == filterOption:
		one.Filter, err = m.ParseFilter(text)
	case option == "$orderby":
		one.OrderBy, err = m.ParseOrderBy(text)
	case option == expandOption:
		one.Expand, err = m.ParseExpand(to, text)
	case to == nil:
		one.Select, err = m.ParseSelect(text)
	default:
		one.Select, err = m.ParseResourceSelect(to, text)
	}
	return err
}

// number reads a whole number that is not negative.
func (p *parser) number(text string, start int) (int, error) {
	number, err := strconv.ParseUint(text, 10, 31)
	if err != nil {
		return 0, p.fault(start, "expected a whole number, found %s", shown(text))
	}
	return int(number), nil
}

// within returns the error of a nested option as one of the whole text, in which the nested text begins
// at the offset.
func (p *parser) within(err error, start int) error {
	var nested *Error
	if !errors.As(err, &nested) || IsAlias(nested.Option) { // an alias is an option of its own
		return err
	}
	moved := *nested
	if nested.Option != expandOption {
		moved.Problem = nested.Option + ": " + nested.Problem
	}
	moved.Option = expandOption
	moved.Column += utf8.RuneCountInString(p.text[:start])
	return &moved
}
