package handlers_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"afterhours/store/memory"
)

// TestBodyEncodings checks the encodings in which official SDKs send bodies.
func TestBodyEncodings(t *testing.T) {
	ts := newTestServer(t, memory.New())
	ts.createSeed()
	token := ts.userToken(megan, "Analytics.ReadWrite")
	got := ts.do(call{method: "PATCH", path: seedItem, token: token, body: gzipped(t, seedBody), header: map[string]string{"Content-Encoding": "gzip"}})
	if got.status != http.StatusOK || got.object(t)["duration"] != "-PT1M55.0810357S" {
		t.Errorf("gzip: %d %s", got.status, got.text)
	}
	for _, charset := range []string{"utf-8", `"UTF-8"`, "utf8"} {
		got = ts.do(call{method: "PATCH", path: seedItem, token: token, body: `{"duration":"PT1S"}`, header: map[string]string{"Content-Type": "application/json;odata.metadata=minimal; charset=" + charset}})
		if got.status != http.StatusOK {
			t.Errorf("media type with parameters: %d %s", got.status, got.text)
		}
	}
	request, err := http.NewRequestWithContext(t.Context(), "PATCH", ts.url+seedItem, io.MultiReader(strings.NewReader(`{"duration":`), strings.NewReader(`"PT7S"}`)))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "application/json")
	response, err := ts.client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Errorf("chunked: %s", response.Status)
	}
	got = ts.do(call{method: "GET", path: seedItem, token: token, header: map[string]string{"Content-Encoding": "gzip"}})
	if got.status != http.StatusOK {
		t.Errorf("GET labelled gzip: %d", got.status)
	}
}

// TestPlainBodiesLabelledGzip checks that a plain body may be labelled gzip, since official SDKs send
// it in retries.
func TestPlainBodiesLabelledGzip(t *testing.T) {
	c := newTestClient(t)
	c.send("PATCH", seedItem, `{"duration":"PT7H"}`, "Content-Encoding", "gzip").want(t, 200, `"duration":"PT7H"`)
}

// TestLastDuplicateMemberCounts checks that the last one of duplicate members counts, since official
// SDKs send duplicates.
func TestLastDuplicateMemberCounts(t *testing.T) {
	c := newTestClient(t)
	c.send("PATCH", seedItem, `{"duration":"no duration","duration":"PT7H"}`).want(t, 200, `"duration":"PT7H"`)
	c.send("PATCH", seedItem, `{"duration":1,"duration":"PT8H"}`).want(t, 200, `"duration":"PT8H"`)
	c.send("PATCH", seedItem, `{"duration":"PT9H","duration":1}`).want(t, 400, `"target":"duration"`)
	c.send("PATCH", seedItem, `{"duration":"PT9H","duration":{}}`).want(t, 400, `"target":"duration"`)
	c.send("GET", seedItem, "").want(t, 200, `"duration":"PT8H"`)
	c.send("PATCH", "/beta/me/analytics", `{"settings":{"hasOptedOut":true},"settings":{"hasLicense":true}}`).want(t, 200, `"hasOptedOut":false`)
}
