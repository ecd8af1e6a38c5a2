package wire_test

import (
	"encoding/json"
	"testing"

	"pgregory.net/rapid"

	"afterhours/gen"
	"afterhours/handlers/wire"
	"afterhours/store"
	"afterhours/store/edm"
)

// TestMergeProperties checks, for any record and update, that Merge leaves unchanged what the update
// does not name, sets or clears what it names, and changes nothing the second time.
func TestMergeProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kind := wire.NewType(wire.TypePrefix + string(rapid.SampledFrom([]store.Type{store.Call, store.Chat, store.Email, store.Focus, store.Meeting}).Draw(t, "type")) + wire.TypeSuffix)
		record := store.Record{Type: kind.Stored, Activity: kind.Activity}
		update := map[string]any{}
		want := map[store.PropertyName]store.Null[edm.Duration]{}
		for _, property := range store.Durations() {
			if !property.Of(kind.Stored) {
				continue
			}
			name := string(property.Name)
			*property.Duration(&record) = drawDuration(t, name+" before")
			want[property.Name] = *property.Duration(&record)
			if rapid.Bool().Draw(t, name+" named") {
				value := drawDuration(t, name+" after")
				want[property.Name] = value
				update[name] = nil
				if value.Valid {
					update[name] = value.Value.String()
				}
			}
		}
		body := bodyOf(t, update)
		merged, faults := kind.Merge("id", record, body)
		if len(faults) > 0 {
			t.Fatal(faults)
		}
		for name, value := range want {
			if got := *store.DefinitionOf(name).Duration(&merged); got != value {
				t.Fatalf("%s: got %v, want %v", name, got, value)
			}
		}
		if again, _ := kind.Merge("id", merged, body); again != merged {
			t.Fatal("the second merge changed something")
		}
	})
}

// TestMergeRefuses checks the faults that depend on the stored statistic.
func TestMergeRefuses(t *testing.T) {
	call := wire.NewType("#microsoft.graph.callActivityStatistics")
	_, faults := call.Merge("a", store.Record{Type: store.Call}, bodyOf(t, map[string]any{
		"@odata.type": "#microsoft.graph.chatActivityStatistics", "id": "b", "readEmail": "PT1H", "sentEmail": nil}))
	var targets []string
	for _, fault := range faults {
		targets = append(targets, *fault.Target)
	}
	if len(targets) != 4 || targets[0] != "@odata.type" || targets[1] != "id" || targets[2] != "readEmail" || targets[3] != "sentEmail" {
		t.Errorf("faults of %q: %+v", targets, faults)
	}
}

func bodyOf(t interface{ Fatal(...any) }, object map[string]any) *gen.ActivityStatisticsUpdate {
	text, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	body := new(gen.ActivityStatisticsUpdate)
	if err := json.Unmarshal(text, body); err != nil {
		t.Fatal(err)
	}
	return body
}

func drawDuration(t *rapid.T, label string) store.Null[edm.Duration] {
	if rapid.Bool().Draw(t, label+" null") {
		return store.Null[edm.Duration]{}
	}
	return store.Of(edm.Duration(rapid.Int64().Draw(t, label)))
}

// TestNewID checks the id of a new statistic: the given one, or one composed of activity and dates, or
// a random one.
func TestNewID(t *testing.T) {
	call := wire.NewType("#microsoft.graph.callActivityStatistics")
	for _, test := range []struct {
		body map[string]any
		want string // "" for a random id
	}{
		{map[string]any{"id": "given", "startDate": "2019-06-16", "endDate": "2019-06-17"}, "given"},
		{map[string]any{"startDate": "2019-06-16", "endDate": "2019-06-17"}, "call_2019-06-16_2019-06-17"},
		{map[string]any{"activity": "Focus", "startDate": "2019-06-16", "endDate": "2019-06-17"}, "focus_2019-06-16_2019-06-17"},
		{map[string]any{"startDate": "2019-06-16", "endDate": nil}, ""},
		{map[string]any{}, ""},
	} {
		body := bodyOf(t, test.body)
		switch got := call.NewID(body); {
		case test.want != "" && got != test.want:
			t.Errorf("%v: %s, want %s", test.body, got, test.want)
		case test.want == "" && (len(got) != 36 || got == call.NewID(body)):
			t.Errorf("%v: %s is not random", test.body, got)
		}
	}
}
