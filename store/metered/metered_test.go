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
	"strings"
	"sync"
	"testing"
	"time"

	"afterhours/store"
	"afterhours/store/cassandra"
	"afterhours/store/cassandra/cassandratest"
	"afterhours/store/edm"
	"afterhours/store/memory"
	"afterhours/store/metered"
	"afterhours/store/postgres"
	"afterhours/store/postgres/postgrestest"
	"afterhours/store/sqlite"
	"afterhours/store/storetest"
)

type ignore struct{}

func (ignore) BeginCall(ctx context.Context, _ string) context.Context { return ctx }

func (ignore) EndCall(context.Context, string, time.Time, error) {}

func openSQLite(t testing.TB, dir string) *sqlite.Store {
	s, err := sqlite.Open(context.Background(), dir, sqlite.Full)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestStore: a metered store keeps every promise of the store below.
func TestStore(t *testing.T) {
	storetest.Run(t, func(testing.TB) store.Store { return metered.New(memory.New(), ignore{}) })
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
	t.Run("cassandra", func(t *testing.T) {
		ring, err := cassandra.Open(t.Context(), cassandratest.Address(t))
		if err != nil {
			t.Fatal(err)
		}
		comparePowers(t, "cassandra", ring)
	})
	for name, below := range stores {
		comparePowers(t, name, below)
	}
}

// powers are the interfaces of ../optional.go.
var powers = []reflect.Type{reflect.TypeFor[store.FileBackup](), reflect.TypeFor[store.IntegrityChecker](), reflect.TypeFor[store.Replacer](),
	reflect.TypeFor[store.Partitioned](), reflect.TypeFor[store.StatisticsCounter](), reflect.TypeFor[store.Watcher]()}

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
	wrapped := metered.New(below, ignore{})
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

func (o *observed) BeginCall(ctx context.Context, _ string) context.Context { return ctx }

func (o *observed) EndCall(ctx context.Context, method string, _ time.Time, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.calls = append(o.calls, method+" "+metered.OutcomeOf(ctx, err).Word)
}

// TestCalls: each call is told once, with its name and what became of it.
func TestCalls(t *testing.T) {
	told := &observed{}
	dir := t.TempDir()
	s := metered.New(openSQLite(t, dir), told)
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
		{"Put ok", func() error { _, _, err := s.Put(ctx, key, record, store.NoRevision); return err }},
		{"Put exists", func() error { _, _, err := s.Put(ctx, key, record, store.NoRevision); return err }},
		{"Put conflict", func() error { _, _, err := s.Put(ctx, key, record, 1); return err }},
		{"Get ok", func() error { _, _, err := s.Get(ctx, key); return err }},
		{"Get not_found", func() error { _, _, err := s.Get(ctx, store.Key{Owner: key.Owner, ID: "other"}); return err }},
		{"Get canceled", func() error { _, _, err := s.Get(over, key); return err }},
		{"List ok", func() error { _, err := s.List(ctx, key.Owner, store.Query{Limit: 1}); return err }},
		{"Count ok", func() error { _, err := s.Count(ctx, key.Owner, nil); return err }},
		{"Aggregate ok", func() error { _, err := s.Aggregate(ctx, key.Owner, store.Aggregation{}); return err }},
		{"Put ok", func() error { _, _, err := s.Put(ctx, other, record, store.NoRevision); return err }},
		{"Aggregate no_result", func() error { _, err := s.Aggregate(ctx, key.Owner, sum); return err }},
		{"Apply ok", func() error { return s.Apply(ctx, nil) }},
		{"Delete conflict", func() error { return s.Delete(ctx, key, 1) }},
		{"Settings ok", func() error { _, err := s.Settings(ctx, key.Owner); return err }},
		{"UpdateSettings ok", func() error { _, err := s.UpdateSettings(ctx, key.Owner, store.SettingsChange{}); return err }},
		{"PutUser ok", func() error { return s.PutUser(ctx, user, false) }},
		{"UserByUPN ok", func() error { _, err := s.UserByUPN(ctx, "t", user.UPN); return err }},
		{"Users ok", func() error { _, err := s.Users(ctx, "t", "", 1); return err }},
		{"DeleteUser ok", func() error { return s.DeleteUser(ctx, "t", user.UPN) }},
		{"Tenants ok", func() error { _, err := s.Tenants(ctx); return err }},
		{"Owners ok", func() error { _, err := s.Owners(ctx, "t", "", 1); return err }},
		{"Person ok", func() error { _, err := s.Person(ctx, key.Owner); return err }},
		{"People ok", func() error { _, err := s.People(ctx, "t", "", 1); return err }},
		{"CountPeople ok", func() error { _, err := s.CountPeople(ctx, "t"); return err }},
		{"Check ok", func() error { return s.Check(ctx) }},
		{"Rows full", func() error { _, err := s.(store.Replacer).Rows(ctx, "", 1); return err }},
		{"Replace ok", func() error { return s.(store.Replacer).Replace(ctx, "t", store.Rows{}) }},
		{"CountAfter ok", func() error { _, err := s.(store.StatisticsCounter).CountAfter(ctx, store.Key{}); return err }},
		{"Integrity ok", func() error { return s.(store.IntegrityChecker).Integrity(ctx) }},
		{"Backup ok", func() error { return s.(store.FileBackup).Backup(ctx, filepath.Join(dir, "copy"), nil) }},
		{"Backup other", func() error { return s.(store.FileBackup).Backup(ctx, filepath.Join(dir, "copy"), nil) }},
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
	if err := s.Check(ctx); !errors.Is(err, store.ErrClosed) || !slices.Equal(told.calls, []string{"Check unavailable"}) {
		t.Errorf("told is %q after %v", told.calls, err)
	}
}

// TestEveryMethod: each method that takes a context is told once, by its name.
func TestEveryMethod(t *testing.T) {
	told := &observed{}
	s := metered.New(openSQLite(t, t.TempDir()), told)
	defer s.Close()
	reflected, calls := reflect.ValueOf(s), 0
	for index := range reflected.NumMethod() {
		name, method := reflected.Type().Method(index).Name, reflected.Method(index)
		if method.Type().NumIn() == 0 || method.Type().In(0) != reflect.TypeFor[context.Context]() {
			continue
		}
		arguments := []reflect.Value{reflect.ValueOf(t.Context())}
		for i := 1; i < method.Type().NumIn(); i++ {
			arguments = append(arguments, reflect.Zero(method.Type().In(i)))
		}
		method.Call(arguments)
		calls++
		if len(told.calls) != calls || !strings.HasPrefix(told.calls[calls-1], name+" ") {
			t.Fatalf("after %s, told is %q", name, told.calls)
		}
	}
	if calls < 20 {
		t.Errorf("only %d methods were called", calls)
	}
}

// TestOutcomes: the store is not to blame for what a caller may meet at any time.
func TestOutcomes(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for _, row := range []struct {
		ctx  context.Context
		err  error
		want metered.Outcome
	}{
		{t.Context(), nil, metered.Outcome{Word: "ok"}},
		{t.Context(), fmt.Errorf("person@example.com: %w", store.ErrNotFound), metered.Outcome{Word: "not_found"}},
		{t.Context(), store.ErrExists, metered.Outcome{Word: "exists"}},
		{t.Context(), store.ErrConflict, metered.Outcome{Word: "conflict"}},
		{ended, context.Canceled, metered.Outcome{Word: "canceled"}},
		{ended, store.ErrConflict, metered.Outcome{Word: "conflict"}},
		{t.Context(), store.ErrFull, metered.Outcome{Word: "full", IsFailed: true}},
		{t.Context(), store.ErrStopped, metered.Outcome{Word: "unavailable", IsFailed: true}},
		{t.Context(), errors.Join(store.ErrDamaged, store.ErrUnavailable), metered.Outcome{Word: "damaged", IsFailed: true}},
		{ended, store.ErrUnavailable, metered.Outcome{Word: "unavailable", IsFailed: true}},
		{t.Context(), store.ErrClosed, metered.Outcome{Word: "unavailable", IsFailed: true}},
		{t.Context(), errors.New("person@example.com"), metered.Outcome{Word: "other", IsFailed: true}},
	} {
		if got := metered.OutcomeOf(row.ctx, row.err); got != row.want {
			t.Errorf("%v: %+v, want %+v", row.err, got, row.want)
		}
	}
}
