package odata

import (
	"afterhours/store"
)

// The bounds of a filter limit the work of a store for one request.
const (
	// maxDepth is the maximum nesting of parentheses, functions, not and minus. A chain
	// such as a or b or c has no nesting.
	maxDepth = 32
	// maxNodes is the maximum number of operators, functions, properties and literals.
	// It also bounds chains. The values of an in do not count.
	maxNodes = 256
	// maxList is the maximum number of values of an in.
	maxList = 100
)

// precedences has the precedences of section 5.1.1.17 of the URL conventions. A higher
// one binds tighter. Operators of one precedence associate to the left. not and minus
// bind tighter than all of these. in binds tightest, as a primary operator: "not id in
// ('a')" is "not (id in ('a'))".
var precedences = map[string]int{
	"or": 1, "and": 2, "eq": 3, "ne": 3,
	"gt": 4, "ge": 4, "lt": 4, "le": 4,
	"add": 5, "sub": 5, "mul": 6, "div": 6,
}

// parser parses the tokens of one text, with one token of lookahead.
type parser struct {
	source
	model  *Model
	tokens []token
	at     int // index of the next token
	depth  int
	nodes  int
	// made has the texts that functions make, each by its key, and characters is the sum of
	// their maximum lengths.
	made       map[any]bool
	characters int
}

// operand is an expression with its kind and its position, for typing and errors.
type operand struct {
	expr store.Expr
	kind store.Kind
	// quoted reports whether it is a string literal without a prefix. It is a text, but
	// can become a date, a duration or an activity (as).
	quoted     bool
	start, end int // byte offsets in the text
}

// filterOption is the option that ParseFilter parses.
const filterOption = "$filter"

// ParseFilter parses a $filter. The result is a condition: its value is true, false or
// null. It is well typed by the rules of store.Operator and store.Func. A string literal
// becomes a date, a duration or an activity if its context needs one. Every error is an
// *Error.
func (m *Model) ParseFilter(text string) (store.Expr, error) {
	p, err := m.parse(filterOption, text)
	if err != nil {
		return nil, err
	}
	if p.next().kind == tokenEnd {
		return nil, p.expected("a condition such as activity eq 'Call'")
	}
	filter, err := p.binary(1)
	if err != nil {
		return nil, err
	}
	if p.next().kind != tokenEnd {
		return nil, p.expectedOperator("an operator such as eq or and")
	}
	if filter.kind != store.KindBool {
		return nil, p.fault(filter.start, "expected a condition such as activity eq 'Call', found %s", p.piece(filter))
	}
	return filter.expr, nil
}

// parse returns a parser of the text.
func (m *Model) parse(option, text string) (*parser, error) {
	s := source{option, text}
	tokens, err := lex(s)
	return &parser{source: s, model: m, tokens: tokens}, err
}

// next returns the next token without taking it.
func (p *parser) next() token { return p.tokens[p.at] }

// take returns the next token and advances. It does not advance beyond tokenEnd.
func (p *parser) take() token {
	t := p.tokens[p.at]
	if t.kind != tokenEnd {
		p.at++
	}
	return t
}

// accept takes the next token if it is of the kind.
func (p *parser) accept(kind tokenKind) bool {
	if p.next().kind != kind {
		return false
	}
	p.take()
	return true
}

// want takes the next token, and fails if it is not of the kind.
func (p *parser) want(kind tokenKind, description string) error {
	if !p.accept(kind) {
		return p.expected(description)
	}
	return nil
}

// expected returns the error for an unexpected next token.
func (p *parser) expected(description string) error {
	t := p.next()
	return p.fault(t.start, "expected %s, found %s%s", description, shown(p.text[t.start:t.end]), p.hint(t))
}

// word returns a token as a folded name, "" if it is not a word.
func (p *parser) word(t token) string {
	if t.kind != tokenWord {
		return ""
	}
	return fold(p.text[t.start:t.end])
}

// piece returns the text of an operand, for an error.
func (p *parser) piece(x operand) string { return shown(p.text[x.start:x.end]) }

// node returns an operand, and counts it against maxNodes.
func (p *parser) node(expr store.Expr, kind store.Kind, start, end int) (operand, error) {
	if p.nodes++; p.nodes > maxNodes {
		return operand{}, p.fault(start, "expected at most %d operators, functions and operands, found more", maxNodes)
	}
	return operand{expr: expr, kind: kind, start: start, end: end}, nil
}

// nested calls parse one level deeper. inside is the token that begins the level.
func (p *parser) nested(inside token, parse func() (operand, error)) (operand, error) {
	if p.depth == maxDepth {
		return operand{}, p.fault(inside.start, "expected at most %d levels of nesting, found more", maxDepth)
	}
	p.depth++
	defer func() { p.depth-- }()
	return parse()
}

// binary parses operands and the operators between them. It stops at an operator below
// the lowest precedence.
func (p *parser) binary(lowest int) (operand, error) {
	x, err := p.unary()
	if err != nil {
		return operand{}, err
	}
	for {
		operator := p.next()
		name := p.word(operator)
		precedence := precedences[name]
		if precedence < lowest {
			return x, nil // a token that is not an operator has precedence 0
		}
		p.take()
		y, err := p.binary(precedence + 1)
		if err != nil {
			return operand{}, err
		}
		if x, err = p.combine(x, store.Operator(name), operator, y); err != nil {
			return operand{}, err
		}
	}
}

// unary parses an operand with its not, minus or in.
func (p *parser) unary() (operand, error) {
	t := p.next()
	switch {
	case p.word(t) == "not":
		p.take()
		x, err := p.nested(t, p.unary)
		if err != nil {
			return operand{}, err
		}
		return p.not(t, x)
	case t.kind == tokenMinus && !p.signsNumeral(t):
		p.take()
		x, err := p.nested(t, p.unary)
		if err != nil {
			return operand{}, err
		}
		return p.negate(t, x)
	}
	x, err := p.primary()
	for err == nil && p.word(p.next()) == "in" {
		x, err = p.in(p.take(), x)
	}
	return x, err
}

// primary parses an operand without operators.
func (p *parser) primary() (operand, error) {
	t := p.next()
	switch {
	case t.kind == tokenOpen:
		return p.parenthesised()
	case t.kind == tokenText:
		p.take()
		return p.quoted(t)
	case t.kind == tokenNumeral, p.signsNumeral(t):
		return p.numeral()
	case t.kind == tokenWord && precedences[p.word(t)] == 0 && p.word(t) != "in":
		return p.named()
	}
	return operand{}, p.expected("a property, a literal or a function")
}

// parenthesised parses an operand in parentheses.
func (p *parser) parenthesised() (operand, error) {
	open := p.take()
	x, err := p.nested(open, func() (operand, error) { return p.binary(1) })
	if err != nil {
		return operand{}, err
	}
	x.start, x.end = open.start, p.next().end
	if !p.accept(tokenClose) {
		return operand{}, p.expectedOperator("an operator or )")
	}
	return x, nil
}

// named parses an operand that begins with a word. The next token decides which one.
func (p *parser) named() (operand, error) {
	t := p.take()
	following := p.next()
	switch name := p.word(t); {
	case p.isAlias(t):
		return p.alias(t)
	case following.kind == tokenText && following.start == t.end:
		return p.prefixed(t)
	case following.kind == tokenOpen && name == "isof":
		return p.isOf(t)
	case following.kind == tokenOpen:
		return p.function(t)
	case name == "null":
		return p.node(store.Literal{}, store.KindNull, t.start, t.end)
	case name == "true" || name == "false":
		return p.node(store.Literal{Value: store.Value{Kind: store.KindBool, Bool: name == "true"}}, store.KindBool, t.start, t.end)
	case name == "@odata.type":
		return p.node(nil, kindTypeName, t.start, t.end)
	}
	path, err := p.path(t)
	if err != nil {
		return operand{}, err
	}
	return p.node(store.Property{Name: path.name, Type: path.on.derived}, path.kind, t.start, path.end)
}
