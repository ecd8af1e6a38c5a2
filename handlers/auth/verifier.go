package auth

import (
	"context"
	"strings"
	"sync/atomic"
	"time"
)

// Verifier verifies access tokens from the issuers that it trusts. It is safe for concurrent use. It needs no Close: the
// only goroutine that it starts is a fetch of keys, which ends within 10 s.
type Verifier struct {
	now      func() time.Time
	issuers  []*Issuer
	verified *cache

	misses, strange atomic.Uint64 // see State
}

// NewVerifier returns a verifier that trusts the issuers and reads the time from now. It uses no network before
// FetchKeys is called or the first token of a remote issuer arrives.
//
// Two issuers that could both have issued the same token are an error, because their order alone would decide which
// audiences and keys count. So are two that could name each other's tenants, see tenants.go.
func NewVerifier(now func() time.Time, issuers ...*Issuer) (*Verifier, error) {
	for i, a := range issuers {
		for _, b := range issuers[:i] {
			if err := checkTogether(b, a); err != nil {
				return nil, err
			}
		}
	}
	return &Verifier{now: now, issuers: issuers, verified: newCache()}, nil
}

// FetchKeys starts to fetch the keys of every remote issuer that it has no keys of, and does not wait for them. A failure
// is logged, so a server that calls it at its start tells of a wrong address at once.
func (v *Verifier) FetchKeys() {
	for _, issuer := range v.issuers {
		if issuer.keys.fetch != nil && issuer.keys.current.Load() == nil {
			issuer.keys.start(context.Background(), v.now)
		}
	}
}

// Verify returns the caller that the token names.
//
// The error is an [*Error] if the token is refused. It is an [*UnavailableError] if the issuer's keys have never been
// fetched and cannot be fetched now, or if ctx ends during that first fetch. The first tokens of an issuer wait for its
// keys for at most 3 s. Once it has keys, one token a minute may wait up to 10 s for a key that is not known yet.
//
// A verified token is cached for up to 5 minutes, but not after it expires and not after a change of its issuer's keys.
// A token that its issuer revokes works until it expires, because revoking a token changes no key.
func (v *Verifier) Verify(ctx context.Context, raw string) (Principal, error) {
	if len(raw) > maxTokenSize {
		return Principal{}, refuse("The token is longer than %d bytes.", maxTokenSize)
	}
	now := v.now()
	id := digest(raw)
	if caller, ok := v.verified.get(id, now); ok {
		return caller, nil
	}
	v.misses.Add(1)
	result, err := v.verify(ctx, raw, now)
	if err != nil {
		return Principal{}, err
	}
	result.principal.Token = id
	v.verified.put(id, result, now)
	return result.principal, nil
}

// Forget drops all cached verifications, for a clock that is set: a cached token is not held against nbf again.
func (v *Verifier) Forget() { v.verified.entries.Purge() }

// Known returns the caller of a token that is verified already. It costs little.
func (v *Verifier) Known(raw string) (Principal, bool) {
	if len(raw) > maxTokenSize {
		return Principal{}, false
	}
	return v.verified.get(digest(raw), v.now())
}

// verification is the result for a verified token: its caller, and the keys that it was verified with.
type verification struct {
	principal Principal
	ring      *keyring // the keys of the token's issuer
	keys      *keySet  // the set in ring that held the token's key
}

// verify verifies the token without the cache, in the order of the steps in the package comment.
func (v *Verifier) verify(ctx context.Context, raw string, now time.Time) (verification, error) {
	t, err := parse(raw)
	if err != nil {
		v.strange.Add(1)
		return verification{}, err
	}
	issuer, err := v.issuerOf(t.payload)
	if err != nil {
		v.strange.Add(1)
		return verification{}, err
	}
	result, err := v.verifyOf(ctx, issuer, t, now)
	issuer.outcomes.count(err)
	return result, err
}

// verifyOf verifies a token that names the issuer.
func (v *Verifier) verifyOf(ctx context.Context, issuer *Issuer, t *token, now time.Time) (verification, error) {
	k, keys, err := issuer.keys.find(ctx, t.header.KeyID, v.now)
	if err != nil {
		return verification{}, err
	}
	if err := k.verify(t); err != nil {
		return verification{}, err
	}
	caller, err := issuer.accept(t.payload, now)
	if err != nil {
		return verification{}, err
	}
	if err := v.checkTenant(issuer, caller.Tenant); err != nil {
		return verification{}, err
	}
	caller.Application = t.payload.application()
	return verification{principal: caller, ring: &issuer.keys, keys: keys}, nil
}

// issuerOf finds the issuer by claims that are not verified yet. This is safe: a key of the issuer must then verify the
// same claims. A personal account is refused here, because its issuer is rarely trusted and the message "not trusted"
// would mislead its owner.
func (v *Verifier) issuerOf(p payload) (*Issuer, error) {
	if strings.EqualFold(p.Tenant, personalTenant) {
		return nil, refuse("Personal Microsoft accounts are not supported; sign in with a work or school account.")
	}
	for _, issuer := range v.issuers {
		if issuer.issues(p) {
			return issuer, nil
		}
	}
	return nil, refuse("The token's issuer (iss), taken together with its tenant (tid), is not trusted here; trusted are: %s.", v.trusted())
}

func (v *Verifier) trusted() string {
	names := make([]string, len(v.issuers))
	for i, issuer := range v.issuers {
		names[i] = issuer.name
	}
	return strings.Join(names, ", ")
}
