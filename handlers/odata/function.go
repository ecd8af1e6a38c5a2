package odata

import (
	"maps"
	"slices"
	"strings"

	"afterhours/store"
)

// functions has the kinds of the arguments and of the result (URL conventions, section
// 5.1.1.5 and following).
var functions = map[store.Func]struct {
	args   []store.Kind
	result store.Kind
}{
	store.Contains:     {[]store.Kind{store.KindText, store.KindText}, store.KindBool},
	store.StartsWith:   {[]store.Kind{store.KindText, store.KindText}, store.KindBool},
	store.EndsWith:     {[]store.Kind{store.KindText, store.KindText}, store.KindBool},
	store.ToLower:      {[]store.Kind{store.KindText}, store.KindText},
	store.ToUpper:      {[]store.Kind{store.KindText}, store.KindText},
	store.Trim:         {[]store.Kind{store.KindText}, store.KindText},
	store.Concat:       {[]store.Kind{store.KindText, store.KindText}, store.KindText},
	store.Length:       {[]store.Kind{store.KindText}, store.KindNumber},
	store.Year:         {[]store.Kind{store.KindDate}, store.KindNumber},
	store.Month:        {[]store.Kind{store.KindDate}, store.KindNumber},
	store.Day:          {[]store.Kind{store.KindDate}, store.KindNumber},
	store.TotalSeconds: {[]store.Kind{store.KindDuration}, store.KindNumber},
}

// functionNames lists the functions, for errors.
var functionNames = func() []string {
	names := []string{"isof"}
	for name := range maps.Keys(functions) {
		names = append(names, string(name))
	}
	slices.Sort(names)
	return names
}()

// function parses a call from its parenthesis on, and checks the kinds of the arguments.
func (p *parser) function(name token) (operand, error) {
	f := store.Func(p.word(name))
	signature, ok := functions[f]
	if standardFunctions[string(f)] {
		return operand{}, p.notImplemented(name.start, "the function "+string(f))
	}
	if !ok {
		return operand{}, p.fault(name.start, "expected one of the functions %s, found %s%s",
			strings.Join(functionNames, ", "), shown(p.text[name.start:name.end]), nearest(string(f), functionNames))
	}
	open := p.take()
	args := make([]store.Expr, len(signature.args))
	for i, kind := range signature.args {
		if i > 0 {
			if err := p.want(tokenComma, "a comma and one more argument"); err != nil {
				return operand{}, err
			}
		}
		x, err := p.nested(open, func() (operand, error) { return p.binary(1) })
		if err != nil {
			return operand{}, err
		}
		x, ok := p.as(x, kind)
		if !ok {
			return operand{}, p.fault(x.start, "expected %s in %s, found %s%s", p.model.describe(kind), f, p.piece(x), p.enumerationHint(x, kind))
		}
		args[i] = x.expr
	}
	end := p.next().end
	if err := p.want(tokenClose, "an operator or )"); err != nil {
		return operand{}, err
	}
	call := store.Function{Func: f, Args: args}
	if err := p.countMade(call, name.start); err != nil {
		return operand{}, err
	}
	return p.node(call, signature.result, name.start, end)
}

// isOf parses isof(T) and isof($it,T). T may be in quotes, as Graph writes it. For the
// base type the result is true.
func (p *parser) isOf(name token) (operand, error) {
	p.take()
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
