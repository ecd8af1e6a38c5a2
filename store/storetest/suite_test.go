package storetest_test

import (
	"context"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"afterhours/store"
	"afterhours/store/memory"
	"afterhours/store/storetest"
)

// brokenVariable names the environment variable that makes TestBrokenStore run the suite.
const brokenVariable = "AFTERHOURS_TEST_BROKEN_STORE"

// overwriting is a store that ignores the revision of Put: it loses updates.
type overwriting struct{ store.Store }

func (s overwriting) Put(ctx context.Context, key store.Key, record store.Record, was store.Revision) (store.Revision, store.Settings, error) {
	if stored, _, err := s.Get(ctx, key); err == nil {
		was = stored.Revision
	}
	return s.Store.Put(ctx, key, record, was)
}

// forgetful is a store whose Delete does nothing.
type forgetful struct{ store.Store }

func (forgetful) Delete(context.Context, store.Key, store.Revision) error { return nil }

// silent is a store whose Changes leave out what was deleted.
type silent struct{ store.Store }

func (s silent) Changes(ctx context.Context, owner store.Owner, span store.Span, limit int) ([]store.Tracked, error) {
	changes, err := s.Store.Changes(ctx, owner, span, limit)
	return slices.DeleteFunc(changes, func(one store.Tracked) bool { return one.Statistic.Revision == store.NoRevision }), err
}

var broken = map[string]storetest.Open{
	"overwriting": func(testing.TB) store.Store { return overwriting{memory.New()} },
	"forgetful":   func(testing.TB) store.Store { return forgetful{memory.New()} },
	"silent":      func(testing.TB) store.Store { return silent{memory.New()} },
}

// TestBrokenStore runs the suite on a broken store, in the process that
// TestSuiteFindsBrokenStores starts for it.
func TestBrokenStore(t *testing.T) {
	name := os.Getenv(brokenVariable)
	if name == "" {
		return
	}
	storetest.Run(t, broken[name])
}

// TestSuiteFindsBrokenStores checks that the suite fails on a store that breaks a promise.
func TestSuiteFindsBrokenStores(t *testing.T) {
	for name, promise := range map[string]string{"overwriting": "TestBrokenStore/Put/", "forgetful": "TestBrokenStore/Delete/", "silent": "TestBrokenStore/Track/"} {
		command := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestBrokenStore$/^(Put|Delete|Track)$")
		command.Env = append(os.Environ(), brokenVariable+"="+name)
		out, err := command.CombinedOutput()
		if err == nil || !strings.Contains(string(out), "--- FAIL: "+promise) {
			t.Errorf("%s: %v, and no subtest of %s fails:\n%.2000s", name, err, promise, out)
		}
	}
}
