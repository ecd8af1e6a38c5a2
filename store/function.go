package store

import (
	"strings"
	"unicode/utf8"

	"afterhours/store/edm"
	"afterhours/store/pattern"
)

// arguments are the arguments of a function, nil for those that it does not have.
type arguments [3]*Value

// functions has the value of each function for arguments that are not null.
var functions = map[Func]func(args arguments) Value{
	Contains:   func(args arguments) Value { return boolValue(strings.Contains(args[0].Text, args[1].Text)) },
	StartsWith: func(args arguments) Value { return boolValue(strings.HasPrefix(args[0].Text, args[1].Text)) },
	EndsWith:   func(args arguments) Value { return boolValue(strings.HasSuffix(args[0].Text, args[1].Text)) },
	ToLower:    func(args arguments) Value { return textValue(strings.ToLower(args[0].Text)) },
	ToUpper:    func(args arguments) Value { return textValue(strings.ToUpper(args[0].Text)) },
	Trim:       func(args arguments) Value { return textValue(strings.TrimSpace(args[0].Text)) },
	Concat:     func(args arguments) Value { return textValue(args[0].Text + args[1].Text) },
	Length:     func(args arguments) Value { return wholeNumber(utf8.RuneCountInString(args[0].Text)) },
	IndexOf:    func(args arguments) Value { return wholeNumber(indexOf(args[0].Text, args[1].Text)) },
	Substring:  func(args arguments) Value { return substring(args[0].Text, args[1], args[2]) },
	Round:      func(args arguments) Value { return round(args[0].Number) },
	Floor:      func(args arguments) Value { return floor(args[0].Number) },
	Ceiling:    func(args arguments) Value { return ceiling(args[0].Number) },
	Year: func(args arguments) Value {
		year, _, _ := dateOf(args[0]).Calendar()
		return wholeNumber(year)
	},
	Month: func(args arguments) Value {
		_, month, _ := dateOf(args[0]).Calendar()
		return wholeNumber(int(month))
	},
	Day: func(args arguments) Value {
		_, _, day := dateOf(args[0]).Calendar()
		return wholeNumber(day)
	},
	Hour:               func(args arguments) Value { return unitOf(args[0], edm.Hour, 24) },
	Minute:             func(args arguments) Value { return unitOf(args[0], edm.Minute, 60) },
	Second:             func(args arguments) Value { return unitOf(args[0], edm.Second, 60) },
	FractionalSeconds:  func(args arguments) Value { return numberValue(args[0].Number % int64(edm.Second)) },
	TotalOffsetMinutes: func(arguments) Value { return wholeNumber(0) },
	DateOf:             func(args arguments) Value { return dateValue(dateOf(args[0])) },
	TimeOf:             func(args arguments) Value { return Value{Kind: KindTimeOfDay, Number: args[0].Number % int64(edm.Day)} },
	// A tick is a ten-millionth of a second, and Number counts ten-millionths.
	TotalSeconds: func(args arguments) Value { return Value{Kind: KindNumber, Number: int64(args[0].Duration)} },
}

// evaluateFunction returns null if an argument is null (OData 4.01 URL Conventions,
// 5.1.1.4: null propagates).
func evaluateFunction(f Function, s *Statistic) Value {
	var args arguments // no function has more
	for i, arg := range f.Args {
		value := Evaluate(arg, s)
		if value.Kind == KindNull {
			return Value{}
		}
		args[i] = &value
	}
	if f.Func == MatchesPattern {
		return boolValue(compiled(f).Match(args[0].Text))
	}
	return functions[f.Func](args)
}

// compiled returns the pattern of a matchespattern, which is a Literal that can be compiled.
func compiled(f Function) *pattern.Pattern {
	compiled, err := pattern.Compile(f.Args[1].(Literal).Value.Text)
	if err != nil {
		panic("store: " + err.Error())
	}
	return compiled
}
