package store

import (
	"math"
	"testing"

	"afterhours/store/edm"
)

// tenths returns so many tenths as a number.
func tenths(n int64) Literal { return Literal{numberValue(n * One / 10)} }

func instantAt(ticks int64) Literal { return Literal{Value{Kind: KindInstant, Number: ticks}} }

func timeAt(ticks int64) Value { return Value{Kind: KindTimeOfDay, Number: ticks} }

// TestNumbers has the rules of OData URL 5.1.1.2 and 5.1.1.9, and the ends of the range.
func TestNumbers(t *testing.T) {
	lowest, highest := Literal{number(math.MinInt64)}, Literal{number(math.MaxInt64)}
	tick, minusTick := Literal{number(1)}, Literal{number(-1)}
	for name, test := range map[string]struct {
		expr Expr
		want Value
	}{
		"add":                     {op(tenths(15), Add, tenths(-20)), number(-One / 2)},
		"add out of range":        {op(highest, Add, tick), Value{}},
		"add zero at the end":     {op(highest, Add, zero), highest.Value},
		"sub":                     {op(tenths(15), Sub, two), number(-One / 2)},
		"sub out of range":        {op(lowest, Sub, tick), Value{}},
		"sub the lowest":          {op(zero, Sub, lowest), Value{}},
		"sub the lowest in range": {op(minusTick, Sub, lowest), highest.Value},
		"mul":                     {op(tenths(15), Mul, tenths(-15)), number(-One * 225 / 100)},
		"mul rounds to zero":      {op(third, Mul, tenths(-1)), number(-333333)},
		"mul out of range":        {op(highest, Mul, two), Value{}},
		"mul of the lowest":       {op(lowest, Mul, Literal{wholeNumber(1)}), lowest.Value},
		"div of whole numbers":    {op(Literal{wholeNumber(5)}, Div, two), wholeNumber(2)},
		"div below zero":          {op(Literal{wholeNumber(-5)}, Div, two), wholeNumber(-2)},
		"div by zero":             {op(two, Div, zero), Value{}},
		"div out of range":        {op(highest, Div, tick), Value{}},
		"divby":                   {op(Literal{wholeNumber(5)}, DivBy, two), tenths(25).Value},
		"divby rounds to zero":    {op(Literal{wholeNumber(-2)}, DivBy, Literal{wholeNumber(3)}), number(-6666666)},
		"divby zero":              {op(two, DivBy, zero), Value{}},
		"divby out of range":      {op(highest, DivBy, third), Value{}},
		"mod":                     {op(Literal{wholeNumber(9)}, Mod, Literal{wholeNumber(3)}), number(0)},
		"mod has the sign of x":   {op(Literal{wholeNumber(-5)}, Mod, two), wholeNumber(-1)},
		"mod of a negative y":     {op(Literal{wholeNumber(5)}, Mod, Literal{wholeNumber(-3)}), wholeNumber(2)},
		"mod of decimals":         {op(tenths(55), Mod, two), tenths(15).Value},
		"mod zero":                {op(two, Mod, zero), Value{}},
		"mod of the lowest":       {op(lowest, Mod, minusTick), number(0)},
		"null add":                {op(null, Add, two), Value{}},
		"mod null":                {op(two, Mod, call(TotalSeconds, after)), number(20_000_000 % -7)},
		"round up":                {call(Round, tenths(5)), wholeNumber(1)},
		"round away from zero":    {call(Round, tenths(-5)), wholeNumber(-1)},
		"round down":              {call(Round, tenths(14)), wholeNumber(1)},
		"round at the end":        {call(Round, highest), wholeNumber(922337203685)},
		"floor":                   {call(Floor, tenths(-1)), wholeNumber(-1)},
		"floor of a whole number": {call(Floor, Literal{wholeNumber(-1)}), wholeNumber(-1)},
		"floor out of range":      {call(Floor, lowest), Value{}},
		"ceiling":                 {call(Ceiling, tenths(1)), wholeNumber(1)},
		"ceiling below zero":      {call(Ceiling, tenths(-19)), wholeNumber(-1)},
		"ceiling out of range":    {call(Ceiling, highest), Value{}},
		"round null":              {call(Round, call(TotalSeconds, end)), Value{}},
	} {
		if got := Evaluate(test.expr, &sample); got != test.want {
			t.Errorf("%s: %+v; want %+v", name, got, test.want)
		}
	}
}

// TestTextsByPosition has the rules of OData URL 5.1.1.5: positions count characters from 0.
func TestTextsByPosition(t *testing.T) {
	whole := func(n int) Literal { return Literal{wholeNumber(n)} }
	text := txt("äbc🧑c")
	for name, test := range map[string]struct {
		expr Expr
		want Value
	}{
		"indexof":                  {call(IndexOf, text, txt("c")), wholeNumber(2)},
		"indexof after an emoji":   {call(IndexOf, text, txt("🧑c")), wholeNumber(3)},
		"indexof nothing":          {call(IndexOf, text, txt("")), wholeNumber(0)},
		"indexof none":             {call(IndexOf, text, txt("C")), wholeNumber(-1)},
		"indexof null":             {call(IndexOf, text, null), Value{}},
		"substring":                {call(Substring, text, whole(1)), textValue("bc🧑c")},
		"substring with a length":  {call(Substring, text, whole(2), whole(2)), textValue("c🧑")},
		"substring of length 0":    {call(Substring, text, whole(2), whole(0)), textValue("")},
		"substring beyond the end": {call(Substring, text, whole(9)), textValue("")},
		"substring at the end":     {call(Substring, text, whole(5)), textValue("")},
		"substring of more":        {call(Substring, text, whole(3), whole(99)), textValue("🧑c")},
		"substring from the end":   {call(Substring, text, whole(-2)), textValue("🧑c")},
		"substring from before":    {call(Substring, text, whole(-9), whole(1)), textValue("ä")},
		"substring below zero":     {call(Substring, text, whole(1), whole(-1)), Value{}},
		"substring of null":        {call(Substring, null, whole(1)), Value{}},
		"substring null":           {call(Substring, text, whole(1), null), Value{}},
		"matches":                  {call(MatchesPattern, text, txt("^.b.+c$")), boolValue(true)},
		"matches no":               {call(MatchesPattern, text, txt("^b")), boolValue(false)},
		"null matches":             {call(MatchesPattern, null, txt("")), Value{}},
	} {
		if got := Evaluate(test.expr, &sample); got != test.want {
			t.Errorf("%s: %+v; want %+v", name, got, test.want)
		}
		if got := (parts{}).of(Fold(test.expr)).of(&row{&sample, 1}); *got != test.want {
			t.Errorf("%s, folded: %+v; want %+v", name, *got, test.want)
		}
	}
}

// TestInstants has the rules of OData URL 5.1.1.2.1 and 5.1.1.8.
func TestInstants(t *testing.T) {
	const noon = 737_225*int64(edm.Day) + 12*int64(edm.Hour) + 34*int64(edm.Minute) + 56*int64(edm.Second) + 7
	at := instantAt(noon)
	for name, test := range map[string]struct {
		expr Expr
		want Value
	}{
		"add":                 {op(at, Add, Literal{ticks(-7)}), instantAt(noon - 7).Value},
		"sub":                 {op(at, Sub, Literal{ticks(7)}), instantAt(noon - 7).Value},
		"sub of instants":     {op(instantAt(0), Sub, at), ticks(-noon)},
		"add before the year": {op(instantAt(0), Sub, Literal{ticks(1)}), Value{}},
		"add after the years": {op(instantAt(MaxInstant), Add, Literal{ticks(1)}), Value{}},
		"add out of range":    {op(at, Add, most), Value{}},
		"add null":            {op(at, Add, null), Value{}},
		"compare":             {op(at, Gt, instantAt(noon-1)), boolValue(true)},
		"compare with null":   {op(at, Gt, null), boolValue(false)},
		"date":                {call(DateOf, at), day(0)},
		"date at the end":     {call(DateOf, instantAt(MaxInstant)), dateValue(edm.MaxDate)},
		"time":                {call(TimeOf, at), timeAt(noon % int64(edm.Day))},
		"year":                {call(Year, at), wholeNumber(2019)},
		"month":               {call(Month, at), wholeNumber(6)},
		"day":                 {call(Day, at), wholeNumber(16)},
		"hour":                {call(Hour, at), wholeNumber(12)},
		"minute":              {call(Minute, call(TimeOf, at)), wholeNumber(34)},
		"second":              {call(Second, at), wholeNumber(56)},
		"fractionalseconds":   {call(FractionalSeconds, at), number(7)},
		"totaloffsetminutes":  {call(TotalOffsetMinutes, at), number(0)},
		"hour of null":        {call(Hour, null), Value{}},
	} {
		if got := Evaluate(test.expr, &sample); got != test.want {
			t.Errorf("%s: %+v; want %+v", name, got, test.want)
		}
	}
}

// TestTimeAsText has instants and times of day as OData writes them, at the ends of their ranges.
func TestTimeAsText(t *testing.T) {
	for want, value := range map[string]Value{
		"0001-01-01T00:00:00Z":         instantAt(0).Value,
		"2019-06-16T00:00:00.0000001Z": instantAt(737_225*int64(edm.Day) + 1).Value,
		"9999-12-31T23:59:59.9999999Z": instantAt(MaxInstant).Value,
		"12:34:56.5":                   timeAt(12*int64(edm.Hour) + 34*int64(edm.Minute) + 56*int64(edm.Second) + One/2),
		"00:00:00":                     timeAt(0),
	} {
		if got := value.Time(); got != want {
			t.Errorf("%+v is %s, want %s", value, got, want)
		}
	}
}
