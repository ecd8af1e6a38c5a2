package faults

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	api "afterhours/control"
	"afterhours/gen"
	"afterhours/handlers/problem"
	"afterhours/store/edm"
)

// Graph's limits for an application in a small tenant.
const (
	defaultUnits     = 3500
	defaultUnitsPer  = 10 * edm.Second
	defaultWrites    = 3000
	defaultWritesPer = 150 * edm.Second
)

// maxBuckets is how many buckets a rule has, about 350 KB of memory. The one that was used longest ago goes
// first.
const maxBuckets = 1000

// warnFrom is the share of a limit from which on responses say how much is used.
const warnFrom = 0.8

// buckets are the token buckets of a rule with throttle.
type buckets struct {
	by            api.ThrottleBy
	units, writes limit
	tellsWait     bool
	all           *lru.Cache[bucketKey, *bucket]
}

// bucketKey is whose requests share a bucket. A field is "" if the rule does not tell callers apart by it.
type bucketKey struct{ tenant, application, user string }

// bucket is what the requests of one key use.
type bucket struct{ units, writes usage }

func newBuckets(rule *api.Throttle) *buckets {
	all, err := lru.New[bucketKey, *bucket](maxBuckets)
	if err != nil {
		panic(err) // lru.New fails only if the size is below one
	}
	return &buckets{
		by:        cmp.Or(value(rule.By), api.ThrottleByApplication),
		units:     limitOf(rule.Units, defaultUnits, rule.UnitsPer, defaultUnitsPer),
		writes:    limitOf(rule.Writes, defaultWrites, rule.WritesPer, defaultWritesPer),
		tellsWait: rule.RetryAfter == nil || *rule.RetryAfter,
		all:       all,
	}
}

func limitOf(most *int32, defaultMost int32, per *api.Duration, defaultPer edm.Duration) limit {
	return limit{
		most: float64(cmp.Or(value(most), defaultMost)),
		per:  time.Duration(cmp.Or(value(per), defaultPer)) * (time.Second / time.Duration(edm.Second)),
	}
}

// maxPer is the longest time of a limit, as long as the longest Retry-After of an answer.
const maxPer = 24 * edm.Hour

// checkThrottle returns what is wrong with a rule's throttle.
func checkThrottle(rule *api.Throttle) (faults []gen.ErrorDetail) {
	for _, one := range []struct {
		name string
		per  *api.Duration
	}{{"throttle/unitsPer", rule.UnitsPer}, {"throttle/writesPer", rule.WritesPer}} {
		if one.per != nil && (*one.per <= 0 || *one.per > maxPer) {
			faults = append(faults, problem.Fault(gen.InvalidValue, one.name, "'%s' must be more than PT0S and at most %s.", one.name, maxPer))
		}
	}
	return faults
}

// take takes what a request costs. The fault is a 429, or has no status and the headers of a request
// that passes. It is nil for a batch itself and for a request without a token. It needs the lock of
// Rules.
func (b *buckets) take(q *Request) *Fault {
	c := costOf(q)
	if c.units == 0 || q.Tenant == "" {
		return nil
	}
	used, p := b.of(q), priorityOf(q.Header)
	demands := []demand{{&used.units, c.units, "ReadWrite", "ResourceUnitLimitExceeded"}}
	if c.writes > 0 {
		demands = append(demands, demand{&used.writes, c.writes, "Write", "WriteLimitExceeded"})
	}
	var met *demand
	for _, one := range demands {
		if one.drain(q.Now); met == nil && !one.admits(one.n, p) {
			met = &one
		}
	}
	share, wait := 0.0, time.Second
	for _, one := range demands {
		one.add(one.n, p)
		share, wait = max(share, one.share()), max(wait, one.untilAdmits(one.n, p))
	}
	fault := &Fault{Header: http.Header{}}
	if met != nil {
		met.tell(wait, p)
		fault = b.refuse(q, met, wait)
	}
	fault.Header["x-ms-resource-unit"] = []string{strconv.Itoa(c.units)}
	if share >= warnFrom {
		fault.Header["x-ms-throttle-limit-percentage"] = []string{strconv.FormatFloat(share, 'f', -1, 64)}
	}
	return fault
}

// demand is what a request asks of a limit, and the words of Graph if the limit does not admit it.
type demand struct {
	*usage
	n                    int
	limited, information string
}

// refuse returns the 429 of a request that met a limit.
func (b *buckets) refuse(q *Request, met *demand, wait time.Duration) *Fault {
	fault := failure(http.StatusTooManyRequests)
	fault.Header = http.Header{
		"x-ms-throttle-scope":       {b.scope(q, met.limited)},
		"x-ms-throttle-information": {met.information},
	}
	if b.tellsWait {
		fault.Header.Set("Retry-After", strconv.Itoa(int(wait/time.Second)))
	}
	return fault
}

// of returns the bucket of a request.
func (b *buckets) of(q *Request) *bucket {
	key := bucketKey{tenant: q.Tenant}
	if b.by != api.ThrottleByTenant {
		key.application = q.Application
	}
	if b.by == api.ThrottleByUser {
		key.user = q.User
	}
	found, ok := b.all.Get(key)
	if !ok {
		found = &bucket{usage{limit: b.units}, usage{limit: b.writes}}
		b.all.Add(key, found)
	}
	return found
}

// scope returns the header x-ms-throttle-scope. Graph documents its form: scope, limit, application, and then
// tenant, user or resource.
func (b *buckets) scope(q *Request, limited string) string {
	scope, last := "Tenant_Application", q.Tenant
	switch b.by {
	case api.ThrottleByTenant:
		scope = "Tenant"
	case api.ThrottleByUser:
		scope, last = "Application", q.User
	}
	return scope + "/" + limited + "/" + headerText(q.Application) + "/" + last
}

// headerText drops the characters that a header may not have. The name of an application is what its
// issuer says.
func headerText(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return -1
		}
		return r
	}, text)
}

// priorityOf returns the priority that the request asks for. As for Graph, any other value is normal.
func priorityOf(header http.Header) priority {
	switch strings.ToLower(header.Get("x-ms-throttle-priority")) {
	case "low":
		return low
	case "high":
		return high
	}
	return normal
}
