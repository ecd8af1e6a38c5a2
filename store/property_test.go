package store

import (
	"testing"

	"afterhours/store/edm"
)

// TestEveryDurationHasAFieldOfItsOwn sets each duration of a record alone and reads all.
func TestEveryDurationHasAFieldOfItsOwn(t *testing.T) {
	for _, set := range Durations() {
		s := Statistic{Record: Record{Type: Meeting}.With(set.Name, 7)}
		for _, read := range Durations() {
			want := Value{}
			if read == set {
				want = durationValue(7)
			}
			if got := s.Value(Property{Name: read.Name}); got != want {
				t.Errorf("with %s alone, %s is %v; want %v", set.Name, read.Name, got, want)
			}
		}
	}
}

func TestDefinitionsAreUnique(t *testing.T) {
	names, columns := map[PropertyName]bool{}, map[string]bool{}
	for _, d := range Definitions() {
		if names[d.Name] || columns[d.Column] {
			t.Errorf("%s with the column %s is defined twice", d.Name, d.Column)
		}
		names[d.Name], columns[d.Column] = true, true
		if DefinitionOf(d.Name) != d || d.Name.Kind() != d.Kind {
			t.Errorf("DefinitionOf(%s) is another definition", d.Name)
		}
	}
	if DefinitionOf("breakfast") != nil || PropertyName("breakfast").Kind() != KindNull {
		t.Error("a property that does not exist is defined")
	}
}

func TestTypesHaveTheirProperties(t *testing.T) {
	for name, want := range map[PropertyName][]Type{
		"id": {Call, Chat, Email, Focus, Meeting}, "duration": {Call, Chat, Email, Focus, Meeting},
		"afterHours": {Call, Chat, Email, Meeting}, "readEmail": {Email}, "recurring": {Meeting},
	} {
		has := map[Type]bool{}
		for _, of := range want {
			has[of] = true
		}
		for _, of := range []Type{Call, Chat, Email, Focus, Meeting} {
			if got := DefinitionOf(name).Of(of); got != has[of] {
				t.Errorf("Of(%s) of %s is %t", of, name, got)
			}
		}
	}
}

func TestColumnsAreInSnakeCase(t *testing.T) {
	for name, want := range map[PropertyName]string{"id": "id", "timeZoneUsed": "time_zone_used", "afterHours": "after_hours"} {
		if got := DefinitionOf(name).Column; got != want {
			t.Errorf("the column of %s is %s; want %s", name, got, want)
		}
	}
}

func TestWithLeavesTheOriginal(t *testing.T) {
	record := Record{Type: Call}
	if changed := record.With("afterHours", edm.Hour); changed == record || record != (Record{Type: Call}) {
		t.Errorf("With made %+v of %+v", changed, record)
	}
}
