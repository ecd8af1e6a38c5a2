package sqlquery

import (
	"runtime"
	"slices"
	"time"

	"afterhours/store"
)

// Aggregation is a statement whose rows are sets of statistics: those of a row have the same
// values of all properties that the aggregation reads one by one. A store.Grouper makes the
// groups out of the sets, so that only Go evaluates keys. Durations that are only summed,
// averaged or compared are aggregated by SQL.
type Aggregation struct {
	SQL  string
	Args []any

	residue *store.Matcher
	// shared are the properties that the statistics of a row have in common.
	shared []*store.Definition
	// summed are the durations that SQL aggregates, each once, and of has the index of the one
	// that an aggregate takes, -1 for none. An aggregate of one type only counts rows of the type.
	summed []*store.Definition
	of     []int
	types  []store.Type
}

// Aggregate returns the statement for an aggregation of the owner's statistics, whose filter must
// be folded.
func (d Dialect) Aggregate(owner store.Owner, aggregation store.Aggregation, via Via) Aggregation {
	filter := d.translate(aggregation.Filter)
	a := Aggregation{residue: store.NewMatcher(filter.residue)}
	a.share(filter.residue)
	for _, key := range aggregation.Keys {
		a.share(key)
	}
	for _, aggregate := range aggregation.Aggregates {
		a.add(aggregate)
	}
	w := &writer{dialect: d}
	w.write("SELECT type, count(*)")
	for _, duration := range a.summed {
		// A sum of bigints may be out of range, which databases treat in different ways. The sums
		// of their halves are not.
		c := duration.Column
		w.write(", count(" + c + "), CAST(sum(" + c + " >> 32) AS bigint), CAST(sum(" + c + " & 4294967295) AS bigint), min(" + c + "), max(" + c + ")")
	}
	groups := " GROUP BY type"
	for _, property := range a.shared {
		w.write(", " + property.Column)
		groups += ", " + property.Column
	}
	w.write(via.from(), d.ofOwner(owner), filter.conditions, groups)
	statement := w.statement(nil, store.Query{})
	a.SQL, a.Args = statement.SQL, statement.Args
	return a
}

// add takes an aggregate into the statement.
func (a *Aggregation) add(aggregate store.Aggregate) {
	property, isProperty := aggregate.Of.(store.Property)
	isSummed := isProperty && property.Name.Kind() == store.KindDuration && aggregate.Method != store.MethodCountDistinct
	a.types = append(a.types, property.Type)
	if !isSummed {
		a.of = append(a.of, -1)
		if aggregate.Method != store.CountAll {
			a.share(aggregate.Of)
		}
		return
	}
	definition := store.DefinitionOf(property.Name)
	at := slices.Index(a.summed, definition)
	if at < 0 {
		at = len(a.summed)
		a.summed = append(a.summed, definition)
	}
	a.of = append(a.of, at)
}

// share adds the properties of an expression to those that the statistics of a row share. All
// share the type.
func (a *Aggregation) share(expr store.Expr) {
	if expr == nil {
		return
	}
	store.Substitute(expr, func(property store.Property) store.Expr {
		if definition := store.DefinitionOf(property.Name); definition != nil && !slices.Contains(a.shared, definition) {
			a.shared = append(a.shared, definition)
		}
		return property
	})
}

// set is one row.
type set struct {
	store.Statistic
	count int64
	sums  []sums
}

type sums struct {
	count                      int64
	high, low, least, greatest *int64 // NULL without values
}

// Gather adds the rows to the groups until goOn returns false. The first error is that of the
// groups, which have no room for more, and the second one that of the rows.
func (a Aggregation) Gather(rows Rows, groups *store.Grouper, goOn func() bool) (full, err error) {
	row := set{sums: make([]sums, len(a.summed))}
	targets := a.targets(&row)
	known := make([]*store.Summary, len(a.of))
	begun := time.Now()
	for rows.Next() && goOn() {
		if time.Since(begun) > yieldAfter {
			runtime.Gosched()
			begun = time.Now()
		}
		row.Statistic = store.Statistic{} // since Scan leaves a field alone if it is NULL
		if err := rows.Scan(targets...); err != nil {
			return nil, err
		}
		if !a.residue.Match(&row.Statistic) {
			continue
		}
		a.summaries(known, &row)
		if err := groups.AddSome(&row.Statistic, row.count, known); err != nil {
			return err, nil
		}
	}
	return nil, rows.Err()
}

func (a Aggregation) targets(row *set) []any {
	targets := []any{(*string)(&row.Type), &row.count}
	for i := range row.sums {
		s := &row.sums[i]
		targets = append(targets, &s.count, &s.high, &s.low, &s.least, &s.greatest)
	}
	for _, property := range a.shared {
		targets = append(targets, field(&row.Statistic, property))
	}
	return targets
}

// summaries sets what SQL has made of each aggregate.
func (a Aggregation) summaries(known []*store.Summary, row *set) {
	for i, at := range a.of {
		if at < 0 {
			continue
		}
		known[i] = &store.Summary{}
		if s := &row.sums[at]; s.count > 0 && (a.types[i] == "" || a.types[i] == row.Type) {
			known[i] = &store.Summary{Count: s.count, High: *s.high, Low: *s.low, Least: durationOf(*s.least), Greatest: durationOf(*s.greatest)}
		}
	}
}
