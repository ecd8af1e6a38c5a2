package faults

import (
	"net/http"
	"net/url"
	"strconv"
)

// cost is what a request takes of the limits of a throttle.
type cost struct{ units, writes int }

// The costs are those of Graph's directory ("Microsoft Graph service-specific throttling limits", identity
// and access). /me costs what /users/{id} costs, so the path does not count.
const (
	leastUnits = 1
	smallPage  = 20 // a page that has less costs less
)

// batchOperation is the operationId of a batch.
const batchOperation = "runBatch"

// costOf returns the cost of a request. That of a batch is nothing, because each of its requests
// costs.
func costOf(q *Request) cost {
	if q.Operation == batchOperation {
		return cost{}
	}
	c := cost{units: max(leastUnits, 1+optionUnits(q.Query))}
	if q.Method != http.MethodGet && q.Method != http.MethodHead && !q.IsQuery {
		c.writes = 1
	}
	return c
}

// optionUnits returns what the query options add to the units.
func optionUnits(query url.Values) (units int) {
	if query.Get("$select") != "" {
		units--
	}
	if query.Get("$expand") != "" {
		units++
	}
	if top, err := strconv.Atoi(query.Get("$top")); err == nil && top < smallPage {
		units--
	}
	return units
}
