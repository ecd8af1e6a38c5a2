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
	// refreshEvery is the age at which keys are fetched again in the background, while the old ones go on working.
	refreshEvery = time.Hour
	// refreshBefore is the age from which a token waits for the fetch that it starts: Entra wants keys checked at least
	// every 24 hours, and a server that was idle for days should not believe a key that was withdrawn meanwhile.
	refreshBefore = 24 * time.Hour
	// fetchPause is the least time between two fetches once keys are known: so an unknown kid costs the issuer at most
	// one fetch a minute however many tokens have one, and a new key works at most a minute after its first token.
	fetchPause = time.Minute
	// firstPause is the time after the first failed fetch while no keys are known; it doubles up to fetchPause. Every
	// token is refused then, so an issuer that is only slow to start should be asked again soon.
	firstPause = time.Second
	// fetchTimeout bounds one fetch.
	fetchTimeout = 10 * time.Second
)

// keyring holds the current keys of an issuer and decides when to fetch them. There is no timer: tokens drive it.
//
//	no keys yet          every token waits for the one fetch under way; between failed fetches it is ErrUnavailable at once
//	kid not known        one token starts a fetch, if fetchPause allows, and waits for it; all others are refused at once
//	keys an hour old     a fetch starts in the background
//	a day old            one token starts a fetch, if fetchPause allows, and waits for it
//	issuer is down       known keys go on working, however old; each failed fetch is logged
//
// A fetch that brings the same document leaves current as it is, so that the cache of verified tokens keeps its entries.
type keyring struct {
	fetch   func(context.Context) (*keySet, error) // nil if the keys never change
	current atomic.Pointer[keySet]                 // nil until the first fetch succeeded

	mu       sync.Mutex
	flight   *flight   // the fetch under way, nil if there is none
	fetched  time.Time // when the last successful fetch began
	earliest time.Time // no fetch begins before
	failures int       // failed fetches since the last success
	lastErr  error     // why the last fetch failed
}

// flight is a fetch that several tokens may wait for.
type flight struct {
	done chan struct{}
	err  error // set before done is closed
}

// find returns the key called id and the set that it is in. The error is an [*Error] if there is no such key, and wraps
// [ErrUnavailable] if there are no keys at all.
func (r *keyring) find(ctx context.Context, id string, now time.Time) (key, *keySet, error) {
	if err := r.refresh(ctx, id, now); err != nil {
		return key{}, nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	keys := r.current.Load()
	k, ok := keys.byID[id]
	if !ok {
		return key{}, nil, refuse("The token was signed by a key (kid) that its issuer does not list; if the key is new, try again in a minute.")
	}
	return k, keys, nil
}

// refresh fetches the keys if it is time. It is an error only if there are no keys afterwards.
func (r *keyring) refresh(ctx context.Context, id string, now time.Time) error {
	if r.fetch == nil {
		return nil
	}
	keys := r.current.Load()
	if keys == nil {
		return r.join(ctx, now)
	}
	_, known := keys.byID[id]
	age := r.age(now)
	if known && age < refreshEvery {
		return nil
	}
	if f := r.start(now); f != nil && (!known || age >= refreshBefore) {
		_ = f.wait(ctx) // the keys that are known still count
	}
	return nil
}

func (r *keyring) age(now time.Time) time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return now.Sub(r.fetched)
}

// join waits for the fetch under way, or starts one.
func (r *keyring) join(ctx context.Context, now time.Time) error {
	r.mu.Lock()
	f := r.flight
	if f == nil {
		f = r.startLocked(now)
	}
	lastErr := r.lastErr
	r.mu.Unlock()
	switch {
	case f != nil:
		return f.wait(ctx)
	case r.current.Load() != nil: // a fetch ended between the caller's look and ours
		return nil
	}
	return lastErr
}

// start starts a fetch unless one is under way or it is too early, and returns it; nil if it did not.
func (r *keyring) start(now time.Time) *flight {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.flight != nil {
		return nil
	}
	return r.startLocked(now)
}

func (r *keyring) startLocked(now time.Time) *flight {
	if now.Before(r.earliest) {
		return nil
	}
	f := &flight{done: make(chan struct{})}
	r.flight = f
	go r.run(f, now)
	return f
}

// run is not bound to the request that started it: others wait for it too.
func (r *keyring) run(f *flight, began time.Time) {
	ctx, cancel := context.WithTimeout(context.Background(), fetchTimeout)
	defer cancel()
	keys, err := r.fetch(ctx)

	r.mu.Lock()
	defer r.mu.Unlock()
	r.flight, r.lastErr, f.err = nil, err, err
	if err == nil {
		r.succeeded(keys, began)
	} else {
		r.failed(began)
		slog.Warn("the keys of a token issuer were not fetched", "error", err, "older keys in use", r.current.Load() != nil)
	}
	close(f.done)
}

func (r *keyring) succeeded(keys *keySet, began time.Time) {
	if old := r.current.Load(); old == nil || old.document != keys.document {
		r.current.Store(keys)
	}
	r.failures = 0
	r.fetched = began
	r.earliest = began.Add(fetchPause)
}

func (r *keyring) failed(began time.Time) {
	pause := fetchPause
	if r.current.Load() == nil {
		pause = min(firstPause<<min(r.failures, 6), fetchPause) // 1 s << 6 is past the minute
	}
	r.failures++
	r.earliest = began.Add(pause)
}

func (f *flight) wait(ctx context.Context) error {
	select {
	case <-f.done:
		return f.err
	case <-ctx.Done():
		return ctx.Err()
	}
}
