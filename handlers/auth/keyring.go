package auth

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// refreshEvery is the age at which keys are fetched again in the background. The old keys keep working meanwhile.
	refreshEvery = time.Hour
	// refreshBefore is the age from which a token waits for the fetch that it starts. Entra asks for a check at least
	// every 24 hours. A server that was idle for days must not trust a key that was withdrawn meanwhile.
	refreshBefore = 24 * time.Hour
	// fetchPause is the least time between two fetches once there are keys. Tokens with an unknown kid, however many,
	// cost the issuer at most one fetch a minute. A new key works at most a minute after its first token.
	fetchPause = time.Minute
	// firstPause is the pause after the first failed fetch while there are no keys; it doubles up to fetchPause. Every
	// token fails during the pause, so an issuer that is slow to start should be asked again soon.
	firstPause = time.Second
	// fetchTimeout limits one fetch: discovery document and key set together.
	fetchTimeout = 10 * time.Second
	// patience is how long after its start tokens wait for a fetch while there are no keys. The fetch goes on without them.
	patience = 3 * time.Second
	// maxJoining is how many other tokens with an unknown kid wait for a fetch, and rotationPatience how long after its
	// start. After a rotation all of them have the new key. But anybody can send tokens with an unknown kid, and one that
	// waits has a place among the verifications, of which an address has 32 or more.
	maxJoining       = 16
	rotationPatience = time.Second
)

// keyring holds the current keys of an issuer and decides when to fetch them. There is no timer: a fetch starts only
// when a token arrives, and once when the server starts.
//
//	no keys yet            every token waits for the first fetch, until patience has passed since its start
//	first fetch failed     after a pause one token starts a fetch and waits for it as long; all others are refused at once
//	unknown kid            one token starts a fetch, if fetchPause allows, and waits for it; maxJoining others wait until
//	                       rotationPatience has passed since its start; all others are refused at once
//	keys are an hour old   a fetch starts in the background
//	keys are a day old     one token starts a fetch, if fetchPause allows, and waits for it
//	issuer is down         the keys keep working at any age; each failed fetch is logged
//
// If a fetch returns the same document, current does not change, so the cache of verified tokens stays valid.
type keyring struct {
	issuer  string                                 // the issuer's name, for the log
	fetch   func(context.Context) (*keySet, error) // nil if the keys never change
	current atomic.Pointer[keySet]                 // nil until a fetch succeeds

	succeededFetches, failedFetches atomic.Uint64

	mu       sync.Mutex
	flight   *flight   // the fetch under way, nil if there is none
	fetched  time.Time // when the last successful fetch began
	earliest time.Time // no fetch begins before this time
	failures int       // failed fetches since the last success
	lastErr  error     // why the last fetch failed
}

// flight is a fetch that several tokens may wait for.
type flight struct {
	began   time.Time // by the verifier's clock
	started time.Time // the same by the machine's clock
	joined  int       // tokens with an unknown kid that have waited, at most maxJoining; protected by keyring.mu
	done    chan struct{}
	err     error // set before done is closed
}

// find returns the key called id and the set that holds it. The error is an [*Error] if the set has no such key, and an
// [*UnavailableError] if there is no set.
func (r *keyring) find(ctx context.Context, id string, clock func() time.Time) (key, *keySet, error) {
	if err := r.refresh(ctx, id, clock); err != nil {
		return key{}, nil, &UnavailableError{Issuer: r.issuer, Reason: err}
	}
	keys := r.current.Load()
	k, ok := keys.byID[id]
	if !ok && r.fetch == nil {
		return key{}, nil, refuse("The token was signed by a key (kid) that its issuer does not list, as that of another data folder; run afterhours token --data with the data folder of this server. A server with --store memory has one only if --data names it.")
	}
	if !ok {
		return key{}, nil, refuse("The token was signed by a key (kid) that its issuer does not list; if the key is new, try again in a minute.")
	}
	return k, keys, nil
}

// refresh fetches the keys if it is time. It returns an error only if there are still no keys afterwards.
func (r *keyring) refresh(ctx context.Context, id string, clock func() time.Time) error {
	if r.fetch == nil {
		return nil
	}
	keys := r.current.Load()
	if keys == nil {
		return r.join(ctx, clock)
	}
	_, ok := keys.byID[id]
	age := r.age(clock())
	if ok && age < refreshEvery {
		return nil
	}
	// After a failed fetch the old keys stay in use.
	if f := r.start(ctx, clock); f != nil && (!ok || age >= refreshBefore) {
		_ = f.wait(ctx)
	} else if f == nil && !ok {
		r.waitForRotation(ctx)
	}
	return nil
}

// waitForRotation waits for the fetch under way, if there is one and few others wait for it.
func (r *keyring) waitForRotation(ctx context.Context) {
	r.mu.Lock()
	f := r.flight
	if f != nil && f.joined < maxJoining {
		f.joined++
	} else {
		f = nil
	}
	r.mu.Unlock()
	if f != nil {
		_ = f.waitAtMost(ctx, rotationPatience)
	}
}

func (r *keyring) age(now time.Time) time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return now.Sub(r.fetched)
}

// join waits for the first fetch, or starts a fetch if it is time and waits for it. In the pause after a failed fetch, and
// while another token tries the issuer again, it returns the error of the last fetch at once.
func (r *keyring) join(ctx context.Context, clock func() time.Time) error {
	r.mu.Lock()
	f := r.flight
	if f == nil {
		f = r.startLocked(ctx, clock)
	} else if r.failures > 0 {
		f = nil
	}
	lastErr := r.lastErr
	r.mu.Unlock()
	switch {
	case f != nil:
		return f.waitAtMost(ctx, patience)
	case r.current.Load() != nil: // a fetch ended between the caller's check and this one
		return nil
	}
	return lastErr
}

var errSlow = fmt.Errorf("the issuer has not answered for %v and is still being asked", patience)

// start starts a fetch and returns it. It returns nil if a fetch is under way or if it is too early for one.
func (r *keyring) start(ctx context.Context, clock func() time.Time) *flight {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.flight != nil {
		return nil
	}
	return r.startLocked(ctx, clock)
}

// startLocked is start for a caller that holds mu and has found no fetch under way.
func (r *keyring) startLocked(ctx context.Context, clock func() time.Time) *flight {
	now := clock()
	if now.Before(r.earliest) {
		return nil
	}
	f := &flight{began: now, started: time.Now(), done: make(chan struct{})}
	r.flight = f
	go r.run(context.WithoutCancel(ctx), f, clock)
	return f
}

// run fetches the keys. Its context belongs to the trace of the request that started it, but does not end with the
// request, because other requests wait for it too.
func (r *keyring) run(ctx context.Context, f *flight, clock func() time.Time) {
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	keys, err := r.fetch(ctx)

	r.mu.Lock()
	defer r.mu.Unlock()
	r.flight, r.lastErr, f.err = nil, err, err
	if err == nil {
		r.succeeded(keys, f.began)
		slog.Debug("the keys of a token issuer were fetched", "issuer", r.issuer, "keys", len(keys.byID))
	} else {
		r.failed(clock())
		slog.Warn("the keys of a token issuer were not fetched", "issuer", r.issuer, "error", err, "older keys in use", r.current.Load() != nil)
	}
	close(f.done)
}

func (r *keyring) succeeded(keys *keySet, began time.Time) {
	if old := r.current.Load(); old == nil || old.document != keys.document {
		r.current.Store(keys)
	}
	r.succeededFetches.Add(1)
	r.failures = 0
	r.fetched = began
	r.earliest = began.Add(fetchPause)
}

// failed begins the pause at the end of the fetch: an issuer that hangs would otherwise be asked without a pause.
func (r *keyring) failed(ended time.Time) {
	pause := fetchPause
	if r.current.Load() == nil {
		pause = min(firstPause<<min(r.failures, 6), fetchPause) // 1 s << 6 is past the minute
	}
	r.failedFetches.Add(1)
	r.failures++
	r.earliest = ended.Add(pause)
}

// waitAtMost is wait until the patience has passed since the start of the fetch.
func (f *flight) waitAtMost(ctx context.Context, patience time.Duration) error {
	ctx, cancel := context.WithDeadlineCause(ctx, f.started.Add(patience), errSlow)
	defer cancel()
	return f.wait(ctx)
}

// wait returns the fetch's error once the fetch has ended, or the cause of ctx's end if ctx ends first.
func (f *flight) wait(ctx context.Context) error {
	select {
	case <-f.done:
		return f.err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
