package odata

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"afterhours/store"
)

// Aliases are the values of the parameter aliases of a request, by their names with @ (URL conventions,
// section 5.3.2).
type Aliases map[string]string

// longestAlias is the most characters of an alias: those of an identifier (CSDL, section 15.2), and @.
const longestAlias = 129

// IsAlias reports whether the name is that of a parameter alias, such as @d.
func IsAlias(name string) bool {
	identifier, marked := strings.CutPrefix(name, "@")
	if !marked || identifier == "" || utf8.RuneCountInString(name) > longestAlias {
		return false
	}
	for i, char := range identifier {
		if char != '_' && !unicode.IsLetter(char) && (i == 0 || !isDigit(char)) {
			return false
		}
	}
	return true
}

// With returns the model for one request, whose options may refer to the aliases.
func (m *Model) With(aliases Aliases) *Model {
	if len(aliases) == 0 {
		return m
	}
	of := *m
	of.aliases = aliases
	return &of
}

// isAlias reports whether a token is the name of an alias.
func (p *parser) isAlias(t token) bool { return t.kind == tokenWord && IsAlias(p.text[t.start:t.end]) }

// alias parses the value of an alias, whose name is taken already. The value may be any expression that
// could stand in its place in parentheses, but has no alias itself. An alias without a value is null.
func (p *parser) alias(t token) (operand, error) {
	name := p.text[t.start:t.end]
	if IsAlias(p.option) {
		return operand{}, p.notImplemented(t.start, "an alias in the value of another alias")
	}
	text, given := p.model.aliases[name]
	if !given {
		return p.node(store.Literal{}, store.KindNull, t.start, t.end)
	}
	value, err := p.model.parse(name, text)
	if err != nil {
		return operand{}, err
	}
	value.depth, value.nodes, value.made, value.characters = p.depth, p.nodes, p.made, p.characters
	x, err := value.nested(value.next(), func() (operand, error) { return value.binary(1) })
	if err != nil {
		return operand{}, err
	}
	if value.next().kind != tokenEnd {
		return operand{}, value.expected("the end of the value, or an operator")
	}
	p.nodes, p.made, p.characters = value.nodes, value.made, value.characters
	x.start, x.end = t.start, t.end // errors quote the alias
	return x, nil
}

// aliasLiteral parses an alias in the list of an in, where its value must be a literal.
func (p *parser) aliasLiteral() (operand, error) {
	t := p.take()
	x, err := p.alias(t)
	if err != nil {
		return operand{}, err
	}
	if _, isLiteral := x.expr.(store.Literal); !isLiteral {
		return operand{}, p.fault(t.start, "expected an alias of a literal, found %s", p.piece(x))
	}
	return x, nil
}

// aliasList parses an alias after in, whose name is taken already. Its value is a list in parentheses, or
// an array in JSON.
func (p *parser) aliasList(t token) ([]operand, error) {
	name := p.text[t.start:t.end]
	text, isList := listText(p.model.aliases[name])
	if !isList {
		return nil, p.fault(t.start, `expected the alias of a list such as ["Call","Chat"], found %s, which has no list as its value`, shown(name))
	}
	value, err := p.model.parse(name, text)
	if err != nil {
		return nil, err
	}
	list, _, err := value.list()
	if err != nil {
		return nil, err
	}
	if value.next().kind != tokenEnd {
		return nil, value.expected("the end of the list")
	}
	for i := range list {
		list[i].start, list[i].end = t.start, t.end // errors quote the alias
	}
	return list, nil
}

// listText returns the value of an alias as a list in parentheses, and whether it is a list. A text of
// an array in JSON becomes one in quotes.
func listText(value string) (string, bool) {
	if strings.HasPrefix(value, "(") {
		return value, true
	}
	var members []any
	decoder := json.NewDecoder(strings.NewReader(value))
	decoder.UseNumber()
	if err := decoder.Decode(&members); err != nil || members == nil || decoder.More() {
		return "", false
	}
	texts := make([]string, len(members))
	for i, member := range members {
		switch member := member.(type) {
		case nil:
			texts[i] = "null"
		case bool, json.Number:
			texts[i] = fmt.Sprint(member)
		case string:
			texts[i] = "'" + strings.ReplaceAll(member, "'", "''") + "'"
		default:
			return "", false
		}
	}
	return "(" + strings.Join(texts, ",") + ")", true
}

// sortAlias parses an alias in an $orderby. Its value is what could stand in its place: a property.
func (p *parser) sortAlias(t token, order []store.Order) (store.Property, error) {
	name := p.text[t.start:t.end]
	value, err := p.model.parse(name, p.model.aliases[name])
	switch {
	case err != nil:
		return store.Property{}, err
	case IsAlias(p.option):
		return store.Property{}, p.notImplemented(t.start, "an alias in the value of another alias")
	case value.next().kind == tokenEnd:
		return store.Property{}, p.fault(t.start, "expected the alias of a property, found %s without a value", shown(name))
	}
	by, err := value.sortProperty(order)
	if err == nil && value.next().kind != tokenEnd {
		err = value.expected("the end of the value")
	}
	return by, err
}
