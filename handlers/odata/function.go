package odata

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"afterhours/store"
	"afterhours/store/pattern"
)

// kindWhole is the kind of a number that is whole by its type, as Edm.Int32 is. It is that of an
// argument or a result, and never leaves the parser.
const kindWhole store.Kind = 254

// signature has the kinds of the arguments and of the result of a function. The first argument may be
// of several kinds, and the last one may be missing if optional is set.
type signature struct {
	first    []store.Kind
	more     []store.Kind
	optional bool
	result   store.Kind
}

var (
	aText    = []store.Kind{store.KindText}
	aNumber  = []store.Kind{store.KindNumber}
	aDate    = []store.Kind{store.KindDate, store.KindInstant}
	aTime    = []store.Kind{store.KindInstant, store.KindTimeOfDay}
	aInstant = []store.Kind{store.KindInstant}
	andText  = []store.Kind{store.KindText}
)

// functions has the signatures of the functions of stores (URL conventions, section 5.1.1.5 and
// following).
var functions = map[store.Func]signature{
	store.Contains:           {first: aText, more: andText, result: store.KindBool},
	store.StartsWith:         {first: aText, more: andText, result: store.KindBool},
	store.EndsWith:           {first: aText, more: andText, result: store.KindBool},
	store.MatchesPattern:     {first: aText, more: andText, result: store.KindBool},
	store.ToLower:            {first: aText, result: store.KindText},
	store.ToUpper:            {first: aText, result: store.KindText},
	store.Trim:               {first: aText, result: store.KindText},
	store.Concat:             {first: aText, more: andText, result: store.KindText},
	store.Substring:          {first: aText, more: []store.Kind{kindWhole, kindWhole}, optional: true, result: store.KindText},
	store.Length:             {first: aText, result: kindWhole},
	store.IndexOf:            {first: aText, more: andText, result: kindWhole},
	store.Round:              {first: aNumber, result: store.KindNumber},
	store.Floor:              {first: aNumber, result: store.KindNumber},
	store.Ceiling:            {first: aNumber, result: store.KindNumber},
	store.Year:               {first: aDate, result: kindWhole},
	store.Month:              {first: aDate, result: kindWhole},
	store.Day:                {first: aDate, result: kindWhole},
	store.Hour:               {first: aTime, result: kindWhole},
	store.Minute:             {first: aTime, result: kindWhole},
	store.Second:             {first: aTime, result: kindWhole},
	store.FractionalSeconds:  {first: aTime, result: store.KindNumber},
	store.TotalOffsetMinutes: {first: aInstant, result: kindWhole},
	store.DateOf:             {first: aInstant, result: store.KindDate},
	store.TimeOf:             {first: aInstant, result: store.KindTimeOfDay},
	store.TotalSeconds:       {first: []store.Kind{store.KindDuration}, result: store.KindNumber},
}

// functionNames lists the functions, for errors.
var functionNames = func() []string {
	names := []string{"isof"}
	for name := range maps.Keys(functions) {
		names = append(names, string(name))
	}
	for name := range maps.Keys(instants) {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}()

// function parses a call from its parenthesis on, and checks the kinds of the arguments.
func (p *parser) function(name token) (operand, error) {
	f := store.Func(p.word(name))
	signature, ok := functions[f]
	switch {
	case standardFunctions[string(f)]:
		return operand{}, p.notImplemented(name.start, "the function "+string(f))
	case instants[string(f)] != nil:
		return p.instant(name)
	case !ok:
		return operand{}, p.fault(name.start, "expected one of the functions %s, found %s%s",
			strings.Join(functionNames, ", "), shown(p.text[name.start:name.end]), nearest(string(f), functionNames))
	}
	args, end, err := p.arguments(f, signature)
	if err != nil {
		return operand{}, err
	}
	call := store.Function{Func: f}
	for _, arg := range args {
		call.Args = append(call.Args, arg.expr)
	}
	if err := p.checkCall(call, args, name); err != nil {
		return operand{}, err
	}
	x, err := p.node(call, signature.result, name.start, end)
	return x.withWhole(), err
}

// arguments parses the arguments of a function with their parentheses. end is the offset after them.
func (p *parser) arguments(f store.Func, s signature) (args []operand, end int, err error) {
	open := p.take()
	for i := range 1 + len(s.more) {
		kinds := s.first
		if i > 0 {
			if s.optional && i == len(s.more) && p.next().kind == tokenClose {
				break
			}
			kinds = s.more[i-1 : i]
			if err := p.want(tokenComma, "a comma and one more argument"); err != nil {
				return nil, 0, err
			}
		}
		x, err := p.nested(open, func() (operand, error) { return p.binary(1) })
		if err != nil {
			return nil, 0, err
		}
		if x, err = p.argument(f, x, kinds); err != nil {
			return nil, 0, err
		}
		args = append(args, x)
	}
	end = p.next().end
	return args, end, p.want(tokenClose, "an operator or )")
}

// argument returns the operand as one of the first of the kinds that it can have.
func (p *parser) argument(f store.Func, x operand, kinds []store.Kind) (operand, error) {
	for _, kind := range kinds {
		if x, ok := p.as(x, kind); ok {
			return x, nil
		}
	}
	described := make([]string, len(kinds))
	for i, kind := range kinds {
		described[i] = p.model.describe(kind)
	}
	return operand{}, p.fault(x.start, "expected %s in %s, found %s%s", strings.Join(described, " or "), f, p.piece(x), p.enumerationHint(x, kinds[0]))
}

// checkCall checks what the kinds of the arguments do not say.
func (p *parser) checkCall(call store.Function, args []operand, name token) error {
	switch call.Func {
	case store.MatchesPattern:
		return p.checkPattern(args[1])
	case store.Substring:
		if length, ok := args[len(args)-1].expr.(store.Literal); ok && len(args) == 3 && length.Value.Number < 0 {
			return p.fault(args[2].start, "expected a length of 0 or more in substring, found %s", p.piece(args[2]))
		}
	}
	if args[0].shifted { // URL conventions, section 5.1.1.8: the offset is not kept
		return p.notImplemented(args[0].start, "the function "+string(call.Func)+" of a time that is not in UTC")
	}
	return p.countMade(call, name.start)
}

// checkPattern checks the pattern of a matchespattern, and counts what it costs.
func (p *parser) checkPattern(x operand) error {
	literal, ok := x.expr.(store.Literal)
	if !ok {
		return p.notImplemented(x.start, "a pattern that is not a text in quotes")
	}
	compiled, err := pattern.Compile(literal.Value.Text)
	switch {
	case errors.Is(err, pattern.ErrUnsupported):
		return p.notImplemented(x.start, short(err.Error()))
	case err != nil:
		return p.fault(x.start, "expected a pattern such as '^call_', found %s, a %v", p.piece(x), err)
	}
	if p.cost += compiled.Cost; p.cost > pattern.MaxCost {
		return p.fault(x.start, "expected patterns that are smaller together")
	}
	return nil
}
