package wire_test

import (
	"testing"

	"afterhours/handlers/wire"
)

// TestAccepted checks which format an Accept header chooses (RFC 9110, 12.5.1; OData Protocol 8.2.1). A want of "" is a header
// that excludes all.
func TestAccepted(t *testing.T) {
	json, text, model := []string{"application/json"}, []string{"text/plain"}, []string{"application/xml", "application/json"}
	for _, test := range []struct {
		accept  string
		offered []string
		want    string
	}{
		{"", json, "application/json minimal"},
		{" , ", json, "application/json minimal"},
		{"*/*", json, "application/json minimal"},
		{"*", json, "application/json minimal"},
		{"application/*;q=0.1", json, "application/json minimal"},
		{"APPLICATION/JSON", json, "application/json minimal"},
		{"text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", json, "application/json minimal"}, // old Java
		{"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", json, "application/json minimal"},
		{"application/json;odata.metadata=full", json, "application/json full"},
		{"application/json;metadata=none", json, "application/json none"},
		{"application/json;ODATA.METADATA=FULL", json, "application/json full"},
		{`application/json;metadata="none"`, json, "application/json none"},
		{"text/html, application/json;odata.metadata=none", json, "application/json none"},
		{"a/b;;=, application/json;odata.metadata=full", json, "application/json full"},
		{"application/json;odata.metadata=none, application/json;odata.metadata=full", json, "application/json none"},
		{"application/json;odata.metadata=none;q=0.5, application/json;odata.metadata=full", json, "application/json full"},
		{"application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=true;charset=UTF-8", json, "application/json minimal ieee754 charset"},
		{"application/json;streaming=false;ExponentialDecimals=true;IEEE754Compatible=false", json, "application/json minimal"},
		{"application/json;odata.metadata=none;q=0, */*", json, "application/json minimal"},
		{"application/json;foo=bar, */*;q=0.1", json, "application/json minimal"},
		{"application/json;foo=bar, application/json", json, "application/json minimal"},

		{"text/html", json, ""},
		{"application/xml", json, ""},
		{"text/*", json, ""},
		{"*/*;q=0", json, ""},
		{"application/json;q=0", json, ""},
		{"application/json;q=0, */*", json, ""},
		{"application/*;q=0, */*", json, ""},
		{"application/json;odata.metadata=other", json, ""},
		{"application/json;odata.metadata=none;metadata=full", json, ""},
		{"application/json;odata=verbose", json, ""},
		{"application/json;foo=bar", json, ""},
		{"application/json;odata.streaming=maybe", json, ""},
		{"application/json;IEEE754Compatible=1", json, ""},
		{"application/json;charset=iso-8859-1", json, ""},
		{"application/json;q=2", json, ""},
		{"application/json;q=x", json, ""},
		{"nonsense", json, ""},
		{";;;", json, ""},

		{"text/plain;q=0.9", text, "text/plain minimal"},
		{"text/*", text, "text/plain minimal"},
		{"text/plain;charset=utf-8", text, "text/plain minimal charset"},
		{"application/json", text, ""},
		{"text/plain;odata.metadata=none", text, ""},

		{"", model, "application/xml minimal"},
		{"*/*", model, "application/xml minimal"},
		{"application/json, application/xml", model, "application/xml minimal"},
		{"application/xml;q=0.9, application/json", model, "application/json minimal"},
		{"application/json", model, "application/json minimal"},
		{"application/xml;q=0, */*", model, "application/json minimal"},

		{"multipart/mixed;boundary=b", []string{"application/json", "multipart/mixed"}, "multipart/mixed minimal"},
		{"multipart/mixed;x=1", []string{"multipart/mixed"}, ""},
	} {
		format, ok := wire.Accepted(test.accept, test.offered)
		if got := shown(format, ok); got != test.want {
			t.Errorf("%s of %s: %q, want %q", test.accept, test.offered, got, test.want)
		}
	}
}

func shown(format wire.Format, ok bool) string {
	if !ok {
		return ""
	}
	text := format.Media + " " + string(format.Level)
	if format.IEEE754 {
		text += " ieee754"
	}
	if format.Charset {
		text += " charset"
	}
	return text
}

// TestFormatOption checks which values $format may have.
func TestFormatOption(t *testing.T) {
	for value, want := range map[string]string{
		"json": "application/json minimal", "JSON": "application/json minimal", "xml": "application/xml minimal",
		"application/json;odata.metadata=none;IEEE754Compatible=true": "application/json none ieee754",
		"json;metadata=full": "application/json full", "atom": "", "application/json;x=1": "", "*/*": "", "application/*": "", "json,xml": "", "": "",
	} {
		format, ok := wire.FormatOption(value, []string{"application/xml", "application/json"})
		if got := shown(format, ok); got != want {
			t.Errorf("%s: %q, want %q", value, got, want)
		}
	}
}
