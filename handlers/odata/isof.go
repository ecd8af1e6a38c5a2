package odata

import (
	"strings"

	"afterhours/store"
)

// isOf parses isof(T) and isof($it,T). T may be in quotes, as Graph writes it. For the
// base type the result is true.
func (p *parser) isOf(name token) (operand, error) {
	p.take()
	if strings.HasPrefix(p.word(p.next()), "edm.") {
		return operand{}, p.notImplemented(p.next().start, "isof with a primitive type")
	}
	if p.word(p.next()) == "$it" {
		p.take()
		if err := p.want(tokenComma, "a comma and a type"); err != nil {
			return operand{}, err
		}
	}
	var typeName string
	switch t := p.next(); t.kind {
	case tokenWord:
		typeName = p.word(t)
	case tokenText:
		typeName = fold(p.unquoted(t))
	}
	t := p.model.types[typeName]
	if t == nil {
		t := p.next()
		return operand{}, p.fault(t.start, "expected a type such as %s, found %s%s", p.model.example, shown(p.text[t.start:t.end]), nearest(typeName, p.model.typeNames()))
	}
	p.take()
	end := p.next().end
	if err := p.want(tokenClose, ")"); err != nil {
		return operand{}, err
	}
	var expr store.Expr = store.IsOf{Type: t.derived}
	if t == p.model.base {
		expr = store.Literal{Value: store.Value{Kind: store.KindBool, Bool: true}}
	}
	return p.node(expr, store.KindBool, name.start, end)
}
