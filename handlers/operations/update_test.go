package operations

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"afterhours/gen"
	"afterhours/handlers/problem"
	"afterhours/handlers/wire"
	"afterhours/store"
	"afterhours/store/edm"
	"afterhours/store/memory"
)

func TestUpdate(t *testing.T) {
	over := memory.New()
	service := newTestService(t, over)
	was := wire.EntityTag(putCall(t, over))
	minimal, create, existing, stale := "return=minimal", "create-if-missing", "*", `"x"`
	call := gen.TypeName("#microsoft.graph.callActivityStatistics")
	created := durationOf(edm.Second)
	created.OdataType = &call
	for _, test := range []struct {
		name, id string
		body     *gen.ActivityStatisticsUpdate
		params   gen.UpdateUserStatisticParams
		status   int   // of a success
		err      error // of a refusal
	}{
		{"stale tag", "a", durationOf(edm.Minute), gen.UpdateUserStatisticParams{IfMatch: &stale}, 0, problem.ErrPrecondition},
		{"current tag", "a", durationOf(edm.Minute), gen.UpdateUserStatisticParams{IfMatch: &was}, http.StatusOK, nil},
		{"old tag", "a", durationOf(edm.Hour), gen.UpdateUserStatisticParams{IfMatch: &was}, 0, problem.ErrPrecondition},
		{"minimal", "a", durationOf(edm.Second), gen.UpdateUserStatisticParams{Prefer: &minimal}, http.StatusNoContent, nil},
		{"nothing to change", "a", durationOf(edm.Second), gen.UpdateUserStatisticParams{}, http.StatusOK, nil},
		{"missing", "b", durationOf(edm.Second), gen.UpdateUserStatisticParams{}, 0, store.ErrNotFound},
		{"create without a type", "b", durationOf(edm.Second), gen.UpdateUserStatisticParams{Prefer: &create}, 0, problem.ErrInvalid},
		{"create if it exists", "b", created, gen.UpdateUserStatisticParams{Prefer: &create, IfMatch: &existing}, 0, problem.ErrPrecondition},
		{"create", "b", created, gen.UpdateUserStatisticParams{Prefer: &create}, http.StatusCreated, nil},
	} {
		response, err := service.Update(t.Context(), newTestRequest(), Me, test.id, test.body, test.params)
		if !errors.Is(err, test.err) || err == nil && response.Status != test.status {
			t.Errorf("%s: %+v %v, want %d %v", test.name, response, err, test.status, test.err)
			continue
		}
		want, _ := test.body.Duration.Get()
		stored, _, getErr := over.Get(t.Context(), store.Key{Owner: testOwner, ID: test.id})
		if err == nil && (getErr != nil || response.ETag != wire.EntityTag(stored.Revision) || stored.Duration != store.Of(want)) {
			t.Errorf("%s: stored is %+v, response %+v", test.name, stored, response)
		}
	}
	if len(service.locks.byKey) != 0 {
		t.Errorf("%d locks are left", len(service.locks.byKey))
	}
}

// conflictingStore is a store in which another writer always comes between a read and a write.
type conflictingStore struct {
	store.Store
	err           error
	reads, writes int
	onWrite       func()
}

func (c *conflictingStore) Get(ctx context.Context, key store.Key) (store.Statistic, store.Settings, error) {
	c.reads++
	return c.Store.Get(ctx, key)
}

func (c *conflictingStore) Put(context.Context, store.Key, store.Record, store.Revision) (store.Revision, store.Settings, error) {
	c.writes++
	if c.onWrite != nil {
		c.onWrite()
	}
	return store.NoRevision, store.Settings{}, c.err
}

func (c *conflictingStore) Delete(context.Context, store.Key, store.Revision) error {
	c.writes++
	return c.err
}

// TestUpdateRetriesRaces checks that each lost race leads to a new read and a new write, and the last
// one to an error that says unavailable. Any other error of the store ends the update at once.
func TestUpdateRetriesRaces(t *testing.T) {
	for _, test := range []struct {
		stored, want error
		tries        int
	}{
		{store.ErrConflict, problem.ErrUnavailable, maxRaces},
		{store.ErrNotFound, problem.ErrUnavailable, maxRaces},
		{store.ErrUnavailable, store.ErrUnavailable, 1},
		{store.ErrFull, store.ErrFull, 1},
	} {
		memory := memory.New()
		over := &conflictingStore{Store: memory, err: test.stored}
		service := newTestService(t, over)
		putCall(t, memory)
		_, err := service.Update(t.Context(), newTestRequest(), Me, testKey.ID, durationOf(edm.Minute), gen.UpdateUserStatisticParams{})
		if !errors.Is(err, test.want) || over.writes != test.tries || over.reads != test.tries {
			t.Errorf("%v: %v after %d reads and %d writes, want %v after %d", test.stored, err, over.reads, over.writes, test.want, test.tries)
		}
		if errors.Is(err, errRaced) != (test.tries == maxRaces) {
			t.Errorf("%v: %v", test.stored, err)
		}
	}
}

func TestUpdateStopsWithItsContext(t *testing.T) {
	memory := memory.New()
	ctx, cancel := context.WithCancel(t.Context())
	over := &conflictingStore{Store: memory, err: store.ErrConflict, onWrite: cancel}
	service := newTestService(t, over)
	putCall(t, memory)
	if _, err := service.Update(ctx, newTestRequest(), Me, testKey.ID, durationOf(edm.Minute), gen.UpdateUserStatisticParams{}); err == nil || over.writes != 1 {
		t.Errorf("%v after %d writes", err, over.writes)
	}
}

// TestUpdateOfCachedStatistic checks that a cached statistic is written without a read, and that an
// outdated one is forgotten and read again.
func TestUpdateOfCachedStatistic(t *testing.T) {
	memory := memory.New()
	over := &conflictingStore{Store: memory}
	service := newTestService(t, memory)
	putCall(t, memory)
	update := func(d edm.Duration) *Response {
		t.Helper()
		response, err := service.Update(t.Context(), newTestRequest(), Me, testKey.ID, durationOf(d), gen.UpdateUserStatisticParams{})
		if err != nil {
			t.Fatal(err)
		}
		return response
	}
	update(edm.Minute)
	cached, ok := service.recent.get(testKey)
	if !ok || cached.Duration != store.Of(edm.Minute) {
		t.Fatalf("cached: %+v %t", cached, ok)
	}
	record := cached.Record
	record.TimeZoneUsed = store.Of("another writer's")
	if _, _, err := memory.Put(t.Context(), testKey, record, cached.Revision); err != nil {
		t.Fatal(err)
	}
	if response := update(edm.Second); !strings.Contains(string(response.Body), `"another writer's"`) || !strings.Contains(string(response.Body), `"PT1S"`) {
		t.Errorf("after another writer: %s", response.Body)
	}
	service.store, over.err = over, store.ErrUnavailable
	if _, err := service.Update(t.Context(), newTestRequest(), Me, testKey.ID, durationOf(edm.Hour), gen.UpdateUserStatisticParams{}); !errors.Is(err, store.ErrUnavailable) || over.reads != 0 {
		t.Errorf("%v after %d reads", err, over.reads)
	}
	if _, ok := service.recent.get(testKey); ok {
		t.Error("the statistic is cached after a write whose outcome is unknown")
	}
}

func TestDeleteRetriesRaces(t *testing.T) {
	memory := memory.New()
	over := &conflictingStore{Store: memory, err: store.ErrConflict}
	service := newTestService(t, over)
	putCall(t, memory)
	_, err := service.Delete(t.Context(), newTestRequest(), Me, testKey.ID, gen.DeleteUserStatisticParams{})
	if !errors.Is(err, errRaced) || over.writes != maxRaces || over.reads != maxRaces {
		t.Errorf("%v after %d reads and %d writes", err, over.reads, over.writes)
	}
}
