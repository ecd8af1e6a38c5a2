package wire_test

import (
	"reflect"
	"testing"

	"afterhours/handlers/wire"
)

func TestLevelOf(t *testing.T) {
	for accept, want := range map[string]wire.MetadataLevel{
		"":                                      wire.MetadataMinimal,
		"*/*":                                   wire.MetadataMinimal,
		"application/json;odata.metadata=full":  wire.MetadataFull,
		"application/json;metadata=none":        wire.MetadataNone,
		"application/json;ODATA.METADATA=FULL":  wire.MetadataFull,
		`application/json;metadata="none"`:      wire.MetadataNone,
		"application/json;odata.metadata=other": wire.MetadataMinimal,
		"text/html, application/json;odata.metadata=none":                                    wire.MetadataNone,
		"a/b;;=, application/json;odata.metadata=full":                                       wire.MetadataFull,
		"application/json;odata.metadata=none, application/json;odata.metadata=full":         wire.MetadataNone,
		`application/json;x=", application/json;odata.metadata=full";odata.metadata=minimal`: wire.MetadataMinimal,
	} {
		if got := wire.LevelOf(accept); got != want {
			t.Errorf("%s: %s, want %s", accept, got, want)
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
