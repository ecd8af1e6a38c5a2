package main

import (
	"fmt"
	"strings"
	"time"

	api "afterhours/control"
)

// failure is one way to fail: a preset, or a rule in JSON.
type failure struct {
	name string // the first column of the table, without its backquotes
	rule string // "" for a preset
}

var cases = []failure{
	{name: "throttled"},
	{name: "unavailable"},
	{name: "gateway-timeout"},
	{name: "cae"},
	{name: "expired"},
	{name: "no-licence"},
	{name: "opted-out"},
	{name: "no-mailbox"},
	{name: "quota"},
	{name: "flaky"},
	{"Retry-After: 2.128", `{"match":{"method":"PATCH"},"times":1,"answer":{"status":429,"retryAfter":2.128}}`},
	{"Retry-After: 0", `{"match":{"method":"PATCH"},"times":1,"answer":{"status":429,"retryAfter":0}}`},
	{"Retry-After: DATE", `{"match":{"method":"PATCH"},"times":1,"answer":{"status":503,"retryAfter":2,"retryAfterForm":"date"}}`},
	{"connection reset", `{"match":{"method":"PATCH"},"times":1,"connection":"reset"}`},
	{"connection cut", `{"match":{"method":"PATCH"},"times":1,"connection":"cut"}`},
	{"malformed JSON", `{"match":{"method":"PATCH"},"times":1,"answer":{"body":"malformed"}}`},
}

// seen is what an SDK did with a failure.
type seen struct {
	waits   []time.Duration // before each retry
	outcome outcome
}

// String returns the text of a cell.
func (s seen) String() string {
	result := s.outcome.String()
	if len(s.waits) == 0 {
		return result
	}
	waits := make([]string, len(s.waits))
	for i, wait := range s.waits {
		waits[i] = fmt.Sprintf("%.1f", wait.Seconds())
	}
	return "after " + strings.Join(waits, ", ") + " s " + result
}

// mostTries is how many times the statistic is updated at most until a rule has applied, which chooses
// by chance.
const mostTries = 30

// observe lets the server fail in one way, has the SDK update a statistic, and returns what it did.
func observe(s *server, client *client, one failure) (seen, error) {
	if err := s.fail(one); err != nil {
		return seen{}, err
	}
	for range mostTries {
		if err := s.forgetRequests(); err != nil {
			return seen{}, err
		}
		outcome, err := client.update(statistic)
		if err != nil {
			return seen{}, err
		}
		requests, err := s.updates()
		if err != nil {
			return seen{}, err
		}
		if len(requests) > 0 && requests[0].Faults != nil {
			return seen{waits: waitsBetween(requests), outcome: outcome}, s.stopFailing()
		}
	}
	return seen{}, fmt.Errorf("no request failed in %d", mostTries)
}

// waitsBetween returns how long after the end of a request the next one came.
func waitsBetween(requests []api.Request) []time.Duration {
	var waits []time.Duration
	for i := 1; i < len(requests); i++ {
		end := requests[i-1].Time.Add(time.Duration(requests[i-1].Duration) * 100)
		waits = append(waits, requests[i].Time.Sub(end))
	}
	return waits
}
