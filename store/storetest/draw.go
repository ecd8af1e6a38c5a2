package storetest

import (
	"slices"

	"pgregory.net/rapid"

	"afterhours/store"
	"afterhours/store/edm"
)

// The pools are small, so that equal values are frequent. They contain the ends of the
// ranges, where arithmetic breaks.
var (
	idPool       = append(slices.Clone(unusualTexts), "call_2019-06-16_2019-06-17", "call_2019-07-01_2019-07-02", "chat_2019-06-16_2019-06-17")
	textPool     = append(slices.Clone(unusualTexts), "", "Pacific Standard Time", "pacific standard time", "\u00a0Pacific\u2003", "aab", "\uD7FF", "\uD7FFx", "\uE000", "\U0010ffffa")
	durationPool = []edm.Duration{edm.MinDuration, edm.MinDuration + 1, -edm.Day - 1, -edm.Day, -1, 0, 1, edm.Second, edm.Hour, edm.Day, edm.Day + 1, edm.MaxDuration}
	datePool     = []edm.Date{edm.MinDate, edm.MinDate + 1, 737_225, 737_226, 737_227, 737_590, edm.MaxDate - 1, edm.MaxDate}
	numberPool   = []int64{-1 << 63, -store.One, -1, 0, 1, store.One / 2, store.One, 3 * store.One, 12 * store.One, 2019 * store.One, 86_400 * store.One, 1<<63 - 1}
	instantPool  = []int64{0, 1, int64(edm.Day) - 1, int64(edm.Day), 737_225 * int64(edm.Day), 737_226*int64(edm.Day) + 45_296*int64(edm.Second) + 7, store.MaxInstant}
	timePool     = []int64{0, 1, 45_296 * int64(edm.Second), int64(edm.Day) - 1}
	patternPool  = []string{"", "^$", "^call_.*", "^[A-Za-z]$", `\d{4}-\d{2}`, `^\S+ \S+$`, `\bstandard\b`, "^.$", "(a|b)+$", "^[^a]*$"}
	typePool     = []store.Type{store.Call, store.Chat, store.Email, store.Focus, store.Meeting}
)

// propertiesOf are the names of the properties of each kind.
var propertiesOf = func() map[store.Kind][]store.PropertyName {
	names := make(map[store.Kind][]store.PropertyName)
	for _, property := range store.Definitions() {
		names[property.Kind] = append(names[property.Kind], property.Name)
	}
	return names
}()

func one[T any](t *rapid.T, label string, of ...T) T { return rapid.SampledFrom(of).Draw(t, label) }

// chance reports true once in n times.
func chance(t *rapid.T, label string, n int) bool { return rapid.IntRange(1, n).Draw(t, label) == n }

func drawRecord(t *rapid.T) store.Record {
	record := store.Record{Type: one(t, "type", typePool...), Activity: one(t, "activity", store.Activities...)}
	record.StartDate = drawNull(t, "startDate", datePool)
	record.EndDate = drawNull(t, "endDate", datePool)
	record.TimeZoneUsed = drawNull(t, "timeZoneUsed", textPool)
	for _, duration := range store.Durations() {
		*duration.Duration(&record) = drawNull(t, "duration", durationPool)
	}
	return record
}

func drawNull[T comparable](t *rapid.T, label string, pool []T) store.Null[T] {
	if chance(t, label+" null", 4) {
		return store.Null[T]{}
	}
	return store.Of(one(t, label, pool...))
}

// drawQuery draws a query. Its position may be that of a stored statistic, or of one that
// is not stored.
func drawQuery(t *rapid.T, stored []store.Statistic) store.Query {
	query := store.Query{Limit: rapid.IntRange(1, 10).Draw(t, "limit"), Skip: rapid.IntRange(0, 3).Draw(t, "skip")}
	if !chance(t, "no filter", 8) {
		query.Filter = drawBool(t, 3)
	}
	for range rapid.IntRange(0, 3).Draw(t, "orders") {
		kind := one(t, "order", store.KindText, store.KindActivity, store.KindDate, store.KindDuration)
		query.Order = append(query.Order, store.Order{By: drawProperty(t, kind), Descending: rapid.Bool().Draw(t, "descending")})
	}
	if len(query.Order) > 0 && chance(t, "calculated", 3) {
		query.Order[rapid.IntRange(0, len(query.Order)-1).Draw(t, "which")].By = drawSortKey(t)
	}
	switch after := rapid.IntRange(0, 2).Draw(t, "after"); {
	case after == 1 && len(stored) > 0:
		position := store.PositionOf(query.Order, &stored[rapid.IntRange(0, len(stored)-1).Draw(t, "at")])
		query.After = &position
	case after == 2:
		gone := store.Statistic{ID: one(t, "gone", idPool...), Record: drawRecord(t)}
		position := store.PositionOf(query.Order, &gone)
		query.After = &position
	}
	return query
}

// drawSortKey draws an expression of any kind.
func drawSortKey(t *rapid.T) store.Expr {
	if chance(t, "boolean", 5) {
		return drawBool(t, 2)
	}
	return drawOf(t, one(t, "kind", comparedKinds...), 3)
}

func drawProperty(t *rapid.T, kind store.Kind) store.Property {
	property := store.Property{Name: one(t, "property", propertiesOf[kind]...)}
	if chance(t, "derived", 4) {
		property.Type = one(t, "of", typePool...)
	}
	return property
}

// drawLiteral draws a value of the kind, or null.
func drawLiteral(t *rapid.T, kind store.Kind) store.Value {
	if chance(t, "null", 6) {
		return store.Value{}
	}
	value := store.Value{Kind: kind}
	switch kind {
	case store.KindBool:
		value.Bool = rapid.Bool().Draw(t, "bool")
	case store.KindNumber:
		value.Number = one(t, "number", numberPool...)
	case store.KindText:
		value.Text = one(t, "text", textPool...)
	case store.KindDate:
		value.Date = one(t, "date", datePool...)
	case store.KindDuration:
		value.Duration = one(t, "duration", durationPool...)
	case store.KindInstant:
		value.Number = one(t, "instant", instantPool...)
	case store.KindTimeOfDay:
		value.Number = one(t, "time of day", timePool...)
	case store.KindActivity:
		value.Text = string(one(t, "activity", store.Activities...))
	}
	return value
}
