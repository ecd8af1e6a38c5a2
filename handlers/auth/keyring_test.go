package auth_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"afterhours/handlers/auth"

	"github.com/golang-jwt/jwt/v5"
)

// unknown returns a token with valid claims and a kid that the issuer does not list.
func (w testVerifier) unknown(kid string) string {
	return sign(object{"alg": "RS256", "kid": kid}, w.claims(), jwt.SigningMethodRS256, keys().attacker)
}

// numbered returns the n-th of many different valid tokens.
func (w testVerifier) numbered(n int) string { return token(w.claims().with(object{"n": n})) }

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for range 10_000 {
		if holds() {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatalf("waited 10 s in vain until %s", what)
}

func TestNoFetchBeforeTheFirstToken(t *testing.T) {
	w := newTestVerifier(t)
	local := must(w.local.Mint(auth.Claims{Tenant: tenantA, User: alice, Scopes: []string{"x"}, Expires: time.Hour}, w.now()))
	if _, err := w.verify(local); err != nil {
		t.Fatal(err)
	}
	stranger := token(w.claims().with(object{"iss": "https://attacker.example"}))
	_, err := w.verify(stranger)
	wantRefused(t, err, stranger, "not trusted here")
	if n := w.remote.fetches.Load(); n != 0 {
		t.Errorf("the key set was fetched %d times, want never", n)
	}
}

func TestFirstTokensShareOneFetch(t *testing.T) {
	w := newTestVerifier(t)
	g := w.remote.hold()
	var failed atomic.Int64
	var all sync.WaitGroup
	for n := range 100 {
		all.Go(func() {
			if _, err := w.verify(w.numbered(n)); err != nil {
				failed.Add(1)
			}
		})
	}
	<-g.entered
	w.remote.release(g)
	all.Wait()
	if failed.Load() != 0 || w.remote.fetches.Load() != 1 {
		t.Errorf("%d of 100 tokens failed after %d fetches, want none after one", failed.Load(), w.remote.fetches.Load())
	}
}

func TestFirstTokenWaitsNoLongerThanItsRequest(t *testing.T) {
	w := newTestVerifier(t)
	g := w.remote.hold()
	defer w.remote.release(g)
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		<-g.entered
		cancel()
	}()
	_, err := w.verifier.Verify(ctx, token(w.claims()))
	if !errors.Is(err, auth.ErrUnavailable) || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want ErrUnavailable because the context was cancelled", err)
	}
}

// TestStartWhileTheIssuerIsDown checks the pauses between fetches while there are no keys: 1, 2, 4, 8, 16, 32, 60, 60,
// ... seconds.
func TestStartWhileTheIssuerIsDown(t *testing.T) {
	w := newTestVerifier(t)
	w.remote.down.Store(true)
	attempts := 0
	issuer := newIssuer(t, w.remote.name(), countingClient(w.remote.server.Client(), &attempts))
	w.verifier = newVerifier(t, w.clock, issuer)

	var pauses []int
	for second, last := 0, 0; second < 200; second++ {
		before := attempts
		_, err := w.verify(token(w.claims()))
		if !errors.Is(err, auth.ErrUnavailable) {
			t.Fatalf("second %d: got %v, want ErrUnavailable", second, err)
		}
		if attempts > before && second > 0 {
			pauses = append(pauses, second-last)
			last = second
		}
		w.advance(time.Second)
	}
	if got, want := fmt.Sprint(pauses), "[1 2 4 8 16 32 60 60]"; got != want {
		t.Errorf("pauses %s, want %s", got, want)
	}
	w.remote.down.Store(false)
	w.advance(time.Minute)
	if _, err := w.verify(token(w.claims())); err != nil {
		t.Errorf("after the issuer came back: %v", err)
	}
}

func TestRotatedKeyIsSeenWithinAMinute(t *testing.T) {
	w := newTestVerifier(t)
	if _, err := w.verify(token(w.claims())); err != nil {
		t.Fatal(err)
	}
	w.remote.publish(publicJWK(keys().rsa, "rsa", nil), publicJWK(keys().rsa2, "new", nil))
	rotated := sign(object{"alg": "RS256", "kid": "new"}, w.claims(), jwt.SigningMethodRS256, keys().rsa2)
	_, err := w.verify(rotated)
	wantRefused(t, err, rotated, noKey)
	w.advance(time.Minute)
	if _, err := w.verify(rotated); err != nil {
		t.Errorf("a minute later: %v", err)
	}
}

// TestRotationLosesNoRequest checks that all tokens of a new key that come while its issuer is asked are good.
func TestRotationLosesNoRequest(t *testing.T) {
	const tokens = 16
	w := newTestVerifier(t)
	if _, err := w.verify(token(w.claims())); err != nil {
		t.Fatal(err)
	}
	w.remote.publish(publicJWK(keys().rsa, "rsa", nil), publicJWK(keys().rsa2, "new", nil))
	w.advance(time.Minute)
	g := w.remote.hold()
	var began, failed atomic.Int64
	var all sync.WaitGroup
	for n := range tokens {
		all.Go(func() {
			rotated := sign(object{"alg": "RS256", "kid": "new"}, w.claims().with(object{"n": n}), jwt.SigningMethodRS256, keys().rsa2)
			began.Add(1)
			if _, err := w.verify(rotated); err != nil {
				failed.Add(1)
			}
		})
	}
	<-g.entered
	eventually(t, "all are asked about", func() bool { return began.Load() == tokens })
	w.remote.release(g)
	all.Wait()
	if failed.Load() != 0 || w.remote.fetches.Load() != 2 {
		t.Errorf("%d tokens failed after %d fetches, want none after the second", failed.Load(), w.remote.fetches.Load())
	}
}

func TestKeysAreRefreshedHourly(t *testing.T) {
	w := newTestVerifier(t)
	for n := range 10 {
		if _, err := w.verify(w.numbered(n)); err != nil {
			t.Fatal(err)
		}
		want := int64(n/6 + 1)
		eventually(t, "the key set is fetched", func() bool { return w.remote.fetches.Load() == want })
		w.advance(10 * time.Minute)
	}
}

// TestOldKeysAreCheckedBeforeUse checks that a server that was idle for a day does not accept a key that was withdrawn
// meanwhile, not even once.
func TestOldKeysAreCheckedBeforeUse(t *testing.T) {
	w := newTestVerifier(t)
	if _, err := w.verify(token(w.claims())); err != nil {
		t.Fatal(err)
	}
	w.remote.publish(publicJWK(keys().rsa2, "new", nil))
	w.advance(24 * time.Hour)
	withdrawn := token(w.claims())
	_, err := w.verify(withdrawn)
	wantRefused(t, err, withdrawn, noKey)
}

func TestUnknownKeysCauseOneFetchAMinuteAndBlockNobody(t *testing.T) {
	const flood = 10_000
	w := newTestVerifier(t)
	if _, err := w.verify(token(w.claims())); err != nil {
		t.Fatal(err)
	}
	w.advance(time.Minute)
	tokens := make([]string, 100)
	for n := range tokens {
		tokens[n] = w.unknown(fmt.Sprint("unknown-", n))
	}

	// One token waits for the fetch. All others are refused, a few of them after a second.
	g := w.remote.hold()
	var refused atomic.Int64
	var all sync.WaitGroup
	for n := range flood {
		all.Go(func() {
			var e *auth.Error
			if _, err := w.verify(tokens[n%len(tokens)]); errors.As(err, &e) {
				refused.Add(1)
			}
		})
	}
	<-g.entered
	eventually(t, "all but one are refused", func() bool { return refused.Load() == flood-1 })
	if _, err := w.verify(w.numbered(1)); err != nil {
		t.Errorf("a good token meanwhile: %v", err)
	}
	w.remote.release(g)
	all.Wait()

	// No fetch starts in the rest of the minute.
	w.advance(59 * time.Second)
	for n := range flood {
		_, _ = w.verify(tokens[n%len(tokens)])
	}
	if refused.Load() != flood || w.remote.fetches.Load() != 2 {
		t.Errorf("%d of %d refused, %d fetches; want all, and one fetch after the first", refused.Load(), flood, w.remote.fetches.Load())
	}
}

func TestKnownKeysWorkWhileTheIssuerIsDown(t *testing.T) {
	w := newTestVerifier(t)
	if _, err := w.verify(token(w.claims())); err != nil {
		t.Fatal(err)
	}
	w.remote.down.Store(true)
	for n := range 25 * 60 {
		w.advance(time.Minute)
		if _, err := w.verify(w.numbered(n)); err != nil {
			t.Fatalf("after %d minutes: %v", n+1, err)
		}
	}
}

func TestBrokenKeySetLeavesKnownKeys(t *testing.T) {
	w := newTestVerifier(t)
	if _, err := w.verify(token(w.claims())); err != nil {
		t.Fatal(err)
	}
	w.remote.publish()
	w.advance(time.Minute)
	_, err := w.verify(w.unknown("x"))
	wantRefused(t, err, "", noKey)
	if _, err := w.verify(w.numbered(1)); err != nil {
		t.Error(err)
	}
}
