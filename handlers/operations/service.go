// Package operations owns what each operation of the contract does over a store, for one caller. It
// leaves alone HTTP, tokens and validation (handlers, auth, input): it gets bound parameters and a
// bound body, and returns a Response or an error.
//
//	Service.Update -> owner -> keyedMutex -> recent or store.Get -> precondition -> wire.Type.Merge -> judge
//	               -> store.Put by compare-and-swap -> Response
package operations

import (
	"log/slog"
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
	learned *lru.Cache[store.User, struct{}]
}

// learnedAliases bounds the memory of Service.learned: about 4 MiB.
const learnedAliases = 16384

// New returns a service over the store that reads the time from now. A strict one refuses the writes that
// break the contract's x-strict-rules; any other one logs them.
func New(over store.Store, contract *spec.Contract, log *slog.Logger, now func() time.Time, strict bool) (*Service, error) {
	learned, err := lru.New[store.User, struct{}](learnedAliases)
	if err != nil {
		return nil, err
	}
	return &Service{store: over, spec: contract, log: log, now: now, recent: newRecent(), strict: strict, learned: learned}, nil
}
