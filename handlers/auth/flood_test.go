package auth_test

import (
	"context"
	"flag"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"afterhours/handlers/auth"
	"afterhours/store/memory"
)

var unknownKeys = flag.Int("unknownkeys", 3000, "how many requests with unknown keys TestUnknownKeysOverHTTP sends")

// flood is a site under requests whose tokens have unknown keys, each another one, from 64 connections.
type flood struct {
	site
	template string // of a token: the kid stands where %s is
	number   atomic.Int64
	answered atomic.Int64
}

// latencies are how long the requests of one goroutine took.
type latencies []time.Duration

// send sends as many requests and returns how long each took.
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

// ask sends one request, which must be answered with the status and a text that says want.
func (f *flood) ask(token string, status int, want string) time.Duration {
	begun := time.Now()
	got, err := f.try(context.Background(), "GET /beta/me/analytics/settings", bearer(token))
	if err != nil || got.status != status || !strings.Contains(got.text, want) {
		f.t.Errorf("%d %s %v", got.status, got.text, err)
	}
	return time.Since(begun)
}

// TestUnknownKeysOverHTTP: however many tokens have unknown keys, the issuer is asked once a minute; no request waits
// for it but the one that asks; and good tokens, which are verified anew, go on meanwhile.
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
	taken := f.send(third) // in the minute of the first fetch
	f.wantFetches(1)
	f.advance(time.Minute)
	taken = append(taken, f.send(third)...)
	f.wantFetches(2)

	// In the third minute the issuer takes its time.
	f.advance(time.Minute)
	g := f.remote.hold()
	before := f.answered.Load()
	others.Go(func() { f.send(third) })
	<-g.entered
	waiting := time.Now()
	eventually(t, "all but one are answered", func() bool { return f.answered.Load() == before+int64(third)-1 })
	answered := time.Since(waiting)
	f.remote.release(g)
	stop()
	others.Wait()
	f.wantFetches(3)

	slices.Sort(taken)
	slices.Sort(honest)
	t.Logf("%d requests in %v; p50 %v, p99 %v, most %v; %d good ones meanwhile, p50 %v, p99 %v, most %v; %d while the issuer was slow took %v",
		3*third, time.Since(begun), taken.at(50), taken.at(99), taken.at(100), len(honest), honest.at(50), honest.at(99), honest.at(100), third, answered)
	// On a busy machine requests wait for their turn; one that waited for the issuer would take ten seconds.
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

// at returns the percentile of sorted latencies.
func (l latencies) at(percent int) time.Duration { return l[(len(l)-1)*percent/100] }

// TestFetchEndsInTime: an issuer that never answers, or never ends its answer, holds a token for 10 seconds and no more.
func TestFetchEndsInTime(t *testing.T) {
	for name, answer := range map[string]string{
		"silence":          "",
		"a header without": "HTTP/1.1 200 OK\r\nX-Endless: ",
		"a body without":   "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n",
	} {
		t.Run(name+" end", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				issuer := newIssuer(t, "http://localhost", &http.Client{Transport: &http.Transport{DialContext: dribble(answer)}})
				v, err := auth.NewVerifier(time.Now, issuer)
				if err != nil {
					t.Fatal(err)
				}
				begun := time.Now()
				_, err = v.Verify(t.Context(), ecToken(object{"iss": "http://localhost", "tid": tenantA}))
				if took := time.Since(begun); err == nil || took != 10*time.Second {
					t.Errorf("%v after %v, want an error after 10 s", err, took)
				}
				time.Sleep(2 * time.Second) // in which the issuer sees that nobody listens
			})
		})
	}
}

// dribble returns how to connect to a host that answers a request so, and then with a letter a second for ever; an
// empty answer is none at all.
func dribble(answer string) func(context.Context, string, string) (net.Conn, error) {
	return func(context.Context, string, string) (net.Conn, error) {
		client, server := net.Pipe()
		go func() {
			request := make([]byte, 4096)
			if _, err := server.Read(request); err != nil || answer == "" {
				return
			}
			for _, err := server.Write([]byte(answer)); err == nil; _, err = server.Write([]byte(" ")) {
				time.Sleep(time.Second)
			}
		}()
		return client, nil
	}
}
