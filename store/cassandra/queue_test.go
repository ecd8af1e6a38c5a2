package cassandra

import (
	"testing"

	"afterhours/store"
)

// TestStepsAreBounded checks how many calls a step takes, by the number of changes that each has.
func TestStepsAreBounded(t *testing.T) {
	for _, test := range []struct {
		calls, changes, want int
	}{
		{1, 1, 1},
		{1, maxChanges + 1, 1},
		{maxCalls, 1, maxCalls},
		{maxCalls + 1, 1, maxCalls},
		{maxCalls + 1, 0, maxCalls}, // of settings alone
		{3, maxChanges / 2, 2},
		{2, maxChanges, 1},
	} {
		owner := store.Owner{Tenant: "t", User: "u"}
		q := queue{calls: map[store.Owner][]*call{}}
		for range test.calls {
			q.calls[owner] = append(q.calls[owner], &call{changes: make([]store.Change, test.changes)})
		}
		if got := len(q.next(owner)); got != test.want || len(q.calls[owner]) != test.calls-test.want {
			t.Errorf("of %d calls of %d changes, a step takes %d and leaves %d; want %d", test.calls, test.changes, got, len(q.calls[owner]), test.want)
		}
	}
}
