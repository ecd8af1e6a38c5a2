package storetest

import (
	"errors"
	"fmt"
	"math/big"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"afterhours/store"
	"afterhours/store/edm"
)

// aggregateTests compare the groups that a store returns with those that the plain definition in
// this file gives. -rapid.checks sets how many sets of random statistics are tried, each with
// several random aggregations.
var aggregateTests = map[string]func(*testing.T, store.Store){
	"random aggregations of random statistics": func(t *testing.T, s store.Store) {
		var owners atomic.Int64
		rapid.Check(t, func(t *rapid.T) {
			owner := store.Owner{Tenant: ada.Tenant, User: fmt.Sprintf("user-%d", owners.Add(1))}
			stored := putDrawn(t, s, owner)
			for range 8 {
				aggregation := drawAggregation(t)
				groups, err := s.Aggregate(background, owner, aggregation)
				want, wantErr := groupsOf(aggregation, stored)
				if !slices.EqualFunc(groups, want, slices.Equal[store.Group]) || !reflect.DeepEqual(err, wantErr) {
					t.Fatalf("Aggregate(%+v)\n= %+v, %v\nwant %+v, %v", aggregation, groups, err, want, wantErr)
				}
			}
		})
	},
	"of an unknown owner": func(t *testing.T, s store.Store) {
		groups, err := s.Aggregate(background, ada, store.Aggregation{Aggregates: []store.Aggregate{
			{Method: store.CountAll}, {Method: store.MethodSum, Of: store.Property{Name: store.PropertyDuration}},
		}})
		if want := []store.Group{{{Kind: store.KindNumber}, {}}}; err != nil || !reflect.DeepEqual(groups, want) {
			t.Errorf("without keys: %v, %v; want %v", groups, err, want)
		}
		groups, err = s.Aggregate(background, ada, store.Aggregation{Keys: []store.Expr{store.Property{Name: store.PropertyActivity}}})
		if err != nil || len(groups) > 0 {
			t.Errorf("with a key: %v, %v; want none", groups, err)
		}
	},
	"of too many texts": func(t *testing.T, s store.Store) {
		for i := range 5 {
			record := store.Record{Type: store.Call, Activity: "Call", TimeZoneUsed: store.Of(strings.Repeat(fmt.Sprint(i), 1<<20))}
			mustPut(t, s, store.Key{Owner: ada, ID: fmt.Sprint(i)}, record, store.NoRevision)
		}
		zone := store.Property{Name: store.PropertyTimeZoneUsed}
		for name, aggregation := range map[string]store.Aggregation{
			"keys":   {Keys: []store.Expr{zone}},
			"values": {Aggregates: []store.Aggregate{{Method: store.MethodCountDistinct, Of: zone}}},
		} {
			_, err := s.Aggregate(background, ada, aggregation)
			var full *store.GroupsError
			if !errors.As(err, &full) {
				t.Errorf("%s: the error is %v; want a *store.GroupsError", name, err)
			}
			wantError(t, err, store.ErrNoResult)
		}
	},
}

func drawAggregation(t *rapid.T) store.Aggregation {
	var a store.Aggregation
	if rapid.Bool().Draw(t, "filtered") {
		a.Filter = drawBool(t, 2)
	}
	for range rapid.IntRange(0, 3).Draw(t, "keys") {
		a.Keys = append(a.Keys, drawOf(t, one(t, "kind", comparedKinds...), 2))
	}
	for range rapid.IntRange(0, 4).Draw(t, "aggregates") {
		aggregate := store.Aggregate{Method: one(t, "method", store.MethodSum, store.MethodAverage, store.MethodMin, store.MethodMax, store.MethodCountDistinct, store.CountAll)}
		of := comparedKinds
		if aggregate.Method == store.MethodSum || aggregate.Method == store.MethodAverage {
			of = []store.Kind{store.KindNumber, store.KindDuration, store.KindDuration}
		}
		if aggregate.Method != store.CountAll {
			aggregate.Of = drawOf(t, one(t, "kind", of...), 2)
		}
		a.Aggregates = append(a.Aggregates, aggregate)
	}
	return a
}

// groupsOf is the definition of store.Store's Aggregate, in as few words as possible.
func groupsOf(a store.Aggregation, stored []store.Statistic) ([]store.Group, error) {
	var keys [][]store.Value
	var members [][]*store.Statistic
	for i := range stored {
		if !store.Match(a.Filter, &stored[i]) {
			continue
		}
		var of []store.Value
		for _, key := range a.Keys {
			of = append(of, store.Evaluate(key, &stored[i]))
		}
		at := slices.IndexFunc(keys, func(known []store.Value) bool { return slices.Equal(known, of) })
		if at < 0 {
			at, keys, members = len(keys), append(keys, of), append(members, nil)
		}
		members[at] = append(members[at], &stored[i])
	}
	if len(a.Keys) == 0 && len(keys) == 0 {
		keys, members = [][]store.Value{nil}, [][]*store.Statistic{nil}
	}
	groups := []store.Group{}
	failed := len(a.Aggregates)
	for i := range keys {
		group := store.Group(slices.Clone(keys[i]))
		for at, aggregate := range a.Aggregates {
			value, ok := valueOf(aggregate, members[i])
			if group = append(group, value); !ok {
				failed = min(failed, at)
			}
		}
		groups = append(groups, group)
	}
	if failed < len(a.Aggregates) {
		return nil, &store.RangeError{Aggregate: failed}
	}
	slices.SortFunc(groups, func(x, y store.Group) int {
		return slices.CompareFunc(x[:len(a.Keys)], y[:len(a.Keys)], store.Compare)
	})
	return groups, nil
}

// valueOf returns an aggregate of statistics. ok is false if it is out of range.
func valueOf(a store.Aggregate, of []*store.Statistic) (value store.Value, ok bool) {
	if a.Method == store.CountAll {
		return store.Value{Kind: store.KindNumber, Number: int64(len(of)) * store.One}, true
	}
	var values []store.Value
	for _, statistic := range of {
		if value := store.Evaluate(a.Of, statistic); value.Kind != store.KindNull {
			values = append(values, value)
		}
	}
	slices.SortFunc(values, store.Compare)
	if a.Method == store.MethodCountDistinct {
		return store.Value{Kind: store.KindNumber, Number: int64(len(slices.Compact(values))) * store.One}, true
	}
	if len(values) == 0 {
		return store.Value{}, true
	}
	switch a.Method {
	case store.MethodMin:
		return values[0], true
	case store.MethodMax:
		return values[len(values)-1], true
	}
	sum := new(big.Int)
	for _, value := range values {
		sum.Add(sum, big.NewInt(value.Number+int64(value.Duration)))
	}
	if a.Method == store.MethodAverage {
		sum.Quo(sum, big.NewInt(int64(len(values))))
	}
	if value.Kind = values[0].Kind; value.Kind == store.KindNumber {
		value.Number = sum.Int64()
	} else {
		value.Duration = edm.Duration(sum.Int64())
	}
	return value, sum.IsInt64()
}
