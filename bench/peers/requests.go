package main

import (
	"fmt"
	"strings"
)

// request is an HTTP request to a peer, without what all have in common.
type request struct{ method, path, body string }

// text returns the bytes of the request.
func (r request) text(host, token string) string {
	return fmt.Sprintf("%s %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
		r.method, r.path, host, token, len(r.body), r.body)
}

const (
	stored    = 64 // statistics that each peer has: as many as there are connections
	batchSize = 20 // requests in a batch, as many as Graph allows
)

// kind is what is asked for in one table of the page.
type kind struct {
	title       string
	connections int // with one core for the server
	requests    func(collection string) []request
}

var patching = kind{"PATCH of one", 64, patches}

// reading lists the other kinds. Of those that take longer fewer go at once: Afterhours refuses
// what would wait for long.
var reading = []kind{
	{"GET of one", 64, gets},
	{"list of 50", 4, lists("$top=50")},
	{"list of 50 with a filter", 4, lists("$filter=activity%20eq%20'Call'%20and%20duration%20lt%20duration'PT0S'&$top=50")},
	{"batch of 20 GETs", 4, batches},
}

// id returns the id of a statistic. PocketBase takes no other form: 15 lower-case letters and digits.
func id(number int) string { return fmt.Sprintf("call%011d", number) }

// document returns the documented body of a PATCH. Another second is another duration. more
// begins with a comma if it is not empty.
func document(second int, more string) string {
	return fmt.Sprintf(`{"@odata.type":"#microsoft.graph.callActivityStatistics","activity":"Call","startDate":"2019-06-16","endDate":"2019-06-17",`+
		`"timeZoneUsed":"Time Zone Used value","duration":"%s","afterHours":"-PT1M34.3242013S"%s}`, duration(second), more)
}

// durations is how many of the same length document has.
const durations = 50

func duration(second int) string { return fmt.Sprintf("-PT1M%d.0810357S", 10+second) }

func creates(collection string) (all []request) {
	for n := range stored {
		all = append(all, request{"POST", collection, document(0, fmt.Sprintf(`,"id":%q`, id(n)))})
	}
	return all
}

// patches returns PATCHes of all statistics, again and again with another duration: each of
// them is a change.
func patches(collection string) (all []request) {
	for second := range durations {
		for n := range stored {
			all = append(all, request{"PATCH", collection + "/" + id(n), document(second, "")})
		}
	}
	return all
}

func gets(collection string) (all []request) {
	for n := range stored {
		all = append(all, request{"GET", collection + "/" + id(n), ""})
	}
	return all
}

func lists(query string) func(string) []request {
	return func(collection string) []request { return []request{{"GET", collection + "?" + query, ""}} }
}

// batches returns a batch of GETs, each of another statistic.
func batches(collection string) []request {
	version := strings.Index(collection[1:], "/") + 1
	var parts []string
	for n, get := range gets(collection[version:])[:batchSize] {
		parts = append(parts, fmt.Sprintf(`{"id":"%d","method":%q,"url":%q}`, n+1, get.method, get.path))
	}
	return []request{{"POST", collection[:version] + "/$batch", `{"requests":[` + strings.Join(parts, ",") + `]}`}}
}
