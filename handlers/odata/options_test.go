package odata_test

import (
	"reflect"
	"strings"
	"testing"

	"afterhours/store"
)

func asc(p store.PropertyName) store.Order { return store.Order{By: store.Property{Name: p}} }

func desc(p store.PropertyName) store.Order {
	return store.Order{By: store.Property{Name: p}, Descending: true}
}

var orders = map[string][]store.Order{
	"id":                               {asc("id")},
	"startDate desc":                   {desc("startDate")},
	"startDate DESC,ID Asc , activity": {desc("startDate"), asc("id"), asc("activity")},
	" afterHours\tdesc ":               {desc("afterHours")},
	"$it/duration":                     {asc("duration")},
	"microsoft.graph.activityStatistics/duration": {asc("duration")},
	"MICROSOFT.graph.callActivityStatistics/afterhours desc,afterHours": {
		{By: store.Property{Name: "afterHours", Type: store.Call}, Descending: true}, asc("afterHours"),
	},
	"microsoft.graph.callActivityStatistics/afterHours,microsoft.graph.chatActivityStatistics/afterHours": {
		{By: store.Property{Name: "afterHours", Type: store.Call}}, {By: store.Property{Name: "afterHours", Type: store.Chat}},
	},
	"id,activity,startDate,endDate,timeZoneUsed,duration,afterHours,long": {
		asc("id"), asc("activity"), asc("startDate"), asc("endDate"), asc("timeZoneUsed"), asc("duration"), asc("afterHours"), asc("long"),
	},
}

func TestParseOrderBy(t *testing.T) {
	for text, want := range orders {
		if got, err := model.ParseOrderBy(text); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s\n got %v, %v\nwant %v", text, got, err, want)
		}
	}
}

var orderRefusals = map[string]string{
	"":                  "1: expected a property, found the end",
	",id":               "1: expected a property, found ,",
	"id,":               "4: expected a property, found the end",
	"id,,id":            "4: expected a property, found ,",
	"id up":             "4: expected asc, desc or a comma, found up",
	"id asc desc":       "8: expected asc, desc or a comma, found desc",
	"id startDate":      "4: expected asc, desc or a comma, found startDate",
	"desc":              "1: Could not find a property named 'desc' on type 'microsoft.graph.activityStatistics'.",
	"name":              "1: Could not find a property named 'name' on type 'microsoft.graph.activityStatistics'.",
	"'id'":              "1: OData has an order by the constant 'id', but this server does not implement it",
	"*":                 "1: expected a property, found *",
	"id,startDate,Id":   "14: expected each expression once, found Id again",
	"id desc,id":        "9: expected each expression once, found id again",
	"long,$it/long":     "6: expected each expression once, found $it/long again",
	"microsoft.graph.x": "1: Could not find a property named 'microsoft.graph.x' on type 'microsoft.graph.activityStatistics'.",
	"microsoft.graph.focusActivityStatistics/afterHours":                            "41: Could not find a property named 'afterHours' on type 'microsoft.graph.focusActivityStatistics'.",
	"id,activity,startDate,endDate,timeZoneUsed,duration,afterHours,long,recurring": "69: expected at most 8 expressions, found more",
	"id 'desc":                       "4: expected a closing quote (a quote inside the text is written ''), found 'desc",
	"@odata.type":                    "1: OData has annotations in an expression, but this server does not implement it",
	"id" + strings.Repeat(" ", 4095): "4097: expected at most 4096 characters, found more",
}

func TestParseOrderByRefuses(t *testing.T) {
	for text, want := range orderRefusals {
		if order, err := model.ParseOrderBy(text); err == nil || order != nil || err.Error() != "$orderby, column "+want {
			t.Errorf("%s\n got %v, %v\nwant %s", text, order, err, want)
		}
	}
}

func TestParseSelect(t *testing.T) {
	for text, want := range map[string][]string{
		"id":                            {"id"},
		"*":                             {"*"},
		"*,id":                          {"*", "id"},
		"ID, startdate ,Id,AFTERHOURS":  {"id", "startDate", "afterHours"},
		"activity,id,activity,activity": {"activity", "id"},
		"microsoft.graph.activityStatistics/id,id":                     {"id"},
		"Microsoft.Graph.callactivitystatistics/AfterHours,afterHours": {"microsoft.graph.callActivityStatistics/afterHours", "afterHours"},
	} {
		if got, err := model.ParseSelect(text); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s\n got %q, %v\nwant %q", text, got, err, want)
		}
	}
}

func TestParseSelectRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                                       "1: expected a property, found the end",
		"id,":                                    "4: expected a property, found the end",
		"id startDate":                           "4: expected a comma, found startDate",
		"**":                                     "2: expected a comma, found *",
		"id,X":                                   "4: Could not find a property named 'X' on type 'microsoft.graph.activityStatistics'.",
		"microsoft.graph.callActivityStatistics": "39: expected / and a property of microsoft.graph.callActivityStatistics, found the end",
		"microsoft.graph.callActivityStatistics/*":         "40: expected a property, found *",
		"microsoft.graph.callActivityStatistics/readEmail": "40: Could not find a property named 'readEmail' on type 'microsoft.graph.callActivityStatistics'.",
		"microsoft.graph.x/id":                             "1: expected a type such as microsoft.graph.callActivityStatistics before the /, found microsoft.graph.x",
		"id\xff":                                           "3: expected UTF-8, found the byte 0xff",
	} {
		if names, err := model.ParseSelect(text); err == nil || names != nil || err.Error() != "$select, column "+want {
			t.Errorf("%s\n got %q, %v\nwant %s", text, names, err, want)
		}
	}
}
