package store

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"afterhours/store/edm"
)

// TestTooManyGroups checks that groups, distinct values and texts are bounded, and up to what.
func TestTooManyGroups(t *testing.T) {
	id := Property{Name: PropertyID}
	long := Function{Func: Concat, Args: []Expr{id, Literal{textValue(strings.Repeat("x", 1<<20))}}}
	for name, row := range map[string]struct {
		aggregation Aggregation
		fits        int
	}{
		"groups":          {Aggregation{Keys: []Expr{id}}, MaxGroups},
		"distinct values": {Aggregation{Aggregates: []Aggregate{{MethodCountDistinct, id}}}, MaxGroups - 1},
		"texts of keys":   {Aggregation{Keys: []Expr{long}}, 3},
		"greatest texts":  {Aggregation{Keys: []Expr{id}, Aggregates: []Aggregate{{MethodMax, long}}}, 1},
		"one least text":  {Aggregation{Aggregates: []Aggregate{{MethodMin, long}}}, 50},
	} {
		g := NewGrouper(row.aggregation)
		added, tries := 0, MaxGroups+1
		if row.fits == 50 { // all of them
			tries = 50
		}
		var err error
		for ; added < tries && err == nil; added++ {
			err = g.Add(&Statistic{ID: fmt.Sprintf("%07d", added)})
		}
		if err != nil {
			added--
		}
		if added != row.fits || err != nil && !errors.Is(err, ErrNoResult) {
			t.Errorf("%s: %d statistics fit, %v; want %d", name, added, err, row.fits)
		}
	}
}

// TestGroupsOfEachKind checks that two values of any kind make two groups.
func TestGroupsOfEachKind(t *testing.T) {
	number := Property{Name: PropertyDuration}
	for name, of := range map[string]func(number int64) Value{
		"boolean":     func(number int64) Value { return boolValue(number == 1) },
		"number":      numberValue,
		"text":        func(number int64) Value { return textValue(strings.Repeat("x", int(number))) },
		"date":        func(number int64) Value { return dateValue(edm.Date(number)) },
		"duration":    func(number int64) Value { return durationValue(edm.Duration(number)) },
		"activity":    func(number int64) Value { return Value{Kind: KindActivity, Text: string(Activities[number])} },
		"instant":     func(number int64) Value { return Value{Kind: KindInstant, Number: number} },
		"time of day": func(number int64) Value { return Value{Kind: KindTimeOfDay, Number: number} },
	} {
		var rows []Group
		for i := range 6 {
			rows = append(rows, Group{of(int64(i % 2))})
		}
		by := Transformation{Names: []PropertyName{number.Name}, Aggregation: &Aggregation{Keys: []Expr{number}, Aggregates: []Aggregate{{CountAll, nil}}}}
		got, err := by.Of(t.Context(), rows)
		if want := []Group{{of(0), wholeNumber(3)}, {of(1), wholeNumber(3)}}; err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, %v; want %v", name, got, err, want)
		}
	}
}

// TestTransformations checks filters, computed values and groups of groups.
func TestTransformations(t *testing.T) {
	names := []PropertyName{"activity", "total"}
	group := func(activity string, hours int) Group {
		return Group{{Kind: KindActivity, Text: activity}, durationValue(edm.Duration(hours) * edm.Hour)}
	}
	groups := []Group{group("Call", 1), group("Call", 4), group("Chat", 2)}
	total := Property{Name: "total"}
	for name, row := range map[string]struct {
		transformation Transformation
		want           []Group
	}{
		"filter": {Transformation{Names: names, Filter: Binary{Gt, total, Literal{durationValue(edm.Hour)}}}, groups[1:]},
		"compute": {Transformation{Names: names, Compute: []Expr{Binary{Add, total, total}}}, []Group{
			append(group("Call", 1), durationValue(2*edm.Hour)), append(group("Call", 4), durationValue(8*edm.Hour)), append(group("Chat", 2), durationValue(4*edm.Hour)),
		}},
		"group": {Transformation{Names: names, Aggregation: &Aggregation{Keys: []Expr{Property{Name: "activity"}}, Aggregates: []Aggregate{{MethodAverage, total}, {CountAll, nil}}}}, []Group{
			{{Kind: KindActivity, Text: "Chat"}, durationValue(2 * edm.Hour), wholeNumber(1)},
			{{Kind: KindActivity, Text: "Call"}, durationValue(5 * edm.Hour / 2), wholeNumber(2)},
		}},
	} {
		got, err := row.transformation.Of(t.Context(), groups)
		if err != nil || !reflect.DeepEqual(got, row.want) {
			t.Errorf("%s: %v, %v; want %v", name, got, err, row.want)
		}
		ended, end := context.WithCancelCause(t.Context())
		cause := errors.New("enough")
		end(cause)
		if _, err := row.transformation.Of(ended, groups); !errors.Is(err, cause) {
			t.Errorf("%s: the error is %v after the end of the context", name, err)
		}
	}
	if !reflect.DeepEqual(groups, []Group{group("Call", 1), group("Call", 4), group("Chat", 2)}) {
		t.Errorf("the groups have changed: %v", groups)
	}
	SortGroups([]Order{{By: total, Descending: true}}, names, groups)
	if !reflect.DeepEqual(groups, []Group{group("Call", 4), group("Chat", 2), group("Call", 1)}) {
		t.Errorf("the order is wrong: %v", groups)
	}
}
