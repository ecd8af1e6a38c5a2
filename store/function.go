package store

import (
	"strings"
	"unicode/utf8"
)

// functions has the value of each function for arguments that are not null.
var functions = map[Func]func(args [2]*Value) Value{
	Contains:   func(args [2]*Value) Value { return boolValue(strings.Contains(args[0].Text, args[1].Text)) },
	StartsWith: func(args [2]*Value) Value { return boolValue(strings.HasPrefix(args[0].Text, args[1].Text)) },
	EndsWith:   func(args [2]*Value) Value { return boolValue(strings.HasSuffix(args[0].Text, args[1].Text)) },
	ToLower:    func(args [2]*Value) Value { return textValue(strings.ToLower(args[0].Text)) },
	ToUpper:    func(args [2]*Value) Value { return textValue(strings.ToUpper(args[0].Text)) },
	Trim:       func(args [2]*Value) Value { return textValue(strings.TrimSpace(args[0].Text)) },
	Concat:     func(args [2]*Value) Value { return textValue(args[0].Text + args[1].Text) },
	Length:     func(args [2]*Value) Value { return wholeNumber(utf8.RuneCountInString(args[0].Text)) },
	Year: func(args [2]*Value) Value {
		year, _, _ := args[0].Date.Calendar()
		return wholeNumber(year)
	},
	Month: func(args [2]*Value) Value {
		_, month, _ := args[0].Date.Calendar()
		return wholeNumber(int(month))
	},
	Day: func(args [2]*Value) Value {
		_, _, day := args[0].Date.Calendar()
		return wholeNumber(day)
	},
	// A tick is a ten-millionth of a second, and Number counts ten-millionths.
	TotalSeconds: func(args [2]*Value) Value { return Value{Kind: KindNumber, Number: int64(args[0].Duration)} },
}

// evaluateFunction returns null if an argument is null (OData 4.01 URL Conventions,
// 5.1.1.4: null propagates).
func evaluateFunction(f Function, s *Statistic) Value {
	var args [2]*Value // no function has more
	for i, arg := range f.Args {
		value := Evaluate(arg, s)
		if value.Kind == KindNull {
			return Value{}
		}
		args[i] = &value
	}
	return functions[f.Func](args)
}
