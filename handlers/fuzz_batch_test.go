package handlers_test

import (
	"errors"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"pgregory.net/rapid"

	"afterhours/contract/bounded"
)

// FuzzBatches checks that a batch either is refused and changes nothing, or gets a response to each
// request, after which the stored statistics can be read. A batch that is one group changes
// everything or nothing.
func FuzzBatches(f *testing.F) {
	for _, body := range []string{
		`{"requests":[{"id":"1","method":"GET","url":"/me/analytics/activityStatistics?$top=1&$count=true"},{"id":"2","method":"PATCH","url":"me/analytics/activityStatistics/call","headers":{"Content-Type":"application/json"},"body":{"duration":"PT1H"}}]}`,
		`{"requests":[{"id":"1","method":"post","url":"/v1.0/me/analytics/activityStatistics","body":{"@odata.type":"#microsoft.graph.focusActivityStatistics","id":"x"}},{"id":"b","method":"PATCH","url":"$1","dependsOn":["1"],"headers":{"if-match":"$1"},"body":"e30="}]}`,
		`{"requests":[{"id":"1","method":"DELETE","url":"/me/analytics/activityStatistics/call","atomicityGroup":"g"},{"id":"2","method":"PATCH","url":"/me/analytics/activityStatistics/none","atomicityGroup":"g","body":{}},{"id":"3","method":"GET","url":"/$metadata","dependsOn":["g"]}]}`,
		`{"requests":[{"id":"1","method":"DELETE","url":"/me/analytics/activityStatistics/call","atomicityGroup":"g"},{"id":"2","method":"PATCH","url":"/me/analytics/activityStatistics/chat","atomicityGroup":"g","body":{"duration":null}}]}`,
		`{"requests":[{"id":"1","method":"PATCH","url":"/me/analytics/settings","body":{"hasOptedOut":true}},{"id":"2","method":"GET","url":"http://example.com/beta/me/analytics/activityStatistics('call')/duration/$value","dependsOn":["1"]},{"id":"3","method":"GET","url":"/users/` + lee + `/analytics"}]}`,
		`{"requests":[{"id":"1","method":"PUT","url":"/$batch"},{"id":"2","method":"GET","url":"/me#x","headers":null},{"id":"3","method":"GET","url":"https://a.example/beta/me"}]}`,
		`{"requests":[]}`, `{"requests":[{}]}`, `{}`, `[]`, "",
	} {
		f.Add([]byte(body))
	}
	z := newFuzzServer(f)
	f.Fuzz(func(t *testing.T, body []byte) { z.batch(t, body) })
}

// FuzzDrawnBatches is FuzzBatches with batches of the requests that TestStoresGiveTheSameResponses
// draws: groups, chains of dependencies, and reads.
func FuzzDrawnBatches(f *testing.F) {
	for seed := range uint64(12) {
		drawn := make([]byte, 8<<10)
		_, _ = rand.NewChaCha8([32]byte{byte(seed)}).Read(drawn) // never fails
		f.Add(drawn)
	}
	z := newFuzzServer(f)
	s := &comparison{user: megan, sides: []*side{{}}}
	f.Fuzz(rapid.MakeFuzz(func(t *rapid.T) { z.batch(t, []byte(s.batch(t).body)) }))
}

func (z *fuzzServer) batch(t fuzzTest, body []byte) {
	t.Helper()
	defer bounded.Input(t)()
	z.restore(t)
	stored := z.state(t)
	got := z.ask(t, http.MethodPost, "/beta/$batch", body)
	if got.status != http.StatusOK {
		z.unchanged(t, stored, got)
		return
	}
	if mustNotChange(t, body, got) {
		z.unchanged(t, stored, got)
	}
	after := z.state(t)
	list := z.ask(t, http.MethodGet, collection+"?$top=1000", nil)
	if isReadable := after.settings == stored.settings; isReadable != (list.status == http.StatusOK) {
		t.Errorf("%q: then %d %s", body, list.status, list.text)
	}
}

// mustNotChange reports whether the batch may change nothing: all of its requests read, or all are in
// one group of which a request failed.
func mustNotChange(t fuzzTest, body []byte, got testResponse) bool {
	t.Helper()
	var asked struct {
		Requests []struct {
			Method string `json:"method"`
		} `json:"requests"`
	}
	var received struct {
		Responses []struct {
			Status         int    `json:"status"`
			AtomicityGroup string `json:"atomicityGroup"`
		} `json:"responses"`
	}
	if err := errors.Join(json.Unmarshal(body, &asked, jsontext.AllowDuplicateNames(true)), json.Unmarshal([]byte(got.text), &received)); err != nil {
		t.Fatalf("%q: %v: %s", body, err, got.text)
	}
	reads, oneGroup, failed := true, true, false
	for i, one := range received.Responses {
		reads = reads && strings.EqualFold(asked.Requests[i].Method, http.MethodGet)
		oneGroup = oneGroup && one.AtomicityGroup != "" && strings.EqualFold(one.AtomicityGroup, received.Responses[0].AtomicityGroup)
		failed = failed || one.Status >= 300
	}
	return reads || oneGroup && failed
}
