package program

import (
	"math/rand/v2"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Fleet is several servers on one data folder and one store. Some may be down.
type Fleet struct {
	Data string // the folder

	t       testing.TB
	args    []string
	mu      sync.Mutex
	servers []*Server // nil for one that is down
	next    int       // the server to kill next
}

// ServeFleet starts so many servers, each as Serve does.
func ServeFleet(t testing.TB, servers int, args ...string) *Fleet {
	t.Helper()
	f := &Fleet{Data: t.TempDir(), t: t, args: args}
	for range servers {
		f.servers = append(f.servers, Serve(t, f.Data, args...))
	}
	return f
}

// URL returns the URL of a server that is up, chosen at random. It waits until there is one.
func (f *Fleet) URL() string {
	for {
		f.mu.Lock()
		server := f.servers[rand.IntN(len(f.servers))]
		f.mu.Unlock()
		if server != nil {
			return server.URL
		}
		time.Sleep(time.Millisecond)
	}
}

// Kill kills the next server with SIGKILL and starts it again, on another port.
func (f *Fleet) Kill() {
	f.t.Helper()
	f.mu.Lock()
	n := f.next % len(f.servers)
	server := f.servers[n]
	f.servers[n], f.next = nil, f.next+1
	f.mu.Unlock()
	_ = server.End(syscall.SIGKILL)
	server = Serve(f.t, f.Data, f.args...)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.servers[n] = server
}
