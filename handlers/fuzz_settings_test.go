package handlers_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"afterhours/contract/bounded"
	"afterhours/store"
)

// FuzzSettings checks that a PATCH on the settings or on the analytics changes the settings that it
// names, or is refused and changes nothing.
func FuzzSettings(f *testing.F) {
	for _, body := range []string{
		`{"hasOptedOut":true}`, `{"hasLicense":false,"hasGraphMailbox":false,"@odata.context":1}`, `{}`, `{"hasOptedOut":null}`, `{"hasOptedOut":"true"}`, `{"odataType":null}`,
		`{"settings":{"hasOptedOut":true}}`, `{"settings":{"hasLicense":false,"x@y":1},"id":"` + megan + `"}`, `{"settings":null}`, `{"id":"` + lee + `"}`,
		`{"@odata.type":"#microsoft.graph.userAnalytics","settings":{}}`, `{"settings":{"x":true}}`, `[]`, "",
	} {
		f.Add(false, []byte(body))
		f.Add(true, []byte(body))
	}
	z := newFuzzServer(f)
	f.Fuzz(func(t *testing.T, whole bool, body []byte) {
		defer bounded.Input(t)()
		z.restore(t)
		stored := z.state(t)
		path, judged := "/beta/me/analytics/settings", judgeSettings
		if whole {
			path, judged = "/beta/me/analytics", judgeAnalytics
		}
		var object map[string]any
		change, fits := store.SettingsChange{}, false
		if err := json.Unmarshal(body, &object, jsontext.AllowDuplicateNames(true)); err == nil && object != nil {
			if object["odataType"] == nil {
				delete(object, "odataType")
			}
			change, fits = judged(object)
		}
		got := z.ask(t, http.MethodPatch, path, body)
		want := http.StatusOK
		if fits {
			stored.settings = change.Apply(stored.settings)
		} else {
			want = http.StatusBadRequest
		}
		if got.status != want {
			t.Errorf("%s %q: %d %s; want %d", path, body, got.status, got.text, want)
		}
		z.unchanged(t, stored, got) // stored has the change of the body
		if again := z.ask(t, http.MethodGet, path, nil); fits && again.text != got.text {
			t.Errorf("%s %q: %s; want the response to GET: %s", path, body, got.text, again.text)
		}
	})
}

// judgeSettings returns the change that an object asks for, or false if it must be refused.
func judgeSettings(object map[string]any) (change store.SettingsChange, fits bool) {
	for name, value := range object {
		field := map[string]*store.Null[bool]{"hasGraphMailbox": &change.HasGraphMailbox, "hasLicense": &change.HasLicense, "hasOptedOut": &change.HasOptedOut}[name]
		is, isBool := value.(bool)
		switch {
		case field == nil && strings.Contains(name, "@"):
		case field == nil || !isBool:
			return change, false
		default:
			*field = store.Of(is)
		}
	}
	return change, true
}

// judgeAnalytics is judgeSettings for an object with settings in it.
func judgeAnalytics(object map[string]any) (change store.SettingsChange, fits bool) {
	for name, value := range object {
		switch {
		case name == "@odata.type":
			fits = withHash(value) == "#microsoft.graph.userAnalytics"
		case name == "id":
			fits = value == megan
		case name == "settings":
			if settings, isObject := value.(map[string]any); isObject {
				change, fits = judgeSettings(settings)
			} else {
				fits = false
			}
		default:
			fits = strings.Contains(name, "@")
		}
		if !fits {
			return change, false
		}
	}
	return change, true
}
