package odata_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
	"unicode"

	"afterhours/store"
)

// printer prints a tree as the text of a filter. With random it varies the case, the
// spaces, the parentheses and the form of literals. Without random it always prints the
// same text.
type printer struct {
	random *rand.Rand // may be nil
}

// binding has the precedences of operators (URL conventions, section 5.1.1.17).
var binding = map[store.Operator]int{
	store.Or: 1, store.And: 2, store.Eq: 3, store.Ne: 3, store.Gt: 4, store.Ge: 4, store.Lt: 4, store.Le: 4,
	store.Add: 5, store.Sub: 5, store.Mul: 6, store.Div: 6, store.DivBy: 6, store.Mod: 6,
}

const (
	bindsUnary   = 7
	bindsPrimary = 8
)

// choose returns a random one of the texts. Without random it returns the first one.
func (p printer) choose(texts ...string) string {
	if p.random == nil {
		return texts[0]
	}
	return texts[p.random.IntN(len(texts))]
}

// space returns optional white space, and gap required white space.
func (p printer) space() string { return p.choose("", "", "", " ", "\t", "  ") }
func (p printer) gap() string   { return p.choose(" ", " ", "\t", "   ") }

// name returns the name in random case.
func (p printer) name(name string) string {
	if p.random == nil || p.random.IntN(2) == 0 {
		return name
	}
	return strings.Map(func(char rune) rune {
		if p.random.IntN(2) == 0 {
			return unicode.ToUpper(char)
		}
		return unicode.ToLower(char)
	}, name)
}

// expr prints an expression, in parentheses if it binds less tightly than tight.
func (p printer) expr(expr store.Expr, tight int) string {
	text, binds := p.plain(expr)
	parens := 0
	if binds < tight {
		parens = 1
	}
	if p.random != nil && p.random.IntN(8) == 0 {
		parens++
	}
	for range parens {
		text = "(" + p.space() + text + p.space() + ")"
	}
	return text
}

// plain prints an expression without parentheses around it. It also returns how tightly
// the text binds.
func (p printer) plain(expr store.Expr) (string, int) {
	switch x := expr.(type) {
	case store.Literal:
		return p.literal(x.Value, store.KindNull), bindsPrimary
	case store.Property:
		return p.property(x), bindsPrimary
	case store.IsOf:
		return p.isOf(x)
	case store.Not:
		return p.name("not") + p.gap() + p.expr(x.X, bindsUnary), bindsUnary
	case store.Negate:
		text := p.expr(x.X, bindsUnary)
		if '0' <= text[0] && text[0] <= '9' {
			return "- " + text, bindsUnary // without the space it would be a negative literal
		}
		return "-" + p.space() + text, bindsUnary
	case store.In:
		kind, _ := kindOf(x.X)
		if _, isLiteral := x.X.(store.Literal); isLiteral {
			kind = store.KindNull
		}
		values := make([]string, len(x.List))
		for i, value := range x.List {
			values[i] = p.space() + p.literal(value, kind) + p.space()
		}
		return p.expr(x.X, bindsPrimary) + p.gap() + p.name("in") + p.space() + "(" + strings.Join(values, ",") + ")", bindsPrimary
	case store.Function:
		args := make([]string, len(x.Args))
		for i, arg := range x.Args {
			args[i] = p.space() + p.expr(arg, 0) + p.space()
			if literal, ok := arg.(store.Literal); ok {
				args[i] = p.literal(literal.Value, literal.Value.Kind)
			}
		}
		return p.name(string(x.Func)) + "(" + strings.Join(args, ",") + ")", bindsPrimary
	case store.Binary:
		left := p.expr(x.X, binding[x.Op])
		right := p.expr(x.Y, binding[x.Op]+1)
		_, leftIsLiteral := x.X.(store.Literal)
		if literal, ok := x.Y.(store.Literal); ok && !leftIsLiteral && binding[x.Op] >= 3 && binding[x.Op] <= 4 {
			kind, _ := kindOf(x.X)
			right = p.literal(literal.Value, kind)
		}
		return left + p.gap() + p.name(string(x.Op)) + p.gap() + right, binding[x.Op]
	}
	panic(fmt.Sprintf("not an expression: %#v", expr))
}

// literal prints a value. It may omit the prefix if wanted is the kind of the value.
func (p printer) literal(v store.Value, wanted store.Kind) string {
	bare := wanted == v.Kind
	switch v.Kind {
	case store.KindNull:
		return p.name("null")
	case store.KindBool:
		return p.name(strconv.FormatBool(v.Bool))
	case store.KindNumber:
		return p.number(v.Number)
	case store.KindText:
		return quote(v.Text)
	case store.KindDate:
		if bare {
			return p.choose(v.Date.String(), quote(v.Date.String()))
		}
		return v.Date.String()
	case store.KindDuration:
		prefixed := p.name("duration") + quote(v.Duration.String())
		if bare {
			return p.choose(prefixed, quote(v.Duration.String()))
		}
		return prefixed
	case store.KindInstant:
		text := time.Unix(-62_135_596_800+v.Number/one, v.Number%one*100).UTC().Format(time.RFC3339Nano)
		if bare {
			return p.choose(text, quote(text))
		}
		return text
	case store.KindTimeOfDay:
		text := time.Unix(v.Number/one, v.Number%one*100).UTC().Format("15:04:05.9999999")
		if bare {
			return p.choose(text, quote(text))
		}
		return text
	case store.KindActivity:
		prefixed := p.name("microsoft.graph.analyticsActivityType") + quote(p.name(v.Text))
		if bare {
			return p.choose(prefixed, quote(p.name(v.Text)))
		}
		return prefixed
	}
	panic(fmt.Sprintf("not a value: %#v", v))
}

func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

func (p printer) number(n int64) string {
	sign := p.choose("", "", "+")
	magnitude := uint64(n)
	if n < 0 {
		sign, magnitude = "-", -magnitude
	}
	text := fmt.Sprintf("%d.%07d", magnitude/one, magnitude%one)
	short := strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
	if n%one == 0 { // with decimals it would not be whole by its type
		text = short
	}
	return sign + p.choose("", "", "00") + p.choose(short, text)
}

func (p printer) property(x store.Property) string {
	prefix := p.choose("", "", p.name("$it/"))
	if _, base := properties[""][x.Name]; x.Type != "" {
		prefix += p.name(typeNames[x.Type]) + "/"
	} else if base {
		prefix += p.choose("", "", p.name(typeNames[""])+"/")
	}
	return prefix + p.name(string(x.Name))
}

func (p printer) isOf(x store.IsOf) (string, int) {
	name := p.name(typeNames[x.Type])
	if p.choose("", "", "", "annotation") != "" {
		return "@odata.type eq " + quote("#"+name), binding[store.Eq]
	}
	if p.choose("", "quoted") != "" {
		name = quote(name)
	}
	return p.name("isof") + "(" + p.choose("", "$it,", " $IT , ") + name + p.space() + ")", bindsPrimary
}
