package auth

import (
	"errors"
	"sync/atomic"
	"time"
)

// State counts what a verifier has done since it was made. The control API has a verifier of its own.
type State struct {
	// CacheHits counts the tokens that were verified before, CacheMisses those that were not.
	CacheHits, CacheMisses uint64
	// Issuers has the issuers that the verifier trusts, in their order.
	Issuers []IssuerState
	// Strange counts the refused tokens that name none of these issuers, or cannot be read.
	Strange uint64
}

// IssuerState counts the tokens that name one issuer, and the fetches of its keys.
type IssuerState struct {
	// Name is that of the configuration.
	Name string
	// Accepted, Refused and Unavailable count the tokens that were verified, by the outcome. Unavailable
	// means that the issuer's keys were not there.
	Accepted, Refused, Unavailable uint64
	// Fetched counts the fetches of keys that succeeded, FetchesFailed the others. The local issuer's
	// keys are not fetched.
	Fetched, FetchesFailed uint64
	// FetchedAt is when the keys were fetched last, by the verifier's clock; zero if never.
	FetchedAt time.Time
}

// outcomes counts verifications by their outcome.
type outcomes struct{ accepted, refused, unavailable atomic.Uint64 }

// count counts the outcome of a verification.
func (c *outcomes) count(err error) {
	switch {
	case err == nil:
		c.accepted.Add(1)
	case errors.Is(err, ErrUnavailable):
		c.unavailable.Add(1)
	default:
		c.refused.Add(1)
	}
}

// State returns what the verifier has done.
func (v *Verifier) State() State {
	s := State{CacheHits: v.verified.hits.Load(), CacheMisses: v.misses.Load(), Strange: v.strange.Load()}
	for _, issuer := range v.issuers {
		one := IssuerState{
			Name:     issuer.name,
			Accepted: issuer.outcomes.accepted.Load(), Refused: issuer.outcomes.refused.Load(), Unavailable: issuer.outcomes.unavailable.Load(),
			Fetched: issuer.keys.succeededFetches.Load(), FetchesFailed: issuer.keys.failedFetches.Load(),
		}
		issuer.keys.mu.Lock()
		one.FetchedAt = issuer.keys.fetched
		issuer.keys.mu.Unlock()
		s.Issuers = append(s.Issuers, one)
	}
	return s
}
