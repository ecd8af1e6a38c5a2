package handlers_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"afterhours/contract/golden"
	"afterhours/handlers/auth"
)

// The parts of a response that differ each time.
var (
	anyDate   = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d`)
	anyClaims = regexp.MustCompile(`claims="[A-Za-z0-9+/=]+"`)
	anyID     = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)
)

// TestPresets holds the whole response of each preset against the golden file. The requests after it get
// the usual response.
func TestPresets(t *testing.T) {
	golden.Test(t, "testdata/presets.txt", func(t *testing.T, one golden.Case) string {
		c, user := newFaultServer(t)
		c.steer("POST", "/faults/presets/"+one.Name, `{"match":{"tenant":"`+tenant+`"},"times":1}`).want(t, 201, `"preset":"`+one.Name+`"`)
		user.token = c.mint(auth.Claims{Tenant: tenant, User: megan, Scopes: []string{"Analytics.ReadWrite"}, Capabilities: []string{"cp1"}, Expires: time.Hour})
		body := ""
		if one.Head == "PATCH" {
			body = `{"duration":"PT2H"}`
		}
		got := user.send(one.Head, collection+"/a", body)
		for n := 0; got.status == 200 && one.Name == "flaky" && n < 10; n++ {
			got = user.send(one.Head, collection+"/a", body)
		}
		user.send(one.Head, collection+"/a", body).want(t, 200)
		text := fmt.Sprintf("%d\n", got.status)
		for _, name := range slices.Sorted(maps.Keys(got.header)) {
			if name != "Date" && name != "X-Ms-Ags-Diagnostic" && name != "Content-Length" {
				text += fmt.Sprintf("%s: %s\n", name, got.header.Get(name))
			}
		}
		text = strings.ReplaceAll(text+got.text, c.url, "{url}")
		text = anyClaims.ReplaceAllString(text, `claims="{claims}"`)
		return anyID.ReplaceAllString(anyDate.ReplaceAllString(text, "{date}"), "{id}")
	})
}
