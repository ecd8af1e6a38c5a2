package storetest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"afterhours/store"
)

// modelTests compare random sequences of operations with a map that does the same.
// -rapid.checks sets how many sequences are tried.
var modelTests = map[string]func(*testing.T, store.Store){
	"random sequences of operations": func(t *testing.T, s store.Store) {
		var sequences atomic.Int64
		rapid.Check(t, func(t *rapid.T) {
			n := sequences.Add(1)
			m := &model{store: s, stored: map[store.Key]store.Statistic{}, past: map[store.Key][]store.Revision{}}
			for _, user := range []string{"user-%d-a", "user-%d-b"} {
				owner := store.Owner{Tenant: ada.Tenant, User: fmt.Sprintf(user, n)}
				m.owners = append(m.owners, owner)
				m.copies = append(m.copies, newCopier(owner, 2))
			}
			t.Repeat(map[string]func(*rapid.T){"put": m.put, "delete": m.delete, "apply": m.apply, "copy": m.copy, "": m.same})
		})
	},
}

// model is the expected state of a store after the operations so far.
type model struct {
	store  store.Store
	owners []store.Owner
	stored map[store.Key]store.Statistic
	past   map[store.Key][]store.Revision // all that a key ever had
	copies []*copier                      // one for each owner
}

// drawKey draws one of a few keys, so that most come again.
func (m *model) drawKey(t *rapid.T) store.Key {
	return store.Key{Owner: one(t, "owner", m.owners...), ID: one(t, "id", idPool[:4]...)}
}

// drawWas draws the current revision of the key, an earlier one, a new one, or NoRevision.
func (m *model) drawWas(t *rapid.T, key store.Key) store.Revision {
	return one(t, "was", append(slices.Clone(m.past[key]), m.stored[key].Revision, m.stored[key].Revision, store.NoRevision, store.NewRevision())...)
}

func (m *model) put(t *rapid.T) {
	key, record := m.drawKey(t), drawRecord(t)
	was := m.drawWas(t, key)
	revision, _, err := m.store.Put(background, key, record, was)
	m.wantError(t, "Put", err, store.Meet(m.stored[key].Revision, was))
	if err == nil {
		m.keep(t, key, revision, record)
	}
}

func (m *model) delete(t *rapid.T) {
	key := m.drawKey(t)
	was := m.drawWas(t, key)
	want := store.Meet(m.stored[key].Revision, was)
	if was == store.NoRevision { // Delete never accepts it
		want = store.ErrConflict
		if m.stored[key].Revision == store.NoRevision {
			want = store.ErrNotFound
		}
	}
	err := m.store.Delete(background, key, was)
	m.wantError(t, "Delete", err, want)
	if err == nil {
		delete(m.stored, key)
	}
}

func (m *model) apply(t *rapid.T) {
	next := &model{stored: maps.Clone(m.stored), past: m.past}
	var changes []store.Change
	var want error
	for range rapid.IntRange(0, 4).Draw(t, "changes") {
		change := store.Change{Key: m.drawKey(t), Record: drawRecord(t)}
		change.Was = next.drawWas(t, change.Key)
		change.Revision = one(t, "becomes", store.NewRevision(), store.NoRevision, change.Was)
		changes = append(changes, change)
		if want == nil {
			want = store.Meet(next.stored[change.Key].Revision, change.Was)
			next.make(change)
		}
	}
	if store.IsPartitioned(m.store) && slices.ContainsFunc(changes, func(c store.Change) bool { return c.Key.Owner != changes[0].Key.Owner }) {
		want = store.ErrOwners
	}
	err := m.store.Apply(background, changes)
	m.wantError(t, "Apply", err, want)
	if err != nil {
		return
	}
	m.stored = next.stored
	for _, change := range changes {
		if change.Revision != change.Was && change.Revision != store.NoRevision {
			m.past[change.Key] = append(m.past[change.Key], change.Revision)
		}
	}
}

// copy has a copier follow, and compares its copy.
func (m *model) copy(t *rapid.T) {
	c := one(t, "copy", m.copies...)
	if _, err := c.follow(m.store); err != nil {
		t.Fatalf("following: %v", err)
	}
	if copied, stored, err := c.difference(m.store); err != nil || copied != nil || stored != nil {
		t.Fatalf("the copy has %+v and the store %+v, %v", copied, stored, err)
	}
}

// make makes a permitted change.
func (m *model) make(change store.Change) {
	switch {
	case change.Revision == change.Was:
	case change.Revision == store.NoRevision:
		delete(m.stored, change.Key)
	default:
		m.stored[change.Key] = store.Statistic{ID: change.Key.ID, Revision: change.Revision, Record: change.Record}
	}
}

func (m *model) keep(t *rapid.T, key store.Key, revision store.Revision, record store.Record) {
	if revision == store.NoRevision || slices.Contains(m.past[key], revision) {
		t.Fatalf("%+v got the revision %d, which it has had", key, revision)
	}
	m.stored[key] = store.Statistic{ID: key.ID, Revision: revision, Record: record}
	m.past[key] = append(m.past[key], revision)
}

func (m *model) wantError(t *rapid.T, doing string, err, want error) {
	if !errors.Is(err, want) || want == nil && err != nil {
		t.Fatalf("%s: %v; want %v", doing, err, want)
	}
}

// same compares the whole store with the model.
func (m *model) same(t *rapid.T) {
	for _, owner := range m.owners {
		var want []store.Statistic
		for key, statistic := range m.stored {
			if key.Owner == owner {
				want = append(want, statistic)
			}
		}
		slices.SortFunc(want, func(a, b store.Statistic) int { return store.CompareBy(nil, &a, &b) })
		got, err := m.store.List(background, owner, store.Query{Limit: len(idPool)})
		if err != nil || !slices.Equal(got, want) {
			t.Fatalf("List = %+v, %v; want %+v", got, err, want)
		}
		for _, id := range idPool[:4] {
			key := store.Key{Owner: owner, ID: id}
			stored, there := m.stored[key]
			got, _, err := m.store.Get(background, key)
			if there && (err != nil || got != stored) || !there && !errors.Is(err, store.ErrNotFound) {
				t.Fatalf("Get(%+v) = %+v, %v; want %+v, there: %t", key, got, err, stored, there)
			}
		}
	}
}
