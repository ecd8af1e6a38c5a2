package faults

import (
	"encoding/base64"
	"fmt"
	"math"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
)

// maxChallenged is how many callers a rule remembers that it challenged, about 300 KB of memory. The one
// that came longest ago is forgotten first.
const maxChallenged = 1000

// revoked is the message with which Graph refuses a token from before its user's sign-ins were revoked.
const revoked = "Continuous access evaluation resulted in claims challenge with result: InteractionRequired " +
	"and code: TokenIssuedBeforeRevocationTimestamp"

// challenges are the claims challenges of one rule. They treat every token from before a time as revoked.
// Their methods need the lock of Rules.
type challenges struct {
	since int64 // that time, in whole Unix seconds as in nbf
	known *lru.Cache[callerKey, *challenged]
}

// callerKey is who gets new tokens.
type callerKey struct{ tenant, user, application string }

// challenged is what a caller was told. A new token may begin in the second of the challenge, as the old
// token may. So nbf alone does not tell them apart.
type challenged struct {
	token [32]byte // the first that was challenged
	asked int64    // the least nbf of a new token, in Unix seconds
}

// newChallenges returns the challenges of a rule that was made at a time of the server's clock.
func newChallenges(made time.Time) *challenges { return challengesSince(made.Unix()) }

// simulatedChallenges returns the challenges of requests that bring their own fault. The first request
// of a caller is challenged whatever its token.
func simulatedChallenges() *challenges { return challengesSince(math.MaxInt64) }

func challengesSince(since int64) *challenges {
	known, err := lru.New[callerKey, *challenged](maxChallenged)
	if err != nil {
		panic(err) // lru.New fails only if the size is below one
	}
	return &challenges{since: since, known: known}
}

// passes reports whether a request is not challenged: its token is new enough, or its client cannot
// answer a challenge.
func (c *challenges) passes(q *Request) bool {
	if !q.AnswersClaims {
		return true
	}
	told, ok := c.known.Get(keyOf(q))
	if !ok {
		return q.NotBefore.Unix() > c.since
	}
	return q.NotBefore.Unix() >= told.asked && q.Token != told.token
}

// issue returns the challenge for a request that does not pass, the header WWW-Authenticate.
func (c *challenges) issue(q *Request) string {
	told, ok := c.known.Get(keyOf(q))
	if !ok {
		told = &challenged{token: q.Token, asked: c.since}
		c.known.Add(keyOf(q), told)
	}
	// If the clock was moved back, no new token would be as late as the rule.
	told.asked = min(told.asked, q.Now.Unix())
	return claimsChallenge(q.Origin, told.asked)
}

func keyOf(q *Request) callerKey { return callerKey{q.Tenant, q.User, q.Application} }

// claimsChallenge returns the header by which Graph asks for a token that begins at notBefore or later, in
// Unix seconds. SDKs want a single header that begins with Bearer, claims in quotes, and no comma in a
// value.
func claimsChallenge(origin string, notBefore int64) string {
	claims := fmt.Sprintf(`{"access_token":{"nbf":{"essential":true,"value":"%d"}}}`, notBefore)
	return challenge(origin) + fmt.Sprintf(`, error="insufficient_claims", claims="%s", error_description="%s"`,
		base64.StdEncoding.EncodeToString([]byte(claims)), revoked)
}
