package suggest_test

import (
	"strings"
	"testing"

	"afterhours/handlers/suggest"
)

func TestNearest(t *testing.T) {
	properties := []string{"id", "activity", "startDate", "endDate", "timeZoneUsed", "duration", "afterHours", "long", "readEmail", "sentEmail"}
	types := []string{"#microsoft.graph.callActivityStatistics", "#microsoft.graph.chatActivityStatistics"}
	activities := []string{"Email", "Meeting", "Focus", "Chat", "Call"}
	for _, test := range []struct {
		mistyped string
		names    []string
		want     string
	}{
		{"durtion", properties, "duration"},
		{"duraiton", properties, "duration"},
		{"Duration", properties, "duration"},
		{"ID", properties, "id"},
		{"lang", properties, "long"},
		{"startdte", properties, "startDate"},
		{"start", properties, "startDate"},
		{"hours", properties, "afterHours"},
		{"Mail", activities, "Email"},
		{"Cal", activities, "Call"},
		{"Cat", activities, "Chat"},
		{"#microsoft.graph.callActivityStatistic", types, "#microsoft.graph.callActivityStatistics"},
		{"microsoft.graph.chatActivityStatistics", types, "#microsoft.graph.chatActivityStatistics"},
		{"callActivityStatistics", types, "#microsoft.graph.callActivityStatistics"},
		{"ActivityStatistics", types, ""}, // of two
		{"email", properties, ""},         // of two
		{"", properties, ""},
		{"i", properties, ""},
		{"xd", properties, ""},
		{"ac", properties, ""},
		{"lnog", properties, ""}, // two edits of four characters
		{"colour", properties, ""},
		{"Sleep", activities, ""},
		{"éé", []string{"ab"}, ""},
		{strings.Repeat("duration", 9), properties, ""},
		{"duration", nil, ""},
	} {
		if got := suggest.Nearest(test.mistyped, test.names); got != test.want {
			t.Errorf("%q: %q, want %q", test.mistyped, got, test.want)
		}
	}
}
