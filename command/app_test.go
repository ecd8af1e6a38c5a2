package command

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"afterhours/contract/checked"
)

func testConfig(t *testing.T) Config {
	t.Helper()
	return Config{
		StoreFlags: StoreFlags{Data: t.TempDir(), Store: "sqlite", Durability: "full"},
		Contract:   contractText(t),
		Addr:       "127.0.0.1:0",
		Logger:     slog.New(slog.DiscardHandler),
		Stderr:     io.Discard,
	}
}

func mustNew(t *testing.T, config Config) *App {
	t.Helper()
	app, err := New(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = app.Stop() })
	return app
}

// TestApp: a server answers from Start to Stop, and leaves its folder to the next one.
func TestApp(t *testing.T) {
	config := testConfig(t)
	for range 2 {
		app := mustNew(t, config)
		if app.Addr() != nil {
			t.Errorf("before Start the address is %v", app.Addr())
		}
		if err := app.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		if status, _, text := checked.Send(t, checked.Client(t), http.MethodGet, "http://"+app.Addr().String()+"/readyz", "", ""); status != http.StatusOK {
			t.Errorf("/readyz = %d %s", status, text)
		}
		if err := app.Start(t.Context()); err == nil {
			t.Error("a second Start succeeds")
		}
		if err := app.Stop(); err != nil {
			t.Error(err)
		}
		if connection, err := net.Dial("tcp", app.Addr().String()); err == nil {
			_ = connection.Close()
			t.Error("after Stop the server accepts a connection")
		}
	}
}

// TestAppStop: Stop may be called before Start, more than once and by several goroutines.
// The part that was opened last is closed first, and each part once.
func TestAppStop(t *testing.T) {
	for name, start := range map[string]bool{"before Start": false, "after Start": true} {
		t.Run(name, func(t *testing.T) {
			config := testConfig(t)
			app := mustNew(t, config)
			var closed []string
			failure := errors.New("first cannot be closed")
			app.closers = append(app.closers,
				func() error { closed = append(closed, "first"); return failure },
				func() error { closed = append(closed, "second"); return nil })
			if start {
				if err := app.Start(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			var callers sync.WaitGroup
			for range 8 {
				callers.Go(func() {
					if err := app.Stop(); !errors.Is(err, failure) {
						t.Errorf("Stop: %v", err)
					}
				})
			}
			callers.Wait()
			if !slices.Equal(closed, []string{"second", "first"}) {
				t.Errorf("closed in the order %v", closed)
			}
			if err := app.Start(t.Context()); err == nil {
				t.Error("Start after Stop succeeds")
			}
			mustNew(t, config) // the lock of the folder is free again
		})
	}
}

// TestAppFails: an error of New or Start leaves nothing open.
func TestAppFails(t *testing.T) {
	config := testConfig(t)
	bad := config
	bad.PublicURL = "graph.example.com"
	if _, err := New(t.Context(), bad); err == nil || !strings.Contains(err.Error(), "it must be scheme, host and port") {
		t.Errorf("New: %v", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	taken := config
	taken.Addr, taken.Demo = listener.Addr().String(), true
	app := mustNew(t, taken)
	if err := app.Start(context.Background()); err == nil || !strings.Contains(err.Error(), "let --addr 127.0.0.1:0 pick a free one") {
		t.Errorf("Start: %v", err)
	}
	if err := app.Stop(); err != nil {
		t.Error(err)
	}
	if out := mustRun(t, "export", "--data", config.Data); out != "" {
		t.Errorf("a start that failed has stored %s", out)
	}
	mustNew(t, config)
}
