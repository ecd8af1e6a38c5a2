package command

import (
	"container/list"
	"crypto/tls"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"
)

const (
	// maxConnections bounds the connections of a server whose limit of open files is higher. It bounds
	// their memory.
	maxConnections = 8192
	// The least and the most open files that are kept for the database, the log and the issuers.
	minReserve, maxReserve = 64, 512
	// silentGrace is how long a new connection may send nothing before it counts as idle. A TLS
	// handshake over a slow network takes less.
	silentGrace = time.Second
)

// connectionLimit returns how many connections a process may have that may have so many open files.
func connectionLimit(openFiles int) int {
	reserve := min(max(openFiles/8, minReserve), maxReserve, openFiles/2)
	return min(openFiles-reserve, maxConnections)
}

// connections bounds the open connections of a server. A new connection beyond the bound costs one,
// which is closed. The order is:
//
//  1. If the new connection's address has more connections than any other: the one of this address
//     that is idle for longest, or else the new one.
//  2. An idle one of the address with the most connections, of these the one that is idle for longest.
//  3. If none is idle: the newest of the address with the most connections.
//
// Nobody can thus crowd out others by opening connections from one address.
type connections struct {
	max   int
	now   func() time.Time
	close func(net.Conn)

	mu     sync.Mutex // protects the fields below
	open   map[net.Conn]*connection
	from   map[netip.Prefix]*address
	closed uint64 // to make room
}

// address has the open connections from one IPv4 address or one IPv6 network.
type address struct {
	prefix netip.Prefix
	all    list.List // of *connection, the newest last
	idle   list.List // those that wait for a request, the longest idle first
	silent list.List // those that have sent nothing yet, the oldest first
}

// connection is an open connection.
type connection struct {
	net.Conn
	from  *address
	place *list.Element // in from.all
	quiet *list.Element // in waits, nil while a request is under way
	waits *list.List    // from.idle or from.silent
	since time.Time     // when it was put into waits
}

func newConnections(most int) *connections {
	return &connections{max: most, now: time.Now, close: closeNow, open: map[net.Conn]*connection{}, from: map[netip.Prefix]*address{}}
}

// closeNow closes a connection without the last words of TLS, which could wait for the client.
func closeNow(conn net.Conn) {
	if secured, ok := conn.(*tls.Conn); ok {
		conn = secured.NetConn()
	}
	_ = conn.Close()
}

// counts returns how many connections are open, how many may be, and how many were closed to make
// room for others.
func (c *connections) counts() (open, limit int, closed uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.open), c.max, c.closed
}

// track is called at every change of a connection's state, as http.Server.ConnState. net/http calls
// it for a new connection before it accepts the next one.
func (c *connections) track(conn net.Conn, state http.ConnState) {
	if victim := c.change(conn, state); victim != nil {
		c.close(victim)
	}
}

// change notes the state and returns the connection that must be closed, nil for none.
func (c *connections) change(conn net.Conn, state http.ConnState) net.Conn {
	c.mu.Lock()
	defer c.mu.Unlock()
	known := c.open[conn]
	if state == http.StateNew {
		added := c.add(conn)
		if len(c.open) <= c.max {
			return nil
		}
		victim := c.victim(added)
		c.remove(victim)
		c.closed++
		return victim.Conn
	}
	if known == nil { // it was closed to make room
		return nil
	}
	switch state {
	case http.StateActive:
		known.wake()
	case http.StateIdle:
		known.wait(&known.from.idle, c.now())
	default:
		c.remove(known)
	}
	return nil
}

func (c *connections) add(conn net.Conn) *connection {
	prefix := prefixOf(conn.RemoteAddr())
	from := c.from[prefix]
	if from == nil {
		from = &address{prefix: prefix}
		c.from[prefix] = from
	}
	added := &connection{Conn: conn, from: from}
	added.place = from.all.PushBack(added)
	added.wait(&from.silent, c.now())
	c.open[conn] = added
	return added
}

func (c *connections) remove(gone *connection) {
	gone.wake()
	gone.from.all.Remove(gone.place)
	delete(c.open, gone.Conn)
	if gone.from.all.Len() == 0 {
		delete(c.from, gone.from.prefix)
	}
}

func (c *connection) wait(where *list.List, now time.Time) {
	c.wake()
	c.quiet, c.waits, c.since = where.PushBack(c), where, now
}

func (c *connection) wake() {
	if c.quiet != nil {
		c.waits.Remove(c.quiet)
		c.quiet = nil
	}
}

// victim returns the connection that must be closed for the new one.
func (c *connections) victim(added *connection) *connection {
	now := c.now()
	var idle *connection // the longest idle of the address with the most
	busiest, isMost := added.from, true
	for _, from := range c.from {
		if from != added.from && from.all.Len() >= added.from.all.Len() {
			isMost = false
		}
		if from.all.Len() > busiest.all.Len() {
			busiest = from
		}
		if one := from.longestIdle(now); one != nil && one.losesTo(idle) {
			idle = one
		}
	}
	if isMost {
		idle = added.from.longestIdle(now)
	}
	if idle != nil {
		return idle
	}
	return busiest.all.Back().Value.(*connection)
}

// losesTo reports whether this idle connection is to be closed rather than the other, which may be
// nil.
func (c *connection) losesTo(other *connection) bool {
	if other == nil {
		return true
	}
	mine, theirs := c.from.all.Len(), other.from.all.Len()
	return mine > theirs || mine == theirs && c.since.Before(other.since)
}

// longestIdle returns the connection that is idle for longest, nil if none is.
func (a *address) longestIdle(now time.Time) *connection {
	var longest *connection
	if front := a.idle.Front(); front != nil {
		longest = front.Value.(*connection)
	}
	if front := a.silent.Front(); front != nil {
		silent := front.Value.(*connection)
		if now.Sub(silent.since) >= silentGrace && (longest == nil || silent.since.Before(longest.since)) {
			longest = silent
		}
	}
	return longest
}

// prefixOf returns the address without its port. One host has a whole /64 of IPv6.
func prefixOf(remote net.Addr) netip.Prefix {
	tcp, ok := remote.(*net.TCPAddr)
	if !ok {
		return netip.Prefix{}
	}
	ip := tcp.AddrPort().Addr().Unmap()
	bits := ip.BitLen()
	if ip.Is6() {
		bits = 64
	}
	prefix, _ := ip.WithZone("").Prefix(bits) // the bits fit the address
	return prefix
}
