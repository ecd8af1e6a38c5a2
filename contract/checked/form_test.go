package checked

import (
	"net/http"
	"testing"
)

// TestGraphForm checks that a body in a form that its headers announce is read as Graph's, and any other one refused.
func TestGraphForm(t *testing.T) {
	const plain, none, text = "application/json;metadata=minimal", "application/json;odata.metadata=none", "application/json;IEEE754Compatible=true"
	for _, test := range []struct{ version, media, body, want string }{
		{"4.0", plain, `{"@odata.count":1}`, `{"@odata.count":1}`},
		{"4.01", plain, `{"@count":1,"value":[{"a@type":"b","@x.y":2}]}`, `{"@odata.count":1,"value":[{"@x.y":2,"a@odata.type":"b"}]}`},
		{"4.01", plain, `{"@odata.count":1}`, ""},
		{"4.0", none, `{"@odata.count":1,"value":[{"id":"a","sentEmail":null}]}`,
			`{"@odata.count":1,"value":[{"@odata.etag":"W/\"none\"","@odata.type":"#microsoft.graph.emailActivityStatistics","id":"a","sentEmail":null}]}`},
		{"4.0", none, `{"@odata.etag":"x"}`, ""},
		{"4.0", none, `{"@context":"x"}`, ""},
		{"4.0", text, `{"@odata.count":"1"}`, `{"@odata.count":1}`},
		{"4.0", text, `{"@odata.count":1}`, ""},
		{"4.01", none, `{"@count":"1"}`, ""},
		{"4.01", "text/plain", `@odata.type`, `@odata.type`},
	} {
		header := http.Header{}
		header.Set("OData-Version", test.version)
		header.Set("Content-Type", test.media)
		got, err := graphForm(header, []byte(test.body))
		if (err != nil) != (test.want == "") || string(got) != test.want {
			t.Errorf("%s %s %s: %s, %v; want %s", test.version, test.media, test.body, got, err, test.want)
		}
	}
}
