package cassandra

import (
	"fmt"
	"strings"

	gocql "github.com/apache/cassandra-gocql-driver/v2"

	"afterhours/store"
	"afterhours/store/edm"
)

// columns are the columns of a statistic after its id, in the order of row.targets and valuesOf.
var columns = func() string {
	names := []string{"revision", "type", "activity", "start_date", "end_date", "time_zone_used"}
	for _, duration := range store.Durations() {
		names = append(names, duration.Column)
	}
	return strings.Join(names, ", ")
}()

// settingsColumns are the static columns of the settings, in the order of row.targets.
const settingsColumns = "has_graph_mailbox, has_license, has_opted_out"

// allColumns are those of row.targets.
var allColumns = "id, " + settingsColumns + ", written, grouped, " + columns

// row is a row of the table statistics. A nil is null.
type row struct {
	id                       *string // nil in the only row of a partition that has no statistics
	mailbox, license, optOut *bool
	written, grouped         int64 // 0 if null
	revision                 int64
	kind, activity           string
	start, end, zone         *string
	durations                []*int64 // in the order of store.Durations
}

func newRow() *row { return &row{durations: make([]*int64, len(store.Durations()))} }

// targets returns where allColumns are scanned into.
func (r *row) targets() []any {
	targets := []any{&r.id, &r.mailbox, &r.license, &r.optOut, &r.written, &r.grouped, &r.revision, &r.kind, &r.activity, &r.start, &r.end, &r.zone}
	for i := range r.durations {
		targets = append(targets, &r.durations[i])
	}
	return targets
}

// settings returns the owner's settings.
func (r *row) settings() store.Settings {
	settings := store.DefaultSettings
	for _, one := range []struct {
		stored *bool
		field  *bool
	}{{r.mailbox, &settings.HasGraphMailbox}, {r.license, &settings.HasLicense}, {r.optOut, &settings.HasOptedOut}} {
		if one.stored != nil {
			*one.field = *one.stored
		}
	}
	return settings
}

// hasSettings reports whether the owner has stored settings.
func (r *row) hasSettings() bool { return r.mailbox != nil }

// statistic returns the statistic of a row that has one.
func (r *row) statistic() (s store.Statistic, err error) {
	s.ID, s.Revision = *r.id, store.Revision(r.revision)
	s.Type, s.Activity = store.Type(r.kind), store.Activity(r.activity)
	if s.StartDate, err = dateOf(r.start); err != nil {
		return s, err
	}
	if s.EndDate, err = dateOf(r.end); err != nil {
		return s, err
	}
	if r.zone != nil {
		s.TimeZoneUsed = store.Of(*r.zone)
	}
	for i, definition := range store.Durations() {
		if ticks := r.durations[i]; ticks != nil {
			*definition.Duration(&s.Record) = store.Of(edm.Duration(*ticks))
		}
	}
	return s, nil
}

// dateOf returns the date of a text of the form YYYY-MM-DD, as the driver makes it of a column of the type date.
func dateOf(text *string) (store.Null[edm.Date], error) {
	if text == nil || *text == "" {
		return store.Null[edm.Date]{}, nil
	}
	date, err := edm.ParseDate(*text)
	if err != nil {
		return store.Null[edm.Date]{}, fmt.Errorf("a date is stored that is out of the range of dates")
	}
	return store.Of(date), nil
}

// valuesOf returns the values of columns for the record of a change. was is the row that they are written to, or an
// empty one.
func valuesOf(change *store.Change, was *row) []any {
	record := &change.Record
	values := []any{int64(change.Revision), string(record.Type), string(record.Activity),
		valueOf(record.StartDate.Valid, record.StartDate.Value.String(), was.start != nil),
		valueOf(record.EndDate.Valid, record.EndDate.Value.String(), was.end != nil),
		valueOf(record.TimeZoneUsed.Valid, record.TimeZoneUsed.Value, was.zone != nil)}
	for i, definition := range store.Durations() {
		ticks := definition.Duration(record)
		values = append(values, valueOf(ticks.Valid, int64(ticks.Value), was.durations[i] != nil))
	}
	return values
}

// valueOf returns the value if it is valid. Otherwise it returns what removes a stored one, or what leaves the column as
// it is: to remove what is not there would leave a tombstone, which every read must skip.
func valueOf(valid bool, value any, stored bool) any {
	switch {
	case valid:
		return value
	case stored:
		return nil
	}
	return gocql.UnsetValue
}
