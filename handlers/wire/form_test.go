package wire_test

import (
	"reflect"
	"testing"

	"afterhours/handlers/wire"
)

// TestContentType checks the label of JSON in each version (OData JSON 3.1).
func TestContentType(t *testing.T) {
	for want, form := range map[string]wire.Form{
		"application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8": {Level: wire.MetadataMinimal, Version: wire.Version40},
		"application/json;odata.metadata=full;odata.streaming=true;IEEE754Compatible=true;charset=utf-8":     {Level: wire.MetadataFull, IEEE754: true},
		"application/json;metadata=none;streaming=true;IEEE754Compatible=false":                              {Level: wire.MetadataNone, Version: wire.Version401},
		"application/json;metadata=minimal;streaming=true;IEEE754Compatible=true;charset=utf-8":              {Level: wire.MetadataMinimal, Version: wire.Version401, IEEE754: true, Charset: true},
	} {
		if got := form.ContentType(); got != want {
			t.Errorf("%+v: %s, want %s", form, got, want)
		}
	}
}

func TestContextIsAbsentWithoutMetadata(t *testing.T) {
	if got := (wire.Form{Level: wire.MetadataNone}).Context("x"); got != nil {
		t.Errorf("none: %s", *got)
	}
	if got := (wire.Form{Level: wire.MetadataFull}).Context("x"); got == nil || *got != "x" {
		t.Errorf("full: %v", got)
	}
}

func TestSelectionSuffix(t *testing.T) {
	for suffix, selection := range map[string]wire.Selection{"": nil, "()": {}, "(id,duration)": {"id", "duration"}} {
		if got := selection.Suffix(); got != suffix {
			t.Errorf("%q: %s, want %s", selection, got, suffix)
		}
	}
}

func TestSplitList(t *testing.T) {
	for list, want := range map[string][]string{
		"":               {},
		",,":             {},
		"a, b":           {"a", " b"},
		`a="x,y",b`:      {`a="x,y"`, "b"},
		`a="x\",y",b`:    {`a="x\",y"`, "b"},
		`"open,b`:        {`"open,b`},
		`"x\\",b`:        {`"x\\"`, "b"},
		`a\,b`:           {`a\`, "b"},
		`W/"a,b", W/"c"`: {`W/"a,b"`, ` W/"c"`},
	} {
		if got := wire.SplitList(list); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %q, want %q", list, got, want)
		}
	}
}
