package bulk_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"afterhours/store"
	"afterhours/store/bulk"
	"afterhours/store/edm"
	"afterhours/store/memory"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func owner(tenant, user string) store.Owner { return store.Owner{Tenant: tenant, User: user} }

func statistic(of store.Owner, id string, minutes int) bulk.Item {
	record := store.Record{Type: store.Call, Activity: "Call", Duration: store.Of(edm.Duration(minutes) * edm.Minute)}
	return bulk.Item{Owner: of, Statistic: &store.Statistic{ID: id, Record: record}}
}

// source returns each item as a row, from line 1 on.
func source(items ...bulk.Item) bulk.Source {
	next := 0
	return func() (func() bulk.Row, error) {
		if next == len(items) {
			return nil, io.EOF
		}
		row := bulk.Row{Line: next + 1, Item: items[next]}
		next++
		return func() bulk.Row { return row }, nil
	}
}

func refuseNone(row bulk.Row) error { return fmt.Errorf("row %d is refused: %v", row.Line, row.Faults) }

func mustImport(t *testing.T, to store.Store, items ...bulk.Item) bulk.Counts {
	t.Helper()
	counts, err := bulk.Import(t.Context(), to, source(items...), refuseNone)
	if err != nil {
		t.Fatal(err)
	}
	return counts
}

// exported returns all items, statistics without their revisions.
func exported(t *testing.T, from store.Store, after *bulk.Item) (items []bulk.Item) {
	t.Helper()
	err := bulk.Export(t.Context(), from, after, func(item *bulk.Item) error {
		one := *item
		if one.Statistic != nil {
			one.Statistic = &store.Statistic{ID: item.Statistic.ID, Record: item.Statistic.Record}
		}
		items = append(items, one)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return items
}

// whole has items of every kind in the order of an export. One owner's statistics, one
// tenant's owners and its aliases each need more than one page.
func whole() (items []bulk.Item) {
	for _, tenant := range []string{"a", "b", "c"} {
		for n := range 1002 {
			items = append(items, bulk.Item{Owner: owner(tenant, fmt.Sprintf("u%04d", n)), UPN: fmt.Sprintf("%04d@example.com", n)})
		}
		if tenant == "b" {
			continue // has nothing but aliases
		}
		for n := range 1002 {
			of := owner(tenant, fmt.Sprintf("u%04d", n))
			if n%3 != 0 {
				items = append(items, bulk.Item{Owner: of, Settings: &store.Settings{HasGraphMailbox: true, HasOptedOut: n%2 == 0}})
			}
			if n%3 != 1 {
				items = append(items, statistic(of, "one", n))
			}
			if n == 500 {
				for id := range 2001 {
					items = append(items, statistic(of, fmt.Sprintf("some%04d", id), id))
				}
			}
		}
	}
	return items
}

// TestExportReturnsWhatWasImported checks the order, from the beginning and after each item.
func TestExportReturnsWhatWasImported(t *testing.T) {
	s, items := memory.New(), whole()
	counts := mustImport(t, s, items...)
	if counts.Created+counts.Replaced != len(items) || counts.Line != len(items) {
		t.Errorf("of %d items, %+v", len(items), counts)
	}
	if got := exported(t, s, nil); !reflect.DeepEqual(got, items) {
		t.Fatalf("%d items are exported, not the %d that were imported", len(got), len(items))
	}
	for i := 0; i < len(items); i += 499 {
		if got := exported(t, s, &items[i]); !reflect.DeepEqual(append([]bulk.Item{}, got...), append([]bulk.Item{}, items[i+1:]...)) {
			t.Fatalf("after item %d, %+v, %d items are exported; want %d", i, items[i], len(got), len(items)-i-1)
		}
	}
}

// TestImportAgainChangesNothing checks that revisions stay, too, and that different values
// are replaced.
func TestImportAgainChangesNothing(t *testing.T) {
	s, items := memory.New(), whole()
	mustImport(t, s, items...)
	key := store.Key{Owner: owner("a", "u0500"), ID: "some0042"}
	before, _, err := s.Get(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	if counts := mustImport(t, s, items...); counts.Unchanged != len(items) {
		t.Errorf("again: %+v", counts)
	}
	if after, _, err := s.Get(t.Context(), key); err != nil || after != before {
		t.Errorf("it is %+v, %v; it was %+v", after, err, before)
	}
	changed := []bulk.Item{
		statistic(key.Owner, key.ID, 7), statistic(key.Owner, "new", 7),
		{Owner: key.Owner, Settings: &store.Settings{}}, {Owner: owner("a", "u0001"), UPN: "0002@example.com"},
		{Owner: owner("a", "u0001"), UPN: "0001@example.com"}, {Owner: owner("a", "u0001"), UPN: "new@example.com"},
	}
	counts := mustImport(t, s, changed...)
	if want := (bulk.Counts{Created: 2, Replaced: 3, Unchanged: 1, Line: 6}); counts != want {
		t.Errorf("%+v; want %+v", counts, want)
	}
	if again := mustImport(t, s, changed...); again.Unchanged != len(changed) {
		t.Errorf("again: %+v", again)
	}
}

// TestTheLastRowOfAKeyWins imports several rows with the same key, also within a batch.
func TestTheLastRowOfAKeyWins(t *testing.T) {
	s, of := memory.New(), owner("a", "u")
	counts := mustImport(t, s, statistic(of, "x", 1), statistic(of, "y", 1), statistic(of, "x", 2), statistic(of, "x", 3),
		bulk.Item{Owner: of, UPN: "n"}, bulk.Item{Owner: owner("a", "v"), UPN: "n"},
		bulk.Item{Owner: of, Settings: &store.Settings{}}, bulk.Item{Owner: of, Settings: &store.Settings{HasOptedOut: true}})
	if want := (bulk.Counts{Created: 3, Replaced: 5, Line: 8}); counts != want {
		t.Errorf("%+v; want %+v", counts, want)
	}
	want := []bulk.Item{{Owner: owner("a", "v"), UPN: "n"}, {Owner: of, Settings: &store.Settings{HasOptedOut: true}}, statistic(of, "x", 3), statistic(of, "y", 1)}
	if got := exported(t, s, nil); !reflect.DeepEqual(got, want) {
		t.Errorf("stored is %+v", got)
	}
}

// TestRefusedRowsAreReported checks that the other rows are stored.
func TestRefusedRowsAreReported(t *testing.T) {
	s, of := memory.New(), owner("a", "u")
	good, next := source(statistic(of, "x", 1), statistic(of, "y", 1), statistic(of, "z", 1)), 0
	rows := func() (func() bulk.Row, error) {
		read, err := good()
		if next++; next == 2 {
			return func() bulk.Row { return bulk.Row{Line: 2, Faults: []bulk.Fault{{Property: "duration", Reason: "bad"}}} }, nil
		}
		return read, err
	}
	var refused []bulk.Row
	counts, err := bulk.Import(t.Context(), s, rows, func(row bulk.Row) error { refused = append(refused, row); return nil })
	if want := (bulk.Counts{Created: 2, Refused: 1, Line: 3}); counts != want || err != nil || len(refused) != 1 || refused[0].Line != 2 {
		t.Errorf("%+v, %v, refused %+v; want %+v", counts, err, refused, want)
	}
	if got := exported(t, s, nil); len(got) != 2 {
		t.Errorf("stored is %+v", got)
	}
}

// TestASourceThatFails checks that the rows before the error are stored, and that Line is
// the last of them.
// TestReadAllAndSourceOf: rows that were read are imported as from their text, also those with
// faults, and the error of a source is that of ReadAll.
func TestReadAllAndSourceOf(t *testing.T) {
	var want []bulk.Row
	for n := range 2500 { // some batches
		row := bulk.Row{Line: n + 1, Item: statistic(owner("a", "u"), fmt.Sprint(n), n)}
		if n == 1700 {
			row = bulk.Row{Line: n + 1, Faults: []bulk.Fault{{Property: "duration", Reason: "It is too long."}}}
		}
		want = append(want, row)
	}
	rows, err := bulk.ReadAll(t.Context(), bulk.SourceOf(want))
	if err != nil || !reflect.DeepEqual(rows, want) {
		t.Errorf("%d rows, %v", len(rows), err)
	}
	refused := 0
	counts, err := bulk.Import(t.Context(), memory.New(), bulk.SourceOf(rows), func(bulk.Row) error { refused++; return nil })
	if want := (bulk.Counts{Created: 2499, Refused: 1, Line: 2500}); counts != want || refused != 1 || err != nil {
		t.Errorf("%+v, %d, %v; want %+v", counts, refused, err, want)
	}
	broken := errors.New("the disk is gone")
	if _, err := bulk.ReadAll(t.Context(), func() (func() bulk.Row, error) { return nil, broken }); !errors.Is(err, broken) {
		t.Errorf("a source that fails: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := bulk.ReadAll(ctx, bulk.SourceOf(want)); !errors.Is(err, context.Canceled) {
		t.Errorf("a context that is done: %v", err)
	}
}

func TestASourceThatFails(t *testing.T) {
	s, of := memory.New(), owner("a", "u")
	var items []bulk.Item
	for n := range 2500 {
		items = append(items, statistic(of, fmt.Sprintf("%04d", n), n))
	}
	failure := errors.New("the disk is gone")
	good := source(items...)
	rows := func() (func() bulk.Row, error) {
		read, err := good()
		if errors.Is(err, io.EOF) {
			err = failure
		}
		return read, err
	}
	counts, err := bulk.Import(t.Context(), s, rows, refuseNone)
	if !errors.Is(err, failure) || counts.Line != 2500 || len(exported(t, s, nil)) != 2500 {
		t.Errorf("%+v, %v", counts, err)
	}
}

// TestAStoreThatFails checks that each batch is stored as a whole or not at all.
func TestAStoreThatFails(t *testing.T) {
	s, of := memory.New(), owner("a", "u")
	var items []bulk.Item
	for n := range 5000 {
		items = append(items, statistic(of, fmt.Sprintf("%04d", n), n))
	}
	ctx, cancel := context.WithCancel(t.Context())
	good, given := source(items...), 0
	rows := func() (func() bulk.Row, error) {
		if given++; given == 4500 {
			cancel() // the store then fails
		}
		return good()
	}
	counts, err := bulk.Import(ctx, s, rows, refuseNone)
	stored := len(exported(t, s, nil))
	if !errors.Is(err, context.Canceled) || stored%1000 != 0 || stored != counts.Line || stored != counts.Created {
		t.Errorf("%d are stored after %+v, %v", stored, counts, err)
	}
	if counts := mustImport(t, s, items[counts.Line:]...); counts.Created != len(items)-stored {
		t.Errorf("going on: %+v", counts)
	}
}

// TestImportWhileOthersWrite imports statistics that others write meanwhile. No row may fail
// or get lost.
func TestImportWhileOthersWrite(t *testing.T) {
	s, of := memory.New(), owner("a", "u")
	var stop atomic.Bool
	var writers sync.WaitGroup
	for n := range 4 {
		writers.Go(func() {
			key := store.Key{Owner: of, ID: fmt.Sprintf("%04d", n)}
			for !stop.Load() {
				stored, _, err := s.Get(context.Background(), key)
				if errors.Is(err, store.ErrNotFound) {
					_, _, _ = s.Put(context.Background(), key, store.Record{Type: store.Call}, store.NoRevision)
					continue
				}
				_ = s.Delete(context.Background(), key, stored.Revision)
			}
		})
	}
	var items []bulk.Item
	for n := range 100 {
		items = append(items, statistic(of, fmt.Sprintf("%04d", n), n))
	}
	for range 50 {
		if counts, err := bulk.Import(t.Context(), s, source(items...), refuseNone); err != nil && !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("%+v, %v", counts, err)
		}
	}
	stop.Store(true)
	writers.Wait()
	mustImport(t, s, items...)
	if got := exported(t, s, nil); !reflect.DeepEqual(got, items) {
		t.Errorf("stored is %+v", got)
	}
}
