package odata_test

import (
	"maps"
	"strings"
	"testing"

	"afterhours/handlers/odata"
	"afterhours/store"
)

const namespace = "microsoft.graph."

// typeNames has the contract's name of each type. "" is the base type.
var typeNames = map[store.Type]string{
	"":            namespace + "activityStatistics",
	store.Call:    namespace + "callActivityStatistics",
	store.Chat:    namespace + "chatActivityStatistics",
	store.Email:   namespace + "emailActivityStatistics",
	store.Focus:   namespace + "focusActivityStatistics",
	store.Meeting: namespace + "meetingActivityStatistics",
}

// properties has the own properties of each type. "" is the base type.
var properties = map[store.Type]map[store.PropertyName]store.Kind{
	"": {
		"id": store.KindText, "timeZoneUsed": store.KindText, "activity": store.KindActivity,
		"startDate": store.KindDate, "endDate": store.KindDate, "duration": store.KindDuration,
	},
	store.Call:  {"afterHours": store.KindDuration},
	store.Chat:  {"afterHours": store.KindDuration},
	store.Email: {"afterHours": store.KindDuration, "readEmail": store.KindDuration, "sentEmail": store.KindDuration},
	store.Focus: {},
	store.Meeting: {
		"afterHours": store.KindDuration, "conflicting": store.KindDuration, "long": store.KindDuration,
		"multitasking": store.KindDuration, "organized": store.KindDuration, "recurring": store.KindDuration,
	},
}

var activities = []store.Activity{"Email", "Meeting", "Focus", "Chat", "Call"}

// schema returns the schema of the contract.
func schema() odata.Schema {
	s := odata.Schema{
		Base:       odata.EntityType{Name: typeNames[""], Properties: properties[""]},
		Derived:    map[store.Type]odata.EntityType{},
		Activities: activities,
		MaxLengths: map[store.PropertyName]int{"id": 128, "timeZoneUsed": 256},
	}
	for derived := range maps.Keys(properties) {
		if derived != "" {
			s.Derived[derived] = odata.EntityType{Name: typeNames[derived], Properties: properties[derived]}
		}
	}
	return s
}

// model is the model of the contract, for all tests.
var model = func() *odata.Model {
	m, err := odata.NewModel(schema())
	if err != nil {
		panic(err)
	}
	return m
}()

func TestNewModelRefuses(t *testing.T) {
	for want, derived := range map[string]odata.EntityType{
		"two types are called " + namespace + "CALLActivityStatistics": {Name: namespace + "CALLActivityStatistics"},
		"property afterHours is of kind 4, and afterHours of kind 5":   {Name: "x", Properties: map[store.PropertyName]store.Kind{"afterHours": store.KindDate}},
		"property ID is of kind 3, and id of kind 3":                   {Name: "x", Properties: map[store.PropertyName]store.Kind{"ID": store.KindText}},
	} {
		s := schema()
		s.Derived["more"] = derived
		if m, err := odata.NewModel(s); err == nil || m != nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, %v; want an error with %q", m, err, want)
		}
	}
	s := schema()
	delete(s.MaxLengths, "timeZoneUsed")
	if _, err := odata.NewModel(s); err == nil || !strings.Contains(err.Error(), "the text timeZoneUsed has no maximum length") {
		t.Errorf("NewModel of a text without a maximum length: %v", err)
	}
	s.Base.Properties = map[store.PropertyName]store.Kind{"id": store.KindText, "Id": store.KindText}
	if _, err := odata.NewModel(s); err == nil {
		t.Error("NewModel accepts two properties that differ only in case")
	}
}
