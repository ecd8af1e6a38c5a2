package gate_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"afterhours/store"
	"afterhours/store/gate"
)

func TestEnter(t *testing.T) {
	var g gate.Gate
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := g.Enter(ended); !errors.Is(err, context.Canceled) {
		t.Errorf("with a context that has ended the error is %v", err)
	}
	if err := g.Enter(t.Context()); err != nil {
		t.Fatal(err)
	}
	g.Leave()
	if err := g.Close(func() error { return nil }); err != nil {
		t.Fatal(err)
	}
	for _, ctx := range []context.Context{t.Context(), ended} {
		if err := g.Enter(ctx); !errors.Is(err, store.ErrClosed) {
			t.Errorf("after Close the error is %v; want %v", err, store.ErrClosed)
		}
	}
}

func TestCloseWaitsForCalls(t *testing.T) {
	var g gate.Gate
	for range 2 {
		if err := g.Enter(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	var left atomic.Int64
	for range 2 {
		time.AfterFunc(10*time.Millisecond, func() {
			left.Add(1)
			g.Leave()
		})
	}
	err := g.Close(func() error {
		if left.Load() != 2 {
			t.Errorf("Close freed the store when %d of 2 calls had left", left.Load())
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestTheFirstCloseFrees(t *testing.T) {
	var g gate.Gate
	broken := errors.New("broken")
	if err := g.Close(func() error { return broken }); err != broken {
		t.Errorf("the first Close returns %v; want %v", err, broken)
	}
	if err := g.Close(func() error { t.Error("the second Close frees again"); return nil }); err != nil {
		t.Errorf("the second Close returns %v", err)
	}
}
