package limits

import (
	"sync/atomic"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"
)

// rates bounds the requests a second of each caller.
type rates struct {
	perSecond int
	callers   *lru.Cache[Caller, *rate.Limiter]
	throttled atomic.Uint64
}

func newRates(perSecond int) *rates {
	return &rates{perSecond: perSecond, callers: newCallerCache[*rate.Limiter]()}
}

// Spend takes a number of requests from the caller's rate, all of them or none. If there are not
// enough, it returns after how long there will be. It returns 0 if they were taken, or if there is no
// limit.
func (l *Limits) Spend(caller Caller, requests int) (wait time.Duration) {
	if l.rates == nil {
		return 0
	}
	limiter, ok := l.rates.callers.Get(caller)
	if !ok {
		fresh := rate.NewLimiter(rate.Limit(l.rates.perSecond), max(l.rates.perSecond, minBurst))
		if limiter, ok, _ = l.rates.callers.PeekOrAdd(caller, fresh); !ok {
			limiter = fresh
		}
	}
	now := time.Now()
	taken := limiter.ReserveN(now, min(requests, limiter.Burst()))
	if wait = taken.DelayFrom(now); wait > 0 {
		taken.CancelAt(now)
		l.rates.throttled.Add(1)
	}
	return wait
}

// PerSecond returns how many requests a second a caller may send, 0 without a limit.
func (l *Limits) PerSecond() int {
	if l.rates == nil {
		return 0
	}
	return l.rates.perSecond
}
