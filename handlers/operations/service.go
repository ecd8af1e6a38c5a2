// Package operations owns what each operation of the contract does over a store, for one caller. It
// leaves alone HTTP, tokens and validation (handlers, auth, input): it gets bound parameters and a
// bound body, and returns a Response or an error.
//
//	Service.Update -> owner -> keyedMutex -> recent or store.Get -> precondition -> wire.Type.Merge -> judge
//	               -> store.Put by compare-and-swap -> Response
package operations

import (
	"log/slog"
	"sync/atomic"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"afterhours/handlers/spec"
	"afterhours/store"
)

// Service runs the operations over a store. Its methods may be called concurrently.
type Service struct {
	store  store.Store
	spec   *spec.Contract
	log    *slog.Logger
	now    func() time.Time
	locks  keyedMutex
	recent *recent
	strict bool
	hints  hints
	// learned has the aliases that this process has seen in tokens, so that each is stored
	// once and not at every request.
	learned atomic.Pointer[learnedAliases]
	// queryTime is how long a query of many statistics may take.
	queryTime time.Duration
}

type learnedAliases = lru.Cache[store.User, struct{}]

// mostLearned bounds the memory of Service.learned: about 4 MiB.
const mostLearned = 16384

// Config is the parts of a Service. All but Strict are required.
type Config struct {
	Store    store.Store
	Contract *spec.Contract
	Log      *slog.Logger
	// Now is the clock.
	Now func() time.Time
	// QueryTime is how long a query of many statistics may take.
	QueryTime time.Duration
	// Strict refuses the writes that break the contract's x-strict-rules. Without it, the log has a hint.
	Strict bool
}

// New returns a service.
func New(config Config) (*Service, error) {
	s := &Service{
		store:     config.Store,
		spec:      config.Contract,
		log:       config.Log,
		now:       config.Now,
		recent:    newRecent(),
		queryTime: config.QueryTime,
		strict:    config.Strict,
	}
	s.Forget()
	return s, nil
}

// CacheReads counts the statistics that a PATCH found in the cache of statistics, and those that it did
// not find there.
func (s *Service) CacheReads() (hits, misses uint64) {
	return s.recent.hits.Load(), s.recent.misses.Load()
}

// Forget drops the aliases that the service knows to be stored, after the content of the store was
// replaced. Aliases that requests under way store before that are dropped as well: they go to the old
// cache. The cached statistics need not be forgotten: they are only ever written by compare-and-swap.
func (s *Service) Forget() {
	learned, err := lru.New[store.User, struct{}](mostLearned)
	if err != nil {
		panic(err) // only a size below one is an error
	}
	s.learned.Store(learned)
}
