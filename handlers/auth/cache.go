package auth

import (
	"crypto/sha256"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
)

const (
	// cacheSize is how many verified tokens are remembered; about 10 MB when full. Only tokens that were verified get
	// in, so nobody without one can push others out.
	cacheSize = 16384
	// cacheTTL is how long a verification stands without being repeated.
	cacheTTL = 5 * time.Minute
)

// tokenID stands for a token's text, so that no memory dump of the cache gives a usable token.
type tokenID [sha256.Size]byte

// digest copies the token to the stack if it is of common length: a conversion to []byte would be the only allocation
// of a verification from the cache.
func digest(raw string) tokenID {
	var stack [4 << 10]byte
	return sha256.Sum256(append(stack[:0], raw...))
}

// cache remembers verified tokens: an elliptic curve signature takes a hundred times as long to verify as its token
// takes to look up.
type cache struct {
	entries *lru.Cache[tokenID, cacheEntry]
}

type cacheEntry struct {
	verification
	until time.Time
}

func newCache() *cache {
	entries, err := lru.New[tokenID, cacheEntry](cacheSize)
	if err != nil {
		panic(err) // only a size below one is an error
	}
	return &cache{entries: entries}
}

// get returns the principal of a token that was verified with keys that are still current. Comparing the key sets by
// identity, rather than emptying the cache when they change, leaves no moment at which a removed key still works.
func (c *cache) get(id tokenID, now time.Time) (Principal, bool) {
	entry, ok := c.entries.Get(id)
	if !ok {
		return Principal{}, false
	}
	if !now.Before(entry.until) || entry.keys != entry.ring.current.Load() {
		c.entries.Remove(id)
		return Principal{}, false
	}
	return entry.principal, true
}

func (c *cache) put(id tokenID, v verification, now time.Time) {
	until := now.Add(cacheTTL)
	if v.principal.Expires.Before(until) {
		until = v.principal.Expires
	}
	c.entries.Add(id, cacheEntry{verification: v, until: until})
}
