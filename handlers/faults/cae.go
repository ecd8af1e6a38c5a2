package faults

// challenges are the claims challenges that one rule has issued. Its methods need the lock of Rules.
type challenges struct{}

func newChallenges() *challenges { return &challenges{} }

// passes reports whether a request is not challenged: its token is new enough, or its client cannot
// answer a challenge.
func (c *challenges) passes(*Request) bool { return false }

// issue returns the challenge for a request, the header WWW-Authenticate.
func (c *challenges) issue(*Request) string { return bearer }
