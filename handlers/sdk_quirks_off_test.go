package handlers_test

import (
	"net/http"
	"testing"

	"afterhours/handlers"
	"afterhours/store/memory"
)

// TestWithoutQuirks checks that the contract counts to the letter if the quirks of SDKs are turned
// off.
func TestWithoutQuirks(t *testing.T) {
	ts := newTestServer(t, memory.New()).anotherServer(func(config *handlers.Config) { config.SDKQuirks = false })
	ts.createSeed()
	c := testClient{ts, ts.userToken(megan, "Analytics.ReadWrite")}
	for _, text := range []string{"P", "P1W", "PT-1M", "0:00:30"} {
		c.send("PATCH", seedItem, `{"duration":"`+text+`"}`).want(t, http.StatusBadRequest, `"target":"duration"`)
	}
	c.send("PATCH", seedItem, `{"odataType":null}`).want(t, http.StatusBadRequest, "odataType")
	c.send("PATCH", seedItem, `{"duration":"PT1S"}`, "Content-Encoding", "gzip").want(t, http.StatusBadRequest, "not in gzip")
	c.send("PATCH", seedItem, gzipped(t, gzipped(t, `{"duration":"PT1S"}`)), "Content-Encoding", "gzip").want(t, http.StatusBadRequest, "Unable to read JSON")
	c.send("PATCH", seedItem, `{"duration":"PT30S"}`, "SdkVersion", "graph-go-beta/0.135.0").want(t, http.StatusOK, `"PT30S"`)
	c.send("POST", "/beta/$batch", `{"requests":[{"id":"1","method":"PATCH","url":"/me/analytics/settings","body":"e30="}]}`).want(t, http.StatusBadRequest, "requests/0/body")
}
