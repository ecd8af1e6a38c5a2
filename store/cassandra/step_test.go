package cassandra

import (
	"context"
	"errors"
	"testing"

	"afterhours/store"
	"afterhours/store/cassandra/cassandratest"
)

// TestABatchThatWasMadeAfterAll makes a step whose batch is made and then compared once more, as a node may do.
// The step succeeds, although its statistic is gone.
func TestABatchThatWasMadeAfterAll(t *testing.T) {
	s, err := Open(t.Context(), cassandratest.Address(t))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	key := store.Key{Owner: store.Owner{Tenant: "t", User: "u"}, ID: "x"}
	record := store.Record{Type: store.Call, Activity: "Call"}
	revision, _, err := s.Put(t.Context(), key, record, store.NoRevision)
	if err != nil {
		t.Fatal(err)
	}
	deleting := func() *call { return &call{changes: []store.Change{{Key: key, Was: revision}}} }
	made := deleting()
	try := func(c *call, before, stamp int64) bool {
		t.Helper()
		done, err := s.tryStep(t.Context(), key.Owner, []*call{c}, before, stamp)
		if err != nil {
			t.Fatal(err)
		}
		return done
	}
	if !try(made, 0, 1) || made.err != nil {
		t.Fatalf("the delete failed: %v", made.err)
	}
	if !try(made, 1, 2) || made.err != nil {
		t.Errorf("the delete that was made: %v; want success", made.err)
	}
	if other := deleting(); try(other, 0, 3) || !try(other, 3, 4) || !errors.Is(other.err, store.ErrNotFound) {
		t.Errorf("a delete of what another one has deleted: %v; want %v", other.err, store.ErrNotFound)
	}
}

// TestStepsOfAServerThatIsOvertaken changes the settings between the read of a step and its batch. The batch is not
// applied, since its call would return settings of before.
func TestStepsOfAServerThatIsOvertaken(t *testing.T) {
	s, err := Open(t.Context(), cassandratest.Address(t))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	owner := store.Owner{Tenant: "t", User: "u"}
	was, err := read(t.Context(), s.quorumQuery, owner, []string{"x"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.UpdateSettings(t.Context(), owner, store.SettingsChange{HasOptedOut: store.Of(true)}); err != nil {
		t.Fatal(err)
	}
	change := store.Change{Key: store.Key{Owner: owner, ID: "x"}, Revision: store.NewRevision(), Record: store.Record{Type: store.Call, Activity: "Call"}}
	applied, err := s.tryBatch(t.Context(), owner, 1, []store.Change{change}, false, was, nil)
	if applied || err != nil {
		t.Errorf("the batch was applied: %v, %v", applied, err)
	}
	if _, settings, err := s.Put(context.Background(), change.Key, change.Record, store.NoRevision); err != nil || !settings.HasOptedOut {
		t.Errorf("Put = %+v, %v; want the new settings", settings, err)
	}
}
