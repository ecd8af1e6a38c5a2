package storetest

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"afterhours/store"
)

// methods calls each method that can fail, in a store where the key first is free.
var methods = map[string]func(ctx context.Context, s store.Store) error{
	"Get": func(ctx context.Context, s store.Store) error { _, _, err := s.Get(ctx, first); return err },
	"List": func(ctx context.Context, s store.Store) error {
		_, err := s.List(ctx, ada, store.Query{Limit: 1})
		return err
	},
	"Count": func(ctx context.Context, s store.Store) error { _, err := s.Count(ctx, ada, nil); return err },
	"Aggregate": func(ctx context.Context, s store.Store) error {
		_, err := s.Aggregate(ctx, ada, store.Aggregation{})
		return err
	},
	"Put": func(ctx context.Context, s store.Store) error {
		_, _, err := s.Put(ctx, first, call, store.NoRevision)
		return err
	},
	"Apply": func(ctx context.Context, s store.Store) error {
		return s.Apply(ctx, []store.Change{creation(first, call)})
	},
	"Apply nothing": func(ctx context.Context, s store.Store) error { return s.Apply(ctx, nil) },
	"Delete":        func(ctx context.Context, s store.Store) error { return s.Delete(ctx, first, store.NewRevision()) },
	"Track":         func(ctx context.Context, s store.Store) error { _, err := s.Track(ctx, ada, noon); return err },
	"Changes": func(ctx context.Context, s store.Store) error {
		_, err := s.Changes(ctx, ada, store.Span{}, 1)
		return err
	},
	"Settings": func(ctx context.Context, s store.Store) error { _, err := s.Settings(ctx, ada); return err },
	"UpdateSettings": func(ctx context.Context, s store.Store) error {
		_, err := s.UpdateSettings(ctx, ada, store.SettingsChange{})
		return err
	},
	"UserByUPN": func(ctx context.Context, s store.Store) error {
		_, err := s.UserByUPN(ctx, ada.Tenant, adaUPN)
		return err
	},
	"Users": func(ctx context.Context, s store.Store) error {
		_, err := s.Users(ctx, ada.Tenant, "", 1)
		return err
	},
	"Tenants": func(ctx context.Context, s store.Store) error { _, err := s.Tenants(ctx); return err },
	"Owners": func(ctx context.Context, s store.Store) error {
		_, err := s.Owners(ctx, ada.Tenant, "", 1)
		return err
	},
	"Person": func(ctx context.Context, s store.Store) error {
		if _, err := s.Person(ctx, ada); !errors.Is(err, store.ErrNotFound) {
			return err
		}
		return nil
	},
	"People": func(ctx context.Context, s store.Store) error {
		_, err := s.People(ctx, ada.Tenant, "", 1)
		return err
	},
	"CountPeople": func(ctx context.Context, s store.Store) error { _, err := s.CountPeople(ctx, ada.Tenant); return err },
	"PutUser": func(ctx context.Context, s store.Store) error {
		return s.PutUser(ctx, store.User{Owner: ada, UPN: adaUPN}, false)
	},
	"DeleteUser": func(ctx context.Context, s store.Store) error { return s.DeleteUser(ctx, ada.Tenant, adaUPN) },
	"Check":      func(ctx context.Context, s store.Store) error { return s.Check(ctx) },
}

var cancelTests = map[string]func(*testing.T, store.Store){
	"a context that is done is the error of every method": func(t *testing.T, s store.Store) {
		cancelled, cancel := context.WithCancel(background)
		cancel()
		expired, cancel := context.WithDeadline(background, time.Unix(0, 0))
		defer cancel()
		for name, method := range methods {
			if err := method(cancelled, s); !errors.Is(err, context.Canceled) {
				t.Errorf("%s: the error is %v; want %v", name, err, context.Canceled)
			}
			if err := method(expired, s); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%s: the error is %v; want %v", name, err, context.DeadlineExceeded)
			}
		}
		must(t, s.Check(background))
	},
	"calls that are cancelled under way spoil no others": func(t *testing.T, s store.Store) {
		var callers sync.WaitGroup
		for n := range 40 {
			callers.Go(func() { putAndRead(t, s, n) })
		}
		callers.Wait()
		must(t, s.Check(background))
		wantStored(t, s, first, mustPut(t, s, first, call, store.NoRevision), call)
	},
}

// putAndRead creates 25 statistics, every second one with a context that ends during the
// call. It checks that each statistic is stored whose Put returned nil.
func putAndRead(t testing.TB, s store.Store, n int) {
	for i := range 25 {
		ctx, cancel := background, context.CancelFunc(func() {})
		if i%2 == 0 {
			ctx, cancel = context.WithTimeout(background, time.Duration(rand.IntN(2000))*time.Microsecond)
		}
		key := numbered(bob, n*25+i)
		revision, _, err := s.Put(ctx, key, call, store.NoRevision)
		switch {
		case err == nil:
			wantStoredUnder(t, s, key, revision)
		case i%2 != 0 || !errors.Is(err, context.DeadlineExceeded):
			t.Errorf("Put: %v", err)
		}
		if _, err := s.List(ctx, bob, store.Query{Limit: 10}); err != nil && !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("List: %v", err)
		}
		cancel()
	}
}

func wantStoredUnder(t testing.TB, s store.Store, key store.Key, revision store.Revision) {
	t.Helper()
	if got, _, err := s.Get(background, key); err != nil || got.Revision != revision {
		t.Errorf("Get(%q) = %+v, %v; want revision %d", key.ID, got, err, revision)
	}
}

var closeTests = map[string]func(*testing.T, store.Store){
	"every method is ErrClosed after it": func(t *testing.T, s store.Store) {
		must(t, s.Close())
		for name, method := range methods {
			if err := method(background, s); !errors.Is(err, store.ErrClosed) {
				t.Errorf("%s: the error is %v; want %v", name, err, store.ErrClosed)
			}
		}
	},
	"a second one is nil": func(t *testing.T, s store.Store) {
		for range 3 {
			must(t, s.Close())
		}
	},
	"several at once are nil": func(t *testing.T, s store.Store) {
		var callers sync.WaitGroup
		for range 10 {
			callers.Go(func() {
				if err := s.Close(); err != nil {
					t.Errorf("Close: %v", err)
				}
			})
		}
		callers.Wait()
	},
	"calls under way succeed or are ErrClosed": func(t *testing.T, s store.Store) {
		closeAmongWrites(t, s)
	},
}

// closeAmongWrites closes a store while 32 goroutines write to it. Each write must succeed
// or return ErrClosed. It returns the keys of the writes that succeeded.
func closeAmongWrites(t testing.TB, s store.Store) map[store.Key]store.Revision {
	t.Helper()
	var (
		mu      sync.Mutex
		written = make(map[store.Key]store.Revision)
		started atomic.Int64
		callers sync.WaitGroup
	)
	for n := range 32 {
		callers.Go(func() {
			for i := 0; ; i++ {
				started.Add(1)
				key := numbered(ada, n*10_000+i)
				revision, _, err := s.Put(background, key, call, store.NoRevision)
				if err != nil {
					wantError(t, err, store.ErrClosed)
					return
				}
				mu.Lock()
				written[key] = revision
				mu.Unlock()
				if _, _, err := s.Get(background, key); err != nil {
					wantError(t, err, store.ErrClosed)
				}
			}
		})
	}
	for started.Load() < 500 {
		time.Sleep(time.Millisecond)
	}
	must(t, s.Close())
	callers.Wait()
	return written
}
