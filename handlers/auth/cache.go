package auth

import (
	"crypto/sha256"
	"sync/atomic"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
)

const (
	// cacheSize is how many verified tokens are cached; about 10 MB when full. Only verified tokens are added, so a
	// client without a valid token cannot push others out.
	cacheSize = 16384
	// cacheTTL is how long a cached verification is used before the token is verified again.
	cacheTTL = 5 * time.Minute
)

// TokenID is the digest of a token's text (SHA-256). The cache is keyed by it, so a memory dump of the cache holds no usable
// token.
type TokenID [sha256.Size]byte

// digest returns the token's id. It copies the token in parts: converting it to []byte would be the only allocation of a
// cache hit, and to clear a buffer for the longest token would take longer than to digest a usual one.
func digest(raw string) (id TokenID) {
	var part [512]byte
	hash := sha256.New()
	for len(raw) > 0 {
		size := copy(part[:], raw)
		hash.Write(part[:size])
		raw = raw[size:]
	}
	hash.Sum(id[:0])
	return id
}

// cache holds verified tokens. Verifying an elliptic curve signature takes a hundred times as long as a lookup.
type cache struct {
	entries *lru.Cache[TokenID, *cacheEntry]
	hits    atomic.Uint64
}

type cacheEntry struct {
	verification
	until time.Time
}

func newCache() *cache {
	entries, err := lru.New[TokenID, *cacheEntry](cacheSize)
	if err != nil {
		panic(err) // lru.New fails only if the size is below one
	}
	return &cache{entries: entries}
}

// get returns the principal of a cached token, and false if the entry is missing, too old, or verified with keys that
// are no longer current. Key sets are compared by address. Emptying the cache on a change instead would leave a moment
// in which a removed key still works.
func (c *cache) get(id TokenID, now time.Time) (Principal, bool) {
	entry, ok := c.entries.Get(id)
	if !ok {
		return Principal{}, false
	}
	if !now.Before(entry.until) || entry.keys != entry.ring.current.Load() {
		c.entries.Remove(id)
		return Principal{}, false
	}
	c.hits.Add(1)
	return entry.principal, true
}

// put caches the verification for cacheTTL, or until the token expires if that is sooner.
func (c *cache) put(id TokenID, v verification, now time.Time) {
	until := now.Add(cacheTTL)
	if v.principal.Expires.Before(until) {
		until = v.principal.Expires
	}
	c.entries.Add(id, &cacheEntry{verification: v, until: until})
}
