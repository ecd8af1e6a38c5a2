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

// Order sorts by a property: null before every value, false before true, durations
// and dates by time, texts by bytes, activities in the order of Graph's
// enumeration (Email, Meeting, Focus, Chat, Call). Descending reverses all of that.
type Order struct {
	By         Property
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
// except for booleans and activities, gt, ge, lt, le. Arithmetic: duration add|sub
// duration, date add|sub duration, date sub date, duration mul|div number, number
// mul duration.
const (
	Or  Operator = "or"
	And Operator = "and"
	Eq  Operator = "eq"
	Ne  Operator = "ne"
	Gt  Operator = "gt"
	Ge  Operator = "ge"
	Lt  Operator = "lt"
	Le  Operator = "le"
	Add Operator = "add"
	Sub Operator = "sub"
	Mul Operator = "mul"
	Div Operator = "div"
)

// Func is a function, by OData's name.
type Func string

// Functions of texts: contains, startswith and endswith of two are boolean; tolower,
// toupper and trim of one, and concat of two, are texts; length, in characters
// (code points), is a number. Of dates: year, month, day are numbers. Of durations:
// totalseconds is a number.
const (
	Contains     Func = "contains"
	StartsWith   Func = "startswith"
	EndsWith     Func = "endswith"
	ToLower      Func = "tolower"
	ToUpper      Func = "toupper"
	Trim         Func = "trim"
	Concat       Func = "concat"
	Length       Func = "length"
	Year         Func = "year"
	Month        Func = "month"
	Day          Func = "day"
	TotalSeconds Func = "totalseconds"
)
