package sqlquery

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"time"

	"afterhours/store"
	"afterhours/store/edm"
)

// DurationColumns are the columns of the durations, which are nullable integers.
var DurationColumns = func() (columns []string) {
	for _, duration := range store.Durations() {
		columns = append(columns, duration.Column)
	}
	return columns
}()

// Missing returns those of DurationColumns that are not among the columns of a table. A
// database of an older program lacks the durations that were added to store's table since.
func Missing(columns []string) (missing []string) {
	for _, column := range DurationColumns {
		if !slices.Contains(columns, column) {
			missing = append(missing, column)
		}
	}
	return missing
}

// Columns are the columns of a statistic after its key, in the order of Fields. Those
// that an index may hold come last: an update that leaves them alone sets Unindexed only.
var (
	Columns   = Unindexed + ", type, activity, start_date"
	Unindexed = "revision, end_date, time_zone_used, " + strings.Join(DurationColumns, ", ")
)

// Fields returns the arguments of a write and the targets of a read, one for each of Columns.
func Fields(s *store.Statistic) []any {
	fields := make([]any, 0, 6+len(DurationColumns))
	fields = append(fields, (*int64)(&s.Revision), date{&s.EndDate}, text{&s.TimeZoneUsed})
	for _, duration := range store.Durations() {
		fields = append(fields, ticks{duration.Duration(&s.Record)})
	}
	return append(fields, (*string)(&s.Type), (*string)(&s.Activity), date{&s.StartDate})
}

// field returns the target of a read of one property.
func field(s *store.Statistic, property *store.Definition) any {
	switch property.Name {
	case store.PropertyID:
		return &s.ID
	case store.PropertyActivity:
		return (*string)(&s.Activity)
	case store.PropertyStartDate:
		return date{&s.StartDate}
	case store.PropertyEndDate:
		return date{&s.EndDate}
	case store.PropertyTimeZoneUsed:
		return text{&s.TimeZoneUsed}
	}
	return ticks{property.Duration(&s.Record)}
}

// durationOf returns a duration of so many ticks.
func durationOf(ticks int64) store.Value {
	return store.Value{Kind: store.KindDuration, Duration: edm.Duration(ticks)}
}

// ticks is a duration in an INTEGER column.
type ticks struct{ *store.Null[edm.Duration] }

// Value implements driver.Valuer.
func (t ticks) Value() (driver.Value, error) {
	if !t.Valid {
		return nil, nil
	}
	return int64(t.Null.Value), nil
}

// Scan implements sql.Scanner.
func (t ticks) Scan(source any) error {
	switch source := source.(type) {
	case nil:
		return nil
	case int64:
		*t.Null = store.Of(edm.Duration(source))
		return nil
	}
	return fmt.Errorf("a duration is stored as %T; it must be an INTEGER of ticks", source)
}

// DateText returns the date as a parameter for a TEXT or DATE column: YYYY-MM-DD.
func DateText(date edm.Date) any { return date.String() }

// date is a date in a column of the type TEXT or DATE.
type date struct{ *store.Null[edm.Date] }

// Value implements driver.Valuer.
func (d date) Value() (driver.Value, error) {
	if !d.Valid {
		return nil, nil
	}
	return DateText(d.Null.Value), nil
}

// Scan implements sql.Scanner.
func (d date) Scan(source any) error {
	switch source := source.(type) {
	case nil:
		return nil
	case string:
		parsed, err := edm.ParseDate(source)
		if err != nil { // it quotes the text, which must not go into a log
			return errors.New("a date is stored as a TEXT that is not of the form YYYY-MM-DD")
		}
		*d.Null = store.Of(parsed)
		return nil
	case time.Time:
		*d.Null = store.Of(edm.DateOf(source))
		return nil
	}
	return fmt.Errorf("a date is stored as %T; it must be a DATE, or a TEXT of the form YYYY-MM-DD", source)
}

// text is a text that may be null.
type text struct{ *store.Null[string] }

// Value implements driver.Valuer.
func (t text) Value() (driver.Value, error) {
	if !t.Valid {
		return nil, nil
	}
	return t.Null.Value, nil
}

// Scan implements sql.Scanner.
func (t text) Scan(source any) error {
	switch source := source.(type) {
	case nil:
		return nil
	case string:
		*t.Null = store.Of(source)
		return nil
	}
	return fmt.Errorf("a text is stored as %T; it must be a TEXT", source)
}

// Rows is the *sql.Rows or pgx.Rows of a statement for the id and Columns.
type Rows interface {
	Next() bool
	Scan(targets ...any) error
	Err() error
}

// yieldAfter is how long a query works before it lets other goroutines run. The scheduler would
// interrupt it after 10 ms only, and short requests would wait for that.
const yieldAfter = time.Millisecond

// Pace lets other goroutines run while a query is read.
type Pace struct {
	rows  int
	begun time.Time
}

// NewPace returns the pace of a query that begins now.
func NewPace() *Pace { return &Pace{begun: time.Now()} }

// Row must be called for each row.
func (p *Pace) Row() {
	if p.rows++; p.rows%16 == 0 && time.Since(p.begun) > yieldAfter {
		runtime.Gosched()
		p.begun = time.Now()
	}
}

// Each calls take for one row after the other until it returns false. All rows are
// scanned into the same statistic, which saves an allocation for each.
func Each(rows Rows, take func(*store.Statistic) bool) error {
	var statistic store.Statistic
	targets := append([]any{&statistic.ID}, Fields(&statistic)...)
	pace := NewPace()
	for rows.Next() {
		pace.Row()
		statistic = store.Statistic{} // since Scan leaves a field alone if it is NULL
		if err := rows.Scan(targets...); err != nil {
			return err
		}
		if !take(&statistic) {
			return nil
		}
	}
	return rows.Err()
}
