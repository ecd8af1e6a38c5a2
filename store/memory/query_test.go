package memory

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"afterhours/store"
)

// TestWritesDoNotWaitForQueries checks that a write ends while a query with a filter goes on.
func TestWritesDoNotWaitForQueries(t *testing.T) {
	s := New()
	busy := store.Key{Owner: store.Owner{Tenant: "t", User: "u"}}
	for n := range 20_000 {
		busy.ID = fmt.Sprint(n)
		if _, _, err := s.Put(t.Context(), busy, store.Record{Type: store.Call}, store.NoRevision); err != nil {
			t.Fatal(err)
		}
	}
	var text store.Expr = store.Property{Name: store.PropertyID}
	for n := range 50 {
		text = store.Function{Func: store.Concat, Args: []store.Expr{text, store.Literal{Value: store.Value{Kind: store.KindText, Text: fmt.Sprint(n)}}}}
	}
	filter := store.Function{Func: store.Contains, Args: []store.Expr{text, store.Literal{Value: store.Value{Kind: store.KindText, Text: "x"}}}}
	ctx, stop := context.WithCancelCause(t.Context())
	enough := errors.New("enough")
	counting, ended := make(chan struct{}), make(chan error)
	go func() {
		close(counting)
		var err error
		for err == nil {
			_, err = s.Count(ctx, busy.Owner, filter)
		}
		ended <- err
	}()
	<-counting
	other := store.Key{Owner: store.Owner{Tenant: "t", User: "other"}, ID: "a"}
	var slowest time.Duration
	revision := store.NoRevision
	for range 200 {
		begun := time.Now()
		var err error
		if revision, _, err = s.Put(t.Context(), other, store.Record{Type: store.Call}, revision); err != nil {
			t.Fatal(err)
		}
		slowest = max(slowest, time.Since(begun))
		time.Sleep(time.Millisecond)
	}
	begun := time.Now()
	if _, err := s.Count(t.Context(), busy.Owner, filter); err != nil {
		t.Fatal(err)
	}
	alone := time.Since(begun)
	stop(enough)
	if err := <-ended; err != enough {
		t.Errorf("the query ended with %v", err)
	}
	if slowest > alone/2 && slowest > 15*time.Millisecond {
		t.Errorf("a write waited %v beside queries that take %v", slowest, alone)
	}
}
