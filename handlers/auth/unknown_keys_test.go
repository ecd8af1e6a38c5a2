package auth_test

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"afterhours/store/memory"
)

var unknownKeys = flag.Int("unknownkeys", 3000, "how many requests with unknown keys TestUnknownKeysOverHTTP sends")

// flood sends a site requests whose tokens each have another unknown kid.
type flood struct {
	site
	template string       // the part of a token after its header
	number   atomic.Int64 // kids used until now
	answered atomic.Int64 // responses received until now
}

// latencies are the times that requests took.
type latencies []time.Duration

// send sends the number of requests over 64 connections and returns how long each took.
func (f *flood) send(requests int) latencies {
	const connections = 64
	var left atomic.Int64
	left.Store(int64(requests))
	taken := make([]latencies, connections)
	var all sync.WaitGroup
	for n := range taken {
		all.Go(func() {
			for left.Add(-1) >= 0 {
				kid := encode(object{"alg": "RS256", "kid": fmt.Sprint("unknown-", f.number.Add(1))})
				taken[n] = append(taken[n], f.ask(kid+f.template, http.StatusUnauthorized, "try again in a minute"))
				f.answered.Add(1)
			}
		})
	}
	all.Wait()
	return slices.Concat(taken...)
}

// ask sends one request. Its response must have the status, and want in its text.
func (f *flood) ask(token string, status int, want string) time.Duration {
	begun := time.Now()
	got, err := f.try(context.Background(), "GET /beta/me/analytics/settings", bearer(token))
	if err != nil || got.status != status || !strings.Contains(got.text, want) {
		f.t.Errorf("%d %s %v", got.status, got.text, err)
	}
	return time.Since(begun)
}

// TestUnknownKeysOverHTTP checks that any number of tokens with unknown keys cause one fetch a minute, that none but one
// waits long for that fetch, and that valid tokens not in the cache are still accepted meanwhile.
func TestUnknownKeysOverHTTP(t *testing.T) {
	store := memory.New()
	t.Cleanup(func() { _ = store.Close() })
	f := &flood{site: newSite(t, store)}
	_, f.template, _ = strings.Cut(token(f.claims()), ".")
	f.template = "." + f.template
	var numbers atomic.Int64
	good := func() time.Duration {
		return f.ask(f.numbered(int(numbers.Add(1))), http.StatusOK, "hasLicense")
	}
	good() // fetches the keys

	ctx, stop := context.WithCancel(t.Context())
	var honest latencies
	var others sync.WaitGroup
	others.Go(func() {
		for ctx.Err() == nil {
			honest = append(honest, good())
		}
	})
	begun, third := time.Now(), *unknownKeys/3
	taken := f.send(third) // less than a minute after the first fetch
	f.wantFetches(1)
	f.advance(time.Minute)
	taken = append(taken, f.send(third)...)
	f.wantFetches(2)

	// In the third minute the issuer is slow.
	f.advance(time.Minute)
	g := f.remote.hold()
	before := f.answered.Load()
	others.Go(func() { f.send(third) })
	<-g.entered
	waiting := time.Now()
	eventually(t, "all but one have a response", func() bool { return f.answered.Load() == before+int64(third)-1 })
	drained := time.Since(waiting)
	f.remote.release(g)
	stop()
	others.Wait()
	f.wantFetches(3)

	slices.Sort(taken)
	slices.Sort(honest)
	t.Logf("%d requests in %v; p50 %v, p99 %v, most %v; %d good ones meanwhile, p50 %v, p99 %v, most %v; %d while the issuer was slow took %v",
		3*third, time.Since(begun), taken.at(50), taken.at(99), taken.at(100), len(honest), honest.at(50), honest.at(99), honest.at(100), third, drained)
	// On a busy machine requests are slow too, but one that waited for the issuer would take ten seconds.
	if taken.at(99) > 5*time.Second || honest.at(99) > 5*time.Second {
		t.Errorf("the 99th percentiles are %v and, of good tokens, %v", taken.at(99), honest.at(99))
	}
}

func (f *flood) wantFetches(want int64) {
	f.t.Helper()
	if got := f.remote.fetches.Load(); got != want {
		f.t.Errorf("%d fetches, want %d: one a minute", got, want)
	}
}

// at returns the percentile of the latencies, which must be sorted.
func (l latencies) at(percent int) time.Duration { return l[(len(l)-1)*percent/100] }
