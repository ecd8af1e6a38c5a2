package store

// Query chooses one page of an owner's statistics. With only Limit set, it is the first
// page of all of them, in the order of their ids.
type Query struct {
	// Filter keeps the statistics for which it is true, or all if it is nil. It must be
	// well typed, as handlers/odata makes it. Match defines its meaning.
	Filter Expr
	// Order sorts by these, the first one first, and then by id in byte order.
	Order []Order
	// After is the position after which the page starts. Nil is the beginning.
	After *Position
	// Skip is how many statistics after After to leave out, 0 or more.
	Skip int
	// Limit is the most statistics a page may hold, 1 or more.
	Limit int
}

// Order sorts by the value of an expression, which must be well typed: null before every
// value, false before true, numbers by size, durations, dates and times by time, texts by
// bytes, activities in the order of Graph's enumeration (Email, Meeting, Focus, Chat,
// Call). Descending reverses all of that.
type Order struct {
	By         Expr
	Descending bool
}

// Position is a position in an order: that of a statistic, which may be deleted by the
// time a page starts after it.
type Position struct {
	// Values has one value for each member of Query.Order.
	Values []Value
	ID     string
}

// Expr is an expression over one statistic, as plain data: a Literal, Property,
// Not, Negate, Binary, In, Function or IsOf.
type Expr interface{ isExpr() }

// Literal is a constant.
type Literal struct{ Value Value }

// Property is the value of a property of the statistic. It is null if the statistic's
// type does not have the property. With a Type it is a derived property of that type
// (microsoft.graph.callActivityStatistics/afterHours), and null for every other type.
type Property struct {
	Name PropertyName
	Type Type
}

// Not is true if X is false, false if X is true, and null if X is null.
type Not struct{ X Expr }

// Negate is the negative of a duration or number.
type Negate struct{ X Expr }

// Binary is an operator between two operands.
type Binary struct {
	Op   Operator
	X, Y Expr
}

// In is whether X equals one of the values.
type In struct {
	X    Expr
	List []Value
}

// Function is a function of its arguments.
type Function struct {
	Func Func
	Args []Expr
}

// IsOf is whether the statistic is of the type.
type IsOf struct{ Type Type }

func (Literal) isExpr()  {}
func (Property) isExpr() {}
func (Not) isExpr()      {}
func (Negate) isExpr()   {}
func (Binary) isExpr()   {}
func (In) isExpr()       {}
func (Function) isExpr() {}
func (IsOf) isExpr()     {}

// PropertyName names a property as the contract does.
type PropertyName string

// The properties that every type has. The table derived has those of some types.
const (
	PropertyID           PropertyName = "id"
	PropertyActivity     PropertyName = "activity"
	PropertyStartDate    PropertyName = "startDate"
	PropertyEndDate      PropertyName = "endDate"
	PropertyTimeZoneUsed PropertyName = "timeZoneUsed"
	PropertyDuration     PropertyName = "duration"
)

// Operator is a binary operator, by OData's name.
type Operator string

// Operators on booleans: or, and. On two values of one kind, or null: eq, ne, and,
// except for activities, gt, ge, lt, le. Arithmetic: number add|sub|mul|div|divby|mod
// number, duration add|sub duration, date add|sub duration, date sub date, instant add|sub
// duration, instant sub instant, duration mul|div number, number mul duration. Of two
// numbers, div is the whole number of times that the second one fits into the first one.
const (
	Or    Operator = "or"
	And   Operator = "and"
	Eq    Operator = "eq"
	Ne    Operator = "ne"
	Gt    Operator = "gt"
	Ge    Operator = "ge"
	Lt    Operator = "lt"
	Le    Operator = "le"
	Add   Operator = "add"
	Sub   Operator = "sub"
	Mul   Operator = "mul"
	Div   Operator = "div"
	DivBy Operator = "divby"
	Mod   Operator = "mod"
)

// Func is a function, by OData's name.
type Func string

// Functions of texts: contains, startswith and endswith of two are boolean, and so is
// matchespattern of a text and a Literal that pattern.Compile accepts; tolower, toupper
// and trim of one, concat of two, and substring of a text and one or two whole numbers,
// are texts; length of one and indexof of two, in characters (code points), are numbers.
// Of numbers: round, floor and ceiling are numbers. Of durations: totalseconds is a
// number. Of dates and instants: year, month, day are numbers. Of instants: date is a date,
// time is a time of day. Of instants and times of day: hour, minute, second and
// fractionalseconds are numbers. totaloffsetminutes of an instant is 0, since instants are
// in UTC.
const (
	Contains           Func = "contains"
	StartsWith         Func = "startswith"
	EndsWith           Func = "endswith"
	MatchesPattern     Func = "matchespattern"
	ToLower            Func = "tolower"
	ToUpper            Func = "toupper"
	Trim               Func = "trim"
	Concat             Func = "concat"
	Substring          Func = "substring"
	Length             Func = "length"
	IndexOf            Func = "indexof"
	Round              Func = "round"
	Floor              Func = "floor"
	Ceiling            Func = "ceiling"
	Year               Func = "year"
	Month              Func = "month"
	Day                Func = "day"
	Hour               Func = "hour"
	Minute             Func = "minute"
	Second             Func = "second"
	FractionalSeconds  Func = "fractionalseconds"
	TotalOffsetMinutes Func = "totaloffsetminutes"
	DateOf             Func = "date"
	TimeOf             Func = "time"
	TotalSeconds       Func = "totalseconds"
)
