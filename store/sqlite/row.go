package sqlite

import (
	"database/sql/driver"
	"fmt"

	"afterhours/store"
	"afterhours/store/edm"
)

// fields are what the columns hold, in the order of the columns: the arguments of a
// write and the targets of a read.
func fields(s *store.Statistic) []any {
	return []any{
		(*int64)(&s.Revision), date{&s.EndDate}, text{&s.TimeZoneUsed},
		ticks{&s.Duration}, ticks{&s.AfterHours},
		ticks{&s.ReadEmail}, ticks{&s.SentEmail},
		ticks{&s.Conflicting}, ticks{&s.Long}, ticks{&s.Multitasking}, ticks{&s.Organized}, ticks{&s.Recurring},
		(*string)(&s.Type), (*string)(&s.Activity), date{&s.StartDate},
	}
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
	return fmt.Errorf("a duration is stored as %T %v; it must be an INTEGER of ticks", source, source)
}

// dateText is what a TEXT column holds of a date.
func dateText(date edm.Date) any { return date.String() }

// date is a date in a TEXT column, as YYYY-MM-DD.
type date struct{ *store.Null[edm.Date] }

// Value implements driver.Valuer.
func (d date) Value() (driver.Value, error) {
	if !d.Valid {
		return nil, nil
	}
	return dateText(d.Null.Value), nil
}

// Scan implements sql.Scanner.
func (d date) Scan(source any) error {
	switch source := source.(type) {
	case nil:
		return nil
	case string:
		parsed, err := edm.ParseDate(source)
		*d.Null = store.Of(parsed)
		return err
	}
	return fmt.Errorf("a date is stored as %T %v; it must be a TEXT of the form YYYY-MM-DD", source, source)
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
	return fmt.Errorf("a text is stored as %T %v; it must be a TEXT", source, source)
}
