package nullable_test

import (
	"encoding/json"
	"testing"

	"afterhours/gen/nullable"
)

// TestUnmarshal checks what a property is for each JSON that a body may have for it.
func TestUnmarshal(t *testing.T) {
	for text, want := range map[string]nullable.Nullable[string]{
		`{}`:             {},
		`{"a":null}`:     nullable.Null[string](),
		`{"a": null }`:   nullable.Null[string](),
		`{"a":""}`:       nullable.Of(""),
		`{"a":"null"}`:   nullable.Of("null"),
		`{"a":"\u0041"}`: nullable.Of("A"),
	} {
		var body struct {
			A nullable.Nullable[string] `json:"a,omitempty"`
		}
		if err := json.Unmarshal([]byte(text), &body); err != nil || body.A != want {
			t.Errorf("%s: %+v %v, want %+v", text, body.A, err, want)
		}
	}
	kept := nullable.Of("kept")
	if err := json.Unmarshal([]byte(`7`), &kept); err == nil || kept != nullable.Of("kept") {
		t.Errorf("a number is read as a text: %+v %v", kept, err)
	}
}

// TestStates checks what the three states of a property say of themselves.
func TestStates(t *testing.T) {
	for name, test := range map[string]struct {
		property                      nullable.Nullable[int]
		hasValue, isSpecified, isNull bool
	}{
		"absent": {},
		"null":   {nullable.Null[int](), false, true, true},
		"zero":   {nullable.Of(0), true, true, false},
	} {
		_, hasValue := test.property.Get()
		if hasValue != test.hasValue || test.property.IsSpecified() != test.isSpecified || test.property.IsNull() != test.isNull {
			t.Errorf("%s: %+v has a value: %t", name, test.property, hasValue)
		}
	}
}
