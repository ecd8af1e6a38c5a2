package wire_test

import (
	"reflect"
	"testing"

	"afterhours/handlers/wire"
)

// TestVersionUpTo checks the version of the response for OData-MaxVersion (OData Protocol 8.2.7).
func TestVersionUpTo(t *testing.T) {
	for most, want := range map[string]wire.Version{
		"": wire.Version40, "4.0": wire.Version40, "4.00": wire.Version40, "4.01": wire.Version401, "4.02": wire.Version401,
		"4.1": wire.Version401, "5.0": wire.Version401, "10.0": wire.Version401, "3.0": "", "0.0": "", "4": "", "4.": "", ".4": "",
		"-4.0": "", "4.01, 4.0": "", "4.0;x": "", "4e0.0": "", "NaN": "", "٤.٠": "",
	} {
		if got, ok := wire.VersionUpTo(most); ok != (want != "") || ok && got != want {
			t.Errorf("%q: %s %t, want %q", most, got, ok, want)
		}
	}
}

// TestRestyle checks how a response in Graph's form is written in another one (OData JSON 3.2 and 4.6).
func TestRestyle(t *testing.T) {
	const graph = `{"@odata.context":"http://x/$metadata#a","@odata.count":12345678901,"@odata.nextLink":"http://x/?a=<b>","value":[{"@odata.type":"#microsoft.graph.a",` +
		`"a@odata.type":"#Duration","a":"PT1H","b":null,"c":1.50,"@vocabulary.term":1}],"in@odata.count":2,"in":[],"text":"@odata.type","e":"\u003cé"}`
	for _, test := range []struct {
		form wire.Form
		want string
	}{
		{wire.Form{}, graph},
		{wire.Form{Version: wire.Version40}, graph},
		{wire.Form{IEEE754: true}, `{"@odata.context":"http://x/$metadata#a","@odata.count":"12345678901","@odata.nextLink":"http://x/?a=<b>","value":[{"@odata.type":"#microsoft.graph.a",` +
			`"a@odata.type":"#Duration","a":"PT1H","b":null,"c":1.50,"@vocabulary.term":1}],"in@odata.count":"2","in":[],"text":"@odata.type","e":"<é"}`},
		{wire.Form{Version: wire.Version401}, `{"@context":"http://x/$metadata#a","@count":12345678901,"@nextLink":"http://x/?a=<b>","value":[{"@type":"#microsoft.graph.a",` +
			`"a@type":"Duration","a":"PT1H","b":null,"c":1.50,"@vocabulary.term":1}],"in@count":2,"in":[],"text":"@odata.type","e":"<é"}`},
	} {
		got, err := test.form.Restyle([]byte(graph))
		if err != nil || string(got) != test.want {
			t.Errorf("%+v: %v\n%s\nwant\n%s", test.form, err, got, test.want)
		}
	}
	if _, err := (wire.Form{IEEE754: true}).Restyle([]byte(`{"a":`)); err == nil {
		t.Error("half of a JSON text is restyled")
	}
}

// TestPrefixed checks which members of a body of 4.01 are control information.
func TestPrefixed(t *testing.T) {
	body := map[string]any{
		"@type": "#a", "@odata.etag": "x", "@etag": "y", "a@type": "b", "@my.term": 1.0, "a": map[string]any{"@id": "c"},
		"list": []any{map[string]any{"@removed": nil}}, "plain": "@type", "@a@type": 1.0,
	}
	wire.Prefixed(body)
	want := map[string]any{
		"@odata.type": "#a", "@odata.etag": "x", "a@odata.type": "b", "@my.term": 1.0, "a": map[string]any{"@odata.id": "c"},
		"list": []any{map[string]any{"@odata.removed": nil}}, "plain": "@type", "@a@type": 1.0,
	}
	if !reflect.DeepEqual(body, want) {
		t.Errorf("%v, want %v", body, want)
	}
}
