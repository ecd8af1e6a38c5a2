package metered_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"sync"
	"testing"
	"time"

	"afterhours/store"
	"afterhours/store/edm"
	"afterhours/store/memory"
	"afterhours/store/metered"
	"afterhours/store/postgres"
	"afterhours/store/postgres/postgrestest"
	"afterhours/store/sqlite"
	"afterhours/store/storetest"
)

func ignore(string, string, time.Duration) {}

func openSQLite(t testing.TB, dir string) *sqlite.Store {
	s, err := sqlite.Open(context.Background(), dir, sqlite.Full)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestStore: a metered store keeps every promise of the store below.
func TestStore(t *testing.T) {
	storetest.Run(t, func(testing.TB) store.Store { return metered.New(memory.New(), ignore) })
}

// TestPowers: a metered store has the optional powers of the store below, and no others.
func TestPowers(t *testing.T) {
	file := openSQLite(t, t.TempDir())
	stores := map[string]store.Store{"memory": memory.New(), "sqlite": file, "without any": struct{ store.Store }{memory.New()}}
	t.Run("postgres", func(t *testing.T) {
		database, err := postgres.Open(t.Context(), postgrestest.Address(t))
		if err != nil {
			t.Fatal(err)
		}
		comparePowers(t, "postgres", database)
	})
	for name, below := range stores {
		comparePowers(t, name, below)
	}
}

// powers are the interfaces of ../optional.go.
var powers = []reflect.Type{reflect.TypeFor[store.FileBackup](), reflect.TypeFor[store.IntegrityChecker](), reflect.TypeFor[store.Replacer](),
	reflect.TypeFor[store.StatisticsCounter](), reflect.TypeFor[store.Watcher]()}

// TestAllPowers: no optional power of stores is left out above.
func TestAllPowers(t *testing.T) {
	text, err := os.ReadFile("../optional.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, declared := range regexp.MustCompile(`(?m)^type (\w+) interface`).FindAllStringSubmatch(string(text), -1) {
		if !slices.ContainsFunc(powers, func(power reflect.Type) bool { return power.Name() == declared[1] }) {
			t.Errorf("no test asks a metered store for the power %s", declared[1])
		}
	}
}

func comparePowers(t *testing.T, name string, below store.Store) {
	t.Helper()
	wrapped := metered.New(below, ignore)
	for _, power := range powers {
		if has, want := reflect.TypeOf(wrapped).Implements(power), reflect.TypeOf(below).Implements(power); has != want {
			t.Errorf("%s: the metered store has %v: %v, want %v", name, power, has, want)
		}
	}
	if err := wrapped.Close(); err != nil {
		t.Error(err)
	}
}

// observed keeps what a metered store tells.
type observed struct {
	mu    sync.Mutex
	calls []string
}

func (o *observed) observe(operation, result string, took time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if took < 0 {
		result = fmt.Sprint(took)
	}
	o.calls = append(o.calls, operation+" "+result)
}

// TestCalls: each call is told once, with its name and what became of it.
func TestCalls(t *testing.T) {
	told := &observed{}
	dir := t.TempDir()
	s := metered.New(openSQLite(t, dir), told.observe)
	ctx := t.Context()
	key := store.Key{Owner: store.Owner{Tenant: "t", User: "u"}, ID: "call"}
	other := store.Key{Owner: key.Owner, ID: "another"}
	record := store.Record{Type: store.Call, Activity: "Call", Duration: store.Of(edm.MaxDuration)}
	sum := store.Aggregation{Aggregates: []store.Aggregate{{Method: store.MethodSum, Of: store.Property{Name: store.PropertyDuration}}}}
	user := store.User{Owner: key.Owner, UPN: "u@example.com"}
	over, end := context.WithCancel(ctx)
	end()
	for _, row := range []struct {
		want string
		call func() error
	}{
		{"put ok", func() error { _, _, err := s.Put(ctx, key, record, store.NoRevision); return err }},
		{"put exists", func() error { _, _, err := s.Put(ctx, key, record, store.NoRevision); return err }},
		{"put conflict", func() error { _, _, err := s.Put(ctx, key, record, 1); return err }},
		{"get ok", func() error { _, _, err := s.Get(ctx, key); return err }},
		{"get not_found", func() error { _, _, err := s.Get(ctx, store.Key{Owner: key.Owner, ID: "other"}); return err }},
		{"get canceled", func() error { _, _, err := s.Get(over, key); return err }},
		{"list ok", func() error { _, err := s.List(ctx, key.Owner, store.Query{Limit: 1}); return err }},
		{"count ok", func() error { _, err := s.Count(ctx, key.Owner, nil); return err }},
		{"aggregate ok", func() error { _, err := s.Aggregate(ctx, key.Owner, store.Aggregation{}); return err }},
		{"put ok", func() error { _, _, err := s.Put(ctx, other, record, store.NoRevision); return err }},
		{"aggregate no_result", func() error { _, err := s.Aggregate(ctx, key.Owner, sum); return err }},
		{"apply ok", func() error { return s.Apply(ctx, nil) }},
		{"delete conflict", func() error { return s.Delete(ctx, key, 1) }},
		{"settings ok", func() error { _, err := s.Settings(ctx, key.Owner); return err }},
		{"update_settings ok", func() error { _, err := s.UpdateSettings(ctx, key.Owner, store.SettingsChange{}); return err }},
		{"put_user ok", func() error { return s.PutUser(ctx, user, false) }},
		{"user_by_upn ok", func() error { _, err := s.UserByUPN(ctx, "t", user.UPN); return err }},
		{"users ok", func() error { _, err := s.Users(ctx, "t", "", 1); return err }},
		{"delete_user ok", func() error { return s.DeleteUser(ctx, "t", user.UPN) }},
		{"tenants ok", func() error { _, err := s.Tenants(ctx); return err }},
		{"owners ok", func() error { _, err := s.Owners(ctx, "t", "", 1); return err }},
		{"check ok", func() error { return s.Check(ctx) }},
		{"rows full", func() error { _, err := s.(store.Replacer).Rows(ctx, "", 1); return err }},
		{"replace ok", func() error { return s.(store.Replacer).Replace(ctx, "t", store.Rows{}) }},
		{"count_after ok", func() error { _, err := s.(store.StatisticsCounter).CountAfter(ctx, store.Key{}); return err }},
		{"integrity ok", func() error { return s.(store.IntegrityChecker).Integrity(ctx) }},
		{"backup ok", func() error { return s.(store.FileBackup).Backup(ctx, filepath.Join(dir, "copy"), nil) }},
		{"backup other", func() error { return s.(store.FileBackup).Backup(ctx, filepath.Join(dir, "copy"), nil) }},
	} {
		told.calls = nil
		err := row.call()
		if !slices.Equal(told.calls, []string{row.want}) {
			t.Errorf("told is %q after %v; want %q", told.calls, err, row.want)
		}
	}
	noticed := make(chan store.Notice, 1)
	s.(store.Watcher).Watch(func(notice store.Notice) { noticed <- notice })
	if notice := <-noticed; notice.Err != nil {
		t.Error(notice.Err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	told.calls = nil
	if err := s.Check(ctx); !errors.Is(err, store.ErrClosed) || !slices.Equal(told.calls, []string{"check unavailable"}) {
		t.Errorf("told is %q after %v", told.calls, err)
	}
}
