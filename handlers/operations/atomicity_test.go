package operations

import (
	"context"
	"errors"
	"testing"

	"afterhours/gen"
	"afterhours/handlers/problem"
	"afterhours/store"
	"afterhours/store/edm"
	"afterhours/store/memory"
)

// updateIn sends an update of the test statistic within a group.
func updateIn(ctx context.Context, s *Service, group *AtomicityGroup, d edm.Duration) (*Response, error) {
	req := newTestRequest()
	req.Group = group
	return s.Update(ctx, req, Me, testKey.ID, durationOf(d), gen.UpdateUserStatisticParams{})
}

// TestAtomically checks that the changes of a group are stored only if its requests report success, and
// that nothing of a group is cached.
func TestAtomically(t *testing.T) {
	over := memory.New()
	service := newTestService(t, over)
	putCall(t, over)
	for _, success := range []bool{false, true} {
		err := service.Atomically(t.Context(), func(group *AtomicityGroup) bool {
			if _, err := updateIn(t.Context(), service, group, edm.Minute); err != nil {
				t.Error(err)
			}
			stored, _, err := over.Get(t.Context(), testKey)
			if err != nil || stored.Duration != store.Of(edm.Hour) {
				t.Errorf("within the group %v is stored, %v", stored.Duration, err)
			}
			return success
		})
		want := map[bool]edm.Duration{false: edm.Hour, true: edm.Minute}[success]
		stored, _, getErr := over.Get(t.Context(), testKey)
		if err != nil || getErr != nil || stored.Duration != store.Of(want) {
			t.Errorf("success %t: %v is stored, %v %v", success, stored.Duration, err, getErr)
		}
		if _, ok := service.recent.get(testKey); ok {
			t.Error("the group filled the cache")
		}
	}
}

// TestAtomicallyRetriesRaces checks that a group runs again if another writer came between, the second
// time with the locks of its statistics, and that it gives up in the end.
func TestAtomicallyRetriesRaces(t *testing.T) {
	over := memory.New()
	service := newTestService(t, over)
	putCall(t, over)
	write := func() {
		stored, _, err := over.Get(t.Context(), testKey)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := over.Put(t.Context(), testKey, stored.Record, stored.Revision); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		races, runs int
		err         error
	}{{0, 1, nil}, {1, 2, nil}, {maxRaces, maxRaces, problem.ErrUnavailable}} {
		runs := 0
		err := service.Atomically(t.Context(), func(group *AtomicityGroup) bool {
			if locked := len(service.locks.byKey) == 1; locked != (runs > 0) {
				t.Errorf("run %d: locked is %t", runs, locked)
			}
			_, err := updateIn(t.Context(), service, group, edm.Duration(test.runs))
			if runs++; runs <= test.races {
				write()
			}
			return err == nil
		})
		if !errors.Is(err, test.err) || runs != test.runs || len(service.locks.byKey) != 0 {
			t.Errorf("%d races: %v after %d runs, %d locks left", test.races, err, runs, len(service.locks.byKey))
		}
	}
}
