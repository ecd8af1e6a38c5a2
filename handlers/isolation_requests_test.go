package handlers_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"afterhours/contract/checked"
)

// probe is how to try an operation: its queries and its body, in which {id} stands for the id of a
// statistic. The body is JSON, or plain text if isText is true.
type probe struct {
	queries []string
	body    string
	isText  bool // whether the body is text/plain, and not JSON
}

// probes has a row for each operation of the contract. The names leave out My and User.
var probes = map[string]probe{
	"listStatistics": {queries: []string{
		"", "?$filter=contains(timeZoneUsed,'secret')&$count=true", "?$filter=startswith(id,'only')%20or%20id%20ne%20''&$orderby=timeZoneUsed%20desc&$top=1",
		"?$select=timeZoneUsed&$skip=1",
	}},
	"deltaStatistics":           {queries: []string{"", "?$filter=contains(timeZoneUsed,'secret')&$top=1", "?$deltatoken=latest"}},
	"listStatisticReferences":   {queries: []string{"", "?$filter=contains(timeZoneUsed,'secret')&$count=true&$orderby=timeZoneUsed&$top=1"}},
	"queryStatistics":           {queries: []string{"", "?$count=true"}, body: "$filter=contains(timeZoneUsed,'secret')%20or%20id%20ne%20''", isText: true},
	"getStatisticReference":     {},
	"aggregateStatistics":       {queries: []string{"?$apply=groupby((timeZoneUsed))", "?$apply=aggregate($count%20as%20n,timeZoneUsed%20with%20max%20as%20zone)"}},
	"countStatistics":           {queries: []string{"", "?$filter=contains(timeZoneUsed,'secret')"}},
	"getAnalytics":              {queries: []string{"", "?$expand=activityStatistics", "?$expand=activityStatistics($filter=contains(timeZoneUsed,'secret');$count=true)&$select=id"}},
	"getMe":                     {queries: []string{"", "?$expand=analytics($expand=activityStatistics)"}},
	"get":                       {queries: []string{"", "?$expand=analytics($expand=activityStatistics)"}}, // getUser
	"lists":                     {queries: []string{"", "?$expand=analytics"}},                             // listUsers
	"getSettings":               {},
	"getSettingsProperty":       {},
	"getSettingsPropertyValue":  {},
	"getStatistic":              {queries: []string{"", "?$select=timeZoneUsed"}},
	"getStatisticProperty":      {},
	"getStatisticPropertyValue": {},
	"createStatistic":           {body: `{"@odata.type":"#microsoft.graph.callActivityStatistics","id":"{id}","timeZoneUsed":"intruder"}`},
	"updateStatistic":           {body: `{"@odata.type":"#microsoft.graph.callActivityStatistics","timeZoneUsed":"intruder"}`},
	"deleteStatistic":           {},
	"replaceStatistic":          {body: `{"@odata.type":"#microsoft.graph.callActivityStatistics","timeZoneUsed":"intruder"}`},

	"replaceStatisticProperty":      {body: `{"value":"intruder"}`},
	"updateStatisticProperty":       {body: `{"value":"intruder"}`},
	"clearStatisticProperty":        {},
	"replaceStatisticPropertyValue": {body: "intruder", isText: true},
	"clearStatisticPropertyValue":   {},

	"updateAnalytics":    {body: `{"settings":{"hasLicense":false}}`},
	"updateSettings":     {body: `{"hasOptedOut":true}`},
	"getServiceDocument": {},
	"getMetadata":        {},
	"runBatch":           {}, // sends all the others: see delivery.send
}

// attempt is a request that tries an operation. The user is me or another user, "" if the operation
// has none.
type attempt struct {
	call
	operation string // the operation, without My and User
	user      string
}

// attempts returns requests that try every operation of the contract on the user (an object id or a
// name) and on the statistic with the id. Reads come first, and changes of settings last, because
// they can forbid reading. It fails if an operation has no probe.
func attempts(t testing.TB, user, id string) []attempt {
	t.Helper()
	values := []string{"{user-id}", user, "{activityStatistics-id}", id, "{property}", "timeZoneUsed", "{settings-property}", "hasLicense", "{id}", id}
	var all []attempt
	for _, one := range checked.Operations(t) {
		operation := strings.NewReplacer("My", "", "User", "").Replace(one.ID)
		probe, ok := probes[operation]
		if !ok {
			t.Fatalf("the operation %s has no probe", operation)
		}
		if operation == "runBatch" {
			continue
		}
		about := ""
		switch {
		case strings.HasPrefix(one.Template, "/me"):
			about = me
		case strings.Contains(one.Template, "{user-id}"):
			about = user
		}
		if probe.queries == nil {
			probe.queries = []string{""}
		}
		if strings.Contains(user, "@") { // a name is resolved before the query is read
			probe.queries = probe.queries[:1]
		}
		var header map[string]string
		if probe.isText {
			header = map[string]string{"Content-Type": "text/plain"}
		}
		for _, query := range probe.queries {
			all = append(all, attempt{
				call:      call{method: one.Method, path: one.Path(values...) + query, body: strings.NewReplacer(values...).Replace(probe.body), header: header},
				operation: operation,
				user:      about,
			})
		}
	}
	slices.SortStableFunc(all, func(a, b attempt) int { return a.rank() - b.rank() })
	return all
}

// rank returns the position of the attempt in the order in which attempts are made.
func (a attempt) rank() int {
	if a.operation == "updateAnalytics" || a.operation == "updateSettings" {
		return 9
	}
	return slices.Index([]string{"GET", "POST", "PUT", "PATCH", "DELETE"}, a.method)
}

// delivery is how requests are sent: alone, or in batches.
type delivery struct {
	name string
	// batch is the most requests of one batch, 0 to send each request alone.
	batch int
	// grouped reports whether each request is in an atomicity group of its own.
	grouped bool
	// multipart reports whether the batches are in multipart/mixed. The response is in JSON.
	multipart bool
}

// deliveries returns all ways to send requests, with at most that many in a batch.
func deliveries(batch int) []delivery {
	return []delivery{
		{name: "one by one"}, {"in batches", batch, false, false}, {"in groups", batch, true, false},
		{"in multipart batches", batch, false, true},
	}
}

// takes returns the attempts that can be sent in this way. An atomicity group takes only single
// statistics and their properties.
func (d delivery) takes(tries []attempt) []attempt {
	if !d.grouped {
		return tries
	}
	return slices.DeleteFunc(slices.Clone(tries), func(a attempt) bool { return !aboutOne.MatchString(a.operation) })
}

// aboutOne matches the operations on one statistic or a property of it.
var aboutOne = regexp.MustCompile("Statistic(Property|PropertyValue)?$")

// send sends the calls and returns their responses. The calls of one batch may be done in any order.
func (d delivery) send(ts *testServer, token string, calls []call) []testResponse {
	ts.t.Helper()
	var responses []testResponse
	if d.batch == 0 {
		for _, c := range calls {
			c.token = token
			responses = append(responses, ts.do(c))
		}
		return responses
	}
	for part := range slices.Chunk(calls, d.batch) {
		var requests []map[string]any
		for i, c := range part {
			request := map[string]any{"id": fmt.Sprint(i), "method": c.method, "url": strings.TrimPrefix(c.path, "/beta"), "headers": c.header}
			switch {
			case c.header["Content-Type"] == "text/plain":
				request["body"] = c.body
			case c.body != "":
				request["body"] = json.RawMessage(c.body)
			}
			if d.grouped {
				request["atomicityGroup"] = fmt.Sprint("g", i)
			}
			requests = append(requests, request)
		}
		body, err := json.Marshal(map[string]any{"requests": requests})
		if err != nil {
			ts.t.Fatal(err)
		}
		outer := call{method: "POST", path: "/beta/$batch", token: token, body: string(body)}
		if d.multipart {
			outer.body = inMultipart(ts.t, outer.body)
			outer.header = map[string]string{"Content-Type": "multipart/mixed; boundary=b", "Accept": "application/json", "Prefer": "odata.continue-on-error"}
		}
		got := ts.do(outer)
		var response struct {
			Responses []struct {
				ID      string
				Status  int
				Headers map[string]string
				Body    json.RawMessage
			}
		}
		if err := json.Unmarshal([]byte(got.text), &response); err != nil || got.status != http.StatusOK || len(response.Responses) != len(part) {
			ts.t.Fatalf("%d %s", got.status, got.text)
		}
		for _, one := range response.Responses {
			header := http.Header{}
			for name, value := range one.Headers {
				header.Set(name, value)
			}
			responses = append(responses, testResponse{one.Status, header, string(one.Body)})
		}
	}
	return responses
}
