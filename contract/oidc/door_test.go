package oidc

import (
	"io"
	"net"
	"sync"
	"testing"
)

// door passes connections on to a provider that takes long to start. A closed door refuses them, as if the provider were
// down.
type door struct {
	t        *testing.T
	address  string // host and port
	target   string
	listener net.Listener

	mu   sync.Mutex
	open []net.Conn // both ends of all connections
}

// newDoor returns an open door to the target, a host and port.
func newDoor(t *testing.T, target string) *door {
	t.Helper()
	d := &door{t: t, address: "127.0.0.1:0", target: target}
	d.openUp()
	d.address = d.listener.Addr().String()
	t.Cleanup(d.shut)
	return d
}

func (d *door) openUp() {
	d.t.Helper()
	listener, err := new(net.ListenConfig).Listen(d.t.Context(), "tcp", d.address)
	if err != nil {
		d.t.Fatal(err)
	}
	d.listener = listener
	go func() {
		for {
			outside, err := listener.Accept()
			if err != nil {
				return
			}
			go d.pass(outside)
		}
	}()
}

// shut closes the door and all connections.
func (d *door) shut() {
	_ = d.listener.Close() // an error if it is closed already
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, connection := range d.open {
		_ = connection.Close()
	}
	d.open = nil
}

func (d *door) pass(outside net.Conn) {
	inside, err := net.Dial("tcp", d.target)
	if err != nil {
		_ = outside.Close()
		return
	}
	d.mu.Lock()
	d.open = append(d.open, outside, inside)
	d.mu.Unlock()
	for _, way := range [][2]net.Conn{{outside, inside}, {inside, outside}} {
		go func() {
			_, _ = io.Copy(way[0], way[1])
			_ = way[0].Close()
		}()
	}
}

// freePort returns a port of this machine that nobody listens on.
func freePort(t *testing.T) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}
