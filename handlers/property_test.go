package handlers_test

import "testing"

// TestPropertyAsObjectAndValue reads properties as an object and as a bare value. A null property is
// 204.
func TestPropertyAsObjectAndValue(t *testing.T) {
	c := newTestClient(t)
	c.send("PATCH", seedItem, `{"timeZoneUsed":null}`).want(t, 200)
	for name, want := range map[string]string{"id": seedID, "activity": "Call", "startDate": "2019-06-16", "DURATION": "PT1H", "afterHours": "PT30M"} {
		as := seedItem + "/" + name
		if got := c.do(call{method: "GET", path: as, as: seedItem + "/x", token: c.token}).want(t, 200); got.object(t)["value"] != want {
			t.Errorf("%s: %s", name, got.text)
		}
		if got := c.do(call{method: "GET", path: as + "/$VALUE", as: seedItem + "/x/$value", token: c.token}).want(t, 200); got.text != want {
			t.Errorf("%s/$value: %s", name, got.text)
		}
	}
	c.send("GET", seedItem+"/timeZoneUsed", "").want(t, 204)
	c.send("GET", seedItem+"/timeZoneUsed/$value", "").want(t, 204)
	c.send("GET", seedItem+"/readEmail", "").want(t, 404, "does not exist on type")
	c.send("GET", seedItem+"/colour", "").want(t, 400, "it must be one of id, activity")
}
