package handlers

import (
	lru "github.com/hashicorp/golang-lru/v2"

	"afterhours/store"
)

// recentStatistics bounds the memory of recent: about 11 MiB, and 26 where all ids
// and time zones are as long as they may be.
const recentStatistics = 16384

// recent remembers statistics as this process has stored or read them last, so that a
// PATCH knows what it merges into without asking the store, which costs about as much
// as the write. Others may have written since: what was merged into a remembered
// statistic may only be stored by a compare-and-swap with its revision, which no other
// content ever had, and nothing else may be answered from here. nil remembers nothing.
type recent struct {
	statistics *lru.Cache[store.Key, store.Statistic]
}

func newRecent() *recent {
	statistics, err := lru.New[store.Key, store.Statistic](recentStatistics)
	if err != nil {
		panic(err) // only a size below one is an error
	}
	return &recent{statistics}
}

func (r *recent) get(key store.Key) (store.Statistic, bool) {
	if r == nil {
		return store.Statistic{}, false
	}
	return r.statistics.Get(key)
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
