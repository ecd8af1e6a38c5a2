package faults

import (
	"math"
	"time"
)

// limit is how much may be used, and in which time all of it comes back.
type limit struct {
	most float64
	per  time.Duration
}

// usage is how much of a limit is used: a token bucket, counted from its top. Throttled requests use the
// limit as well, up to mostUsed times of it. golang.org/x/time/rate has no such end.
type usage struct {
	limit
	used float64
	at   time.Time // of the last drain
	// waits are those that requests of priority low and of priority normal were told last.
	waits [high]wait
}

// mostUsed is where Graph's header x-ms-throttle-limit-percentage ends.
const mostUsed = 1.8

// lowLeaves divides a limit: requests of priority low leave one fifth of it, in whole units, to others. They
// are throttled where responses begin to warn.
const lowLeaves = 5

// priority is how late a request is throttled.
type priority int

const (
	low priority = iota
	normal
	high
)

// wait is how long requests were told to wait, zero if they were not.
type wait struct {
	from time.Time
	span time.Duration
}

// holds reports whether the wait is not over. A clock that was moved back ends it.
func (w wait) holds(now time.Time) bool { return !now.Before(w.from) && now.Sub(w.from) < w.span }

// precision is for sums of floating-point numbers.
const precision = 1e-9

// admits reports whether n more may be used. A request that comes before its wait is over is not
// admitted, unless its priority is high. The usage must be drained.
func (u *usage) admits(n int, p priority) bool {
	return !u.isEarly(p) && u.used+u.need(n, p) <= u.room(p)+precision
}

func (u *usage) isEarly(p priority) bool { return p != high && u.waits[p].holds(u.at) }

// need is n, or all that requests of a priority may use if that is less.
func (l limit) need(n int, p priority) float64 { return min(float64(n), l.room(p)) }

// untilAdmits returns after how many whole seconds n more may be used. A request that came too early
// waits at least as long as it was told before.
func (u *usage) untilAdmits(n int, p priority) time.Duration {
	missing := max(0, u.used+u.need(n, p)-u.room(p)-precision)
	left := time.Duration(math.Ceil(missing*u.per.Seconds()/u.most)) * time.Second
	if u.isEarly(p) {
		left = max(left, u.waits[p].span)
	}
	return left
}

// tell remembers what requests of a priority are told to wait.
func (u *usage) tell(span time.Duration, p priority) {
	if p != high {
		u.waits[p] = wait{u.at, span}
	}
}

// drain gives back what has come back since the last drain.
func (u *usage) drain(now time.Time) {
	if passed := now.Sub(u.at); passed > 0 {
		u.used = max(0, u.used-passed.Seconds()*u.most/u.per.Seconds())
	}
	u.at = now // the clock may have been moved back
}

// room is how much requests of a priority may use.
func (l limit) room(p priority) float64 {
	if p == low {
		return l.most - math.Floor(l.most/lowLeaves)
	}
	return l.most
}

// add adds to the usage. Requests of priority low never use what they leave to others, even if they
// are throttled.
func (u *usage) add(n int, p priority) {
	end := u.most * mostUsed
	if p == low {
		end = max(u.used, u.room(low))
	}
	u.used = min(u.used+float64(n), end)
}

// share is the part of the limit that is used, in hundredths.
func (u *usage) share() float64 { return math.Round(u.used/u.most*100) / 100 }
