package auth

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Verifier verifies access tokens from the issuers that it trusts. It is safe for concurrent use, and has nothing to
// close: the only goroutine that it starts is a fetch of keys, which ends within 10 s.
type Verifier struct {
	now     func() time.Time
	issuers []*Issuer
	seen    *cache
}

// NewVerifier returns a verifier that trusts the issuers and reads the time from now. No network is used before the
// first token of a remote issuer arrives. Two issuers that could both have issued the same token are an error: it would
// be left to chance which audiences and keys count.
func NewVerifier(now func() time.Time, issuers ...*Issuer) (*Verifier, error) {
	for i, a := range issuers {
		for _, b := range issuers[:i] {
			if a.overlaps(b) {
				return nil, fmt.Errorf("issuers %q and %q cover the same tokens: trust one of them, with the audiences of both", b.name, a.name)
			}
		}
	}
	return &Verifier{now: now, issuers: issuers, seen: newCache()}, nil
}

// Verify returns who the token speaks for.
//
// A token that is refused gives an [*Error]. If the issuer's keys have never been fetched and cannot be now, or ctx ends
// while they are on their way, the error wraps [ErrUnavailable] instead. All other waiting is bounded: the first tokens
// of an issuer wait for its keys for at most 10 s, and one token a minute may wait as long for a key that is not known yet.
//
// A verified token is remembered for up to 5 minutes, but never beyond its expiry nor beyond a change of its issuer's
// keys; so a token that its issuer revokes, which no key tells, works until it expires.
func (v *Verifier) Verify(ctx context.Context, raw string) (Principal, error) {
	if len(raw) > maxTokenSize {
		return Principal{}, refuse("The token is longer than %d bytes.", maxTokenSize)
	}
	now := v.now()
	id := digest(raw)
	if who, ok := v.seen.get(id, now); ok {
		return who, nil
	}
	verified, err := v.verify(ctx, raw, now)
	if err != nil {
		return Principal{}, err
	}
	v.seen.put(id, verified, now)
	return verified.principal, nil
}

// verification is a verified token: who it speaks for, and what that rests on.
type verification struct {
	principal Principal
	ring      *keyring
	keys      *keySet // the key set in ring that had the key
}

func (v *Verifier) verify(ctx context.Context, raw string, now time.Time) (verification, error) {
	t, err := parse(raw)
	if err != nil {
		return verification{}, err
	}
	issuer, err := v.issuerOf(t.payload)
	if err != nil {
		return verification{}, err
	}
	k, keys, err := issuer.keys.find(ctx, t.header.KeyID, now)
	if err != nil {
		return verification{}, err
	}
	if err := k.verify(t); err != nil {
		return verification{}, err
	}
	who, err := issuer.accept(t.payload, now)
	if err != nil {
		return verification{}, err
	}
	return verification{principal: who, ring: &issuer.keys, keys: keys}, nil
}

// issuerOf chooses the issuer by claims that are not verified yet. It can do no harm: the issuer's own key must then
// verify the same claims. A personal account is refused already here, because its issuer is rarely among the trusted
// ones and "not trusted" would send its owner looking in the wrong place.
func (v *Verifier) issuerOf(p payload) (*Issuer, error) {
	if strings.EqualFold(p.Tenant, personalTenant) {
		return nil, refuse("Personal Microsoft accounts are not supported; sign in with a work or school account.")
	}
	for _, issuer := range v.issuers {
		if issuer.issues(p.Issuer, p.Tenant) {
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
