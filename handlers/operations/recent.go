package operations

import (
	"sync/atomic"

	lru "github.com/hashicorp/golang-lru/v2"

	"afterhours/store"
)

// recentStatistics bounds the memory of recent: about 11 MiB, 26 MiB if all ids and time zones are
// as long as they may be.
const recentStatistics = 16384

// recent caches the statistics that this process stored or read last. It spares a PATCH the read of
// the statistic that it merges into, which costs about as much as the write. Another server may
// have written since, so the merged record may only be stored by compare-and-swap with the cached
// revision, which no other content ever had. Nothing else may be answered from the cache. A nil
// cache remembers nothing.
type recent struct {
	statistics   *lru.Cache[store.Key, store.Statistic]
	hits, misses atomic.Uint64
}

func newRecent() *recent {
	statistics, err := lru.New[store.Key, store.Statistic](recentStatistics)
	if err != nil {
		panic(err) // only a size below one is an error
	}
	return &recent{statistics: statistics}
}

func (r *recent) get(key store.Key) (store.Statistic, bool) {
	if r == nil {
		return store.Statistic{}, false
	}
	statistic, ok := r.statistics.Get(key)
	if ok {
		r.hits.Add(1)
	} else {
		r.misses.Add(1)
	}
	return statistic, ok
}

func (r *recent) remember(key store.Key, statistic store.Statistic) {
	if r != nil {
		r.statistics.Add(key, statistic)
	}
}

func (r *recent) forget(key store.Key) {
	if r != nil {
		r.statistics.Remove(key)
	}
}
