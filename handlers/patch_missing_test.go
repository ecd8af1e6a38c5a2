package handlers_test

import "testing"

// TestPatchOfMissingNamesTheWays checks that the 404 of a PATCH says how to create the statistic.
func TestPatchOfMissingNamesTheWays(t *testing.T) {
	onEveryClient(t, func(t *testing.T, c testClient) {
		const missing, body = collection + "/new", `{"@odata.type":"#microsoft.graph.callActivityStatistics"}`
		c.send("PATCH", missing, body).wantRefused(t, 404, "ResourceNotFound", "",
			"There is no statistic 'new'. Create it by POST to the collection, or by this PATCH with the header Prefer: create-if-missing.")
		for _, method := range []string{"GET", "DELETE"} {
			if got := c.send(method, missing, "").want(t, 404).failure(t).Message; got != "There is no statistic 'new'." {
				t.Errorf("%s: %s", method, got)
			}
		}
		c.send("PATCH", missing, body, "Prefer", "create-if-missing").want(t, 201)
	})
}
