package store

import (
	"math"
	"testing"

	"afterhours/store/edm"
)

// sample has a call's properties, and no endDate.
var sample = Statistic{ID: "call_1", Record: Record{
	Type: Call, Activity: "Call", StartDate: Of(edm.Date(737_225)), // 2019-06-16
	TimeZoneUsed: Of("\u00a0Ärger\u2003"), Duration: Of(90 * edm.Minute),
}.With("afterHours", -7)}

var (
	yes, no   = Literal{boolValue(true)}, Literal{boolValue(false)}
	start     = Property{Name: PropertyStartDate}
	end       = Property{Name: PropertyEndDate}
	length    = Property{Name: PropertyDuration}
	after     = Property{Name: "afterHours"}
	zone      = Property{Name: PropertyTimeZoneUsed}
	minute    = Literal{durationValue(edm.Minute)}
	least     = Literal{durationValue(edm.MinDuration)}
	most      = Literal{durationValue(edm.MaxDuration)}
	third     = Literal{Value{Kind: KindNumber, Number: One / 3}} // 0.3333333
	two, zero = Literal{wholeNumber(2)}, Literal{wholeNumber(0)}
)

func op(x Expr, op Operator, y Expr) Expr { return Binary{Op: op, X: x, Y: y} }

func call(f Func, args ...Expr) Expr { return Function{Func: f, Args: args} }

func ticks(n int64) Value { return durationValue(edm.Duration(n)) }

func number(ticks int64) Value { return Value{Kind: KindNumber, Number: ticks} }

func txt(s string) Literal { return Literal{textValue(s)} }

func day(n edm.Date) Value { return dateValue(737_225 + n) }

func TestEvaluate(t *testing.T) {
	for name, test := range map[string]struct {
		expr Expr
		want Value
	}{
		"null eq null":            {op(end, Eq, null), boolValue(true)},
		"null ne null":            {op(end, Ne, null), boolValue(false)},
		"value eq null":           {op(start, Eq, null), boolValue(false)},
		"value ne null":           {op(start, Ne, null), boolValue(true)},
		"null ge null":            {op(end, Ge, null), boolValue(false)},
		"value gt null":           {op(start, Gt, null), boolValue(false)},
		"not (value gt null)":     {Not{op(start, Gt, end)}, boolValue(true)},
		"not null":                {Not{null}, Value{}},
		"null and false":          {op(null, And, no), boolValue(false)},
		"false and null":          {op(no, And, null), boolValue(false)},
		"null and true":           {op(null, And, yes), Value{}},
		"true and null":           {op(yes, And, null), Value{}},
		"null and null":           {op(null, And, null), Value{}},
		"true and true":           {op(yes, And, yes), boolValue(true)},
		"null or true":            {op(null, Or, yes), boolValue(true)},
		"true or null":            {op(yes, Or, null), boolValue(true)},
		"null or false":           {op(null, Or, no), Value{}},
		"false or null":           {op(no, Or, null), Value{}},
		"false or false":          {op(no, Or, no), boolValue(false)},
		"null in (null)":          {In{X: end, List: []Value{day(0), {}}}, boolValue(true)},
		"null in ()":              {In{X: end}, boolValue(false)},
		"value in":                {In{X: start, List: []Value{day(1), day(0)}}, boolValue(true)},
		"value not in":            {In{X: start, List: []Value{{}, day(1)}}, boolValue(false)},
		"isof":                    {IsOf{Call}, boolValue(true)},
		"isof another":            {IsOf{Chat}, boolValue(false)},
		"property of its type":    {Property{PropertyDuration, Call}, ticks(int64(90 * edm.Minute))},
		"property of another":     {Property{PropertyDuration, Chat}, Value{}},
		"property it has not":     {Property{Name: "readEmail"}, Value{}},
		"contains null":           {call(Contains, zone, null), Value{}},
		"contains nothing":        {call(Contains, zone, txt("")), boolValue(true)},
		"startswith":              {call(StartsWith, Property{Name: PropertyID}, txt("call_")), boolValue(true)},
		"endswith":                {call(EndsWith, Property{Name: PropertyID}, txt("call")), boolValue(false)},
		"length in code points":   {call(Length, txt("e\u0301🧑")), number(3 * One)},
		"trim of Unicode":         {call(Trim, zone), textValue("Ärger")},
		"tolower":                 {call(ToLower, txt("ÄΣ")), textValue("äσ")},
		"toupper":                 {call(ToUpper, txt("äß")), textValue("Äß")},
		"concat":                  {call(Concat, txt("a"), txt("b")), textValue("ab")},
		"concat null":             {call(Concat, null, txt("b")), Value{}},
		"year":                    {call(Year, start), number(2019 * One)},
		"month":                   {call(Month, start), number(6 * One)},
		"day":                     {call(Day, start), number(16 * One)},
		"day of null":             {call(Day, end), Value{}},
		"totalseconds":            {call(TotalSeconds, after), number(-7)},
		"date add half a day":     {op(start, Add, Literal{ticks(int64(edm.Day / 2))}), day(0)},
		"date sub half a day":     {op(start, Sub, Literal{ticks(int64(edm.Day / 2))}), day(-1)},
		"date add less than none": {op(start, Add, Literal{ticks(-1)}), day(-1)},
		"date sub less than none": {op(start, Sub, Literal{ticks(-1)}), day(0)},
		"date add a day":          {op(start, Add, Literal{ticks(int64(edm.Day))}), day(1)},
		"date sub a day":          {op(start, Sub, Literal{ticks(int64(edm.Day))}), day(-1)},
		"date sub all":            {op(start, Sub, least), Value{}},
		"date add all":            {op(start, Add, most), Value{}},
		"date add null":           {op(end, Add, minute), Value{}},
		"date sub date":           {op(start, Sub, Literal{day(-2)}), ticks(int64(2 * edm.Day))},
		"widest date sub date":    {op(Literal{dateValue(edm.MinDate)}, Sub, Literal{dateValue(edm.MaxDate)}), ticks(-int64(edm.MaxDate) * int64(edm.Day))},
		"duration add":            {op(length, Add, minute), ticks(int64(91 * edm.Minute))},
		"duration add too much":   {op(most, Add, minute), Value{}},
		"duration add too little": {op(least, Add, Literal{ticks(-1)}), Value{}},
		"duration add zero":       {op(least, Add, Literal{ticks(0)}), ticks(math.MinInt64)},
		"duration sub":            {op(minute, Sub, length), ticks(-int64(89 * edm.Minute))},
		"duration sub the least":  {op(Literal{ticks(-1)}, Sub, least), ticks(math.MaxInt64)},
		"duration sub too much":   {op(Literal{ticks(0)}, Sub, least), Value{}},
		"duration sub null":       {op(null, Sub, length), Value{}},
		"mul cuts off":            {op(after, Mul, third), ticks(-2)},
		"mul from the left":       {op(third, Mul, after), ticks(-2)},
		"mul too much":            {op(most, Mul, two), Value{}},
		"mul to the least":        {op(Literal{ticks(math.MinInt64 / 2)}, Mul, two), ticks(math.MinInt64)},
		"mul beyond the most":     {op(Literal{ticks(math.MinInt64 / 2)}, Mul, Negate{two}), Value{}},
		"div cuts off":            {op(after, Div, two), ticks(-3)},
		"div by a fraction":       {op(Literal{ticks(1)}, Div, third), ticks(3)},
		"div by zero":             {op(length, Div, zero), Value{}},
		"div too much":            {op(most, Div, third), Value{}},
		"div the least by -1":     {op(least, Div, Negate{Literal{wholeNumber(1)}}), Value{}},
		"negate":                  {Negate{after}, ticks(7)},
		"negate the least":        {Negate{least}, Value{}},
		"negate a number":         {Negate{third}, number(-One / 3)},
		"negate the least number": {Negate{Literal{number(math.MinInt64)}}, Value{}},
		"negate null":             {Negate{null}, Value{}},
	} {
		if got := Evaluate(test.expr, &sample); got != test.want {
			t.Errorf("%s = %+v; want %+v", name, got, test.want)
		}
	}
}

func TestMatchIsForTrueAlone(t *testing.T) {
	for filter, want := range map[Expr]bool{nil: true, yes: true, no: false, null: false} {
		if got := Match(filter, &sample); got != want {
			t.Errorf("Match(%+v) = %t", filter, got)
		}
	}
}

func TestCompareIsInThisOrder(t *testing.T) {
	for _, ascending := range [][]Value{
		{{}, boolValue(false), boolValue(true)},
		{{}, number(-1), number(0), number(One)},
		{{}, textValue(""), textValue("B"), textValue("a"), textValue("\uffff"), textValue("\U00010000")},
		{{}, dateValue(0), dateValue(1)},
		{{}, ticks(math.MinInt64), ticks(0), ticks(1)},
		{{}, activity("Email"), activity("Meeting"), activity("Focus"), activity("Chat"), activity("Call"), activity("Absent")},
	} {
		for i, a := range ascending {
			for j, b := range ascending {
				if got, want := Compare(a, b), sign(i-j); got != want {
					t.Errorf("Compare(%+v, %+v) = %d; want %d", a, b, got, want)
				}
			}
		}
	}
}

func activity(name string) Value { return Value{Kind: KindActivity, Text: name} }

func sign(n int) int { return max(-1, min(n, 1)) }
