package odata

import (
	"afterhours/store"
)

// Bounds of a filter. Each keeps the work of a store in proportion to the request.
const (
	// maxDepth is how deep parentheses, functions, not and minus may nest. A chain
	// (a or b or c) nests nothing, whatever its length.
	maxDepth = 32
	// maxNodes is how many operators, functions, properties and literals there may
	// be, which also bounds chains. The values of an in do not count.
	maxNodes = 256
	// maxList is how many values an in may have.
	maxList = 100
)

// precedences are those of section 5.1.1.17 of the URL conventions, a higher one
// binding tighter. Operators of one precedence group from the left. Tighter than
// all these bind not and minus, and tightest in, which is primary there: "not id in
// ('a')" is "not (id in ('a'))".
var precedences = map[string]int{
	"or": 1, "and": 2, "eq": 3, "ne": 3,
	"gt": 4, "ge": 4, "lt": 4, "le": 4,
	"add": 5, "sub": 5, "mul": 6, "div": 6,
}

// parser goes through the tokens of one text, with one token of lookahead.
type parser struct {
	source
	model  *Model
	tokens []token
	at     int // index of the next token
	depth  int
	nodes  int
}

// operand is an expression with what typing and errors need to know of it.
type operand struct {
	expr store.Expr
	kind store.Kind
	// quoted is a string literal without a prefix: a text, but also a date, duration
	// or activity where one is wanted.
	quoted     bool
	start, end int // its piece of the text
}

// ParseFilter reads a $filter. The expression is a condition (its value is true,
// false or null), and well typed as store.Operator and store.Func say. Where a
// string literal stands for a date, duration or activity, that is what comes out.
// Every error is an *Error.
func (m *Model) ParseFilter(text string) (store.Expr, error) {
	p, err := m.parse("$filter", text)
	if err != nil {
		return nil, err
	}
	filter, err := p.binary(1)
	if err != nil {
		return nil, err
	}
	if p.next().kind != tokenEnd {
		return nil, p.expected("an operator such as eq or and")
	}
	if filter.kind != store.KindBool {
		return nil, p.fault(filter.start, "expected a condition such as activity eq 'Call', found %s", p.piece(filter))
	}
	return filter.expr, nil
}

func (m *Model) parse(option, text string) (*parser, error) {
	s := source{option, text}
	tokens, err := lex(s)
	return &parser{source: s, model: m, tokens: tokens}, err
}

// next returns the next token, the end again and again.
func (p *parser) next() token { return p.tokens[p.at] }

// take returns the next token and goes behind it.
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

// want takes the next token, which must be of the kind.
func (p *parser) want(kind tokenKind, description string) error {
	if !p.accept(kind) {
		return p.expected(description)
	}
	return nil
}

// expected says what should be instead of the next token.
func (p *parser) expected(description string) error {
	t := p.next()
	return p.fault(t.start, "expected %s, found %s", description, shown(p.text[t.start:t.end]))
}

// word returns a token as a folded name, none if it is not a word.
func (p *parser) word(t token) string {
	if t.kind != tokenWord {
		return ""
	}
	return fold(p.text[t.start:t.end])
}

// piece is an operand as an error repeats it.
func (p *parser) piece(x operand) string { return shown(p.text[x.start:x.end]) }

// node makes an operand of an expression, and counts it.
func (p *parser) node(expr store.Expr, kind store.Kind, start, end int) (operand, error) {
	if p.nodes++; p.nodes > maxNodes {
		return operand{}, p.fault(start, "expected at most %d operators, functions and operands, found more", maxNodes)
	}
	return operand{expr: expr, kind: kind, start: start, end: end}, nil
}

// nested parses what is inside the token, one level deeper.
func (p *parser) nested(inside token, parse func() (operand, error)) (operand, error) {
	if p.depth == maxDepth {
		return operand{}, p.fault(inside.start, "expected at most %d levels of nesting, found more", maxDepth)
	}
	p.depth++
	defer func() { p.depth-- }()
	return parse()
}

// binary parses operands and the operators between them that bind at least as tight
// as the lowest precedence.
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
			return x, nil // also where there is no operator at all
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

// unary parses an operand with what binds tighter than the operators of binary.
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
		return p.group()
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

// group parses an operand in parentheses.
func (p *parser) group() (operand, error) {
	open := p.take()
	x, err := p.nested(open, func() (operand, error) { return p.binary(1) })
	if err != nil {
		return operand{}, err
	}
	x.start, x.end = open.start, p.next().end
	return x, p.want(tokenClose, "an operator or )")
}

// named parses an operand that begins with a word: what follows tells what it is.
func (p *parser) named() (operand, error) {
	t := p.take()
	following := p.next()
	switch name := p.word(t); {
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
