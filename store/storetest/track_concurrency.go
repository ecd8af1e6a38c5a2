package storetest

import (
	"errors"
	"sync"
	"testing"

	"afterhours/store"
	"afterhours/store/edm"
)

// copyAmongWriters has copiers follow while writers create, replace, delete and apply.
func copyAmongWriters(t *testing.T, s store.Store) {
	ended := make(chan struct{})
	var writers, copiers sync.WaitGroup
	for n := range 6 {
		writers.Go(func() { writeAtRandom(t, s, n) })
	}
	all := []*copier{newCopier(ada, 3), newCopier(ada, 1000), newCopier(ada, 10)}
	for _, c := range all {
		copiers.Go(func() {
			for done := false; !done; {
				select {
				case <-ended:
					done = true
				default:
				}
				if _, err := c.follow(s); err != nil {
					t.Errorf("following: %v", err)
					return
				}
			}
		})
	}
	writers.Wait()
	close(ended)
	copiers.Wait()
	for i, c := range all {
		if copied, stored, err := c.difference(s); err != nil || copied != nil || stored != nil {
			t.Errorf("copier %d has %+v\nand the store %+v, %v", i, copied, stored, err)
		}
	}
}

// writeAtRandom writes twenty keys that several writers share.
func writeAtRandom(t testing.TB, s store.Store, n int) {
	for i := range 100 {
		key := numbered(ada, (i*7+n*3)%20)
		stored, _, err := s.Get(background, key)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			t.Errorf("Get: %v", err)
			return
		}
		record := withDuration(call, edm.Duration(1000*n+i))
		switch i % 4 {
		case 0:
			_, _, err = s.Put(background, key, record, stored.Revision)
		case 1:
			err = s.Delete(background, key, stored.Revision)
		default:
			other := numbered(ada, 100+n)
			var was store.Statistic
			if was, _, err = s.Get(background, other); err == nil || errors.Is(err, store.ErrNotFound) {
				err = s.Apply(background, []store.Change{replacement(other, was.Revision, record), replacement(key, stored.Revision, record)})
			}
		}
		if err != nil && !errors.Is(err, store.ErrConflict) && !errors.Is(err, store.ErrExists) && !errors.Is(err, store.ErrNotFound) {
			t.Errorf("writing: %v", err)
			return
		}
	}
}
