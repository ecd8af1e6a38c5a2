package storetest_test

import (
	"context"
	"os"
	"os/exec"
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

var broken = map[string]storetest.Open{
	"overwriting": func(testing.TB) store.Store { return overwriting{memory.New()} },
	"forgetful":   func(testing.TB) store.Store { return forgetful{memory.New()} },
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
	for name, promise := range map[string]string{"overwriting": "TestBrokenStore/Put/", "forgetful": "TestBrokenStore/Delete/"} {
		command := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestBrokenStore$/^(Put|Delete)$")
		command.Env = append(os.Environ(), brokenVariable+"="+name)
		out, err := command.CombinedOutput()
		if err == nil || !strings.Contains(string(out), "--- FAIL: "+promise) {
			t.Errorf("%s: %v, and no subtest of %s fails:\n%.2000s", name, err, promise, out)
		}
	}
}
