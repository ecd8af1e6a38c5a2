package command

import (
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestConnectionLimit: the bound is below the limit of open files, and leaves a part of it.
func TestConnectionLimit(t *testing.T) {
	for files, want := range map[int]int{16: 8, 128: 64, 256: 192, 1024: 896, 4096: 3584, 8704: 8192, 20_000: 8192, 1 << 30: 8192} {
		if got := connectionLimit(files); got != want {
			t.Errorf("connectionLimit(%d) = %d, want %d", files, got, want)
		}
	}
}

// namedConn is a connection that is only looked at.
type namedConn struct {
	net.Conn
	name, address string
}

func (c *namedConn) RemoteAddr() net.Addr {
	return &net.TCPAddr{IP: net.ParseIP(c.address), Port: len(c.name)}
}

// TestWhichConnectionIsClosed plays what clients do, on a server with a bound of so many connections.
// Each word is a change of a connection: its address, a letter of its own, and its new state.
func TestWhichConnectionIsClosed(t *testing.T) {
	states := map[byte]http.ConnState{'n': http.StateNew, 'a': http.StateActive, 'i': http.StateIdle, 'c': http.StateClosed}
	for name, c := range map[string]struct {
		most   int
		script string
		pause  time.Duration
		closed string
	}{
		"room":                                          {2, "1a:n 1b:n 1b:c 1c:n", time.Second, ""},
		"the longest idle of one address":               {2, "1a:n 1b:n 1b:i 1a:i 1c:n", time.Second, "1b"},
		"idle again since":                              {2, "1a:n 1b:n 1a:i 1b:i 1a:a 1a:i 1c:n", time.Second, "1b"},
		"the longest idle of several addresses":         {2, "1a:n 2a:n 2a:i 1a:i 3a:n", time.Second, "2a"},
		"of the address with the most":                  {3, "2a:n 2a:i 1a:n 1b:n 1a:i 1b:i 3a:n", time.Second, "1a"},
		"idle before busy":                              {3, "1a:n 1b:n 1a:a 1b:a 2a:n 2a:i 3a:n", time.Second, "2a"},
		"silent counts as idle after the grace":         {2, "1a:n 1b:n 2a:n", time.Second, "1a"},
		"silent within the grace":                       {2, "1a:n 1b:n 2a:n", time.Millisecond, "1b"},
		"an idle one before a silent one in the grace":  {2, "1a:n 1b:n 1a:i 2a:n", time.Millisecond, "1a"},
		"all busy: the newest of the address with most": {3, "1a:n 1b:n 2a:n 1a:a 1b:a 2a:a 3a:n", time.Second, "1b"},
		"all busy, one each: the new one":               {2, "1a:n 2a:n 1a:a 2a:a 3a:n", time.Second, "3a"},
		"an address with the most closes its own":       {3, "2a:n 2a:i 1a:n 1b:n 1b:a 1a:i 1c:n", time.Second, "1a"},
		"an address with the most and all busy":         {3, "2a:n 2a:i 1a:n 1b:n 1a:a 1b:a 1c:n", time.Second, "1c"},
		"a closed one is not known any more":            {2, "1a:n 1b:n 1b:a 1a:i 1c:n 1a:i 1a:c 1b:i 1d:n", time.Second, "1a 1c"},
	} {
		t.Run(name, func(t *testing.T) {
			conns, now := map[string]*namedConn{}, time.Now()
			tracked := newConnections(c.most)
			tracked.now = func() time.Time { return now }
			var closed []string
			tracked.close = func(conn net.Conn) { closed = append(closed, conn.(*namedConn).name) }
			for _, word := range strings.Fields(c.script) {
				id, state, _ := strings.Cut(word, ":")
				if conns[id] == nil {
					conns[id] = &namedConn{name: id, address: "192.0.2." + id[:1]}
				}
				tracked.track(conns[id], states[state[0]])
				now = now.Add(c.pause)
			}
			if got := strings.Join(closed, " "); got != c.closed {
				t.Errorf("closed %q, want %q", got, c.closed)
			}
		})
	}
}

// TestConnectionsLeaveNothing: a closed connection is no longer tracked.
func TestConnectionsLeaveNothing(t *testing.T) {
	tracked := newConnections(10)
	tracked.close = func(net.Conn) {}
	var conns []net.Conn
	for i := range 100 {
		conns = append(conns, &namedConn{name: fmt.Sprint(i), address: fmt.Sprintf("2001:db8:0:%d::1", i%3)})
		tracked.track(conns[i], http.StateNew)
	}
	if len(tracked.open) != 10 || len(tracked.from) != 3 {
		t.Errorf("%d connections from %d networks", len(tracked.open), len(tracked.from))
	}
	for _, conn := range conns {
		tracked.track(conn, http.StateClosed)
	}
	if len(tracked.open) != 0 || len(tracked.from) != 0 {
		t.Errorf("%d connections from %d networks are left", len(tracked.open), len(tracked.from))
	}
}

// TestPrefixOf: an address counts without its port, an IPv6 address with its network.
func TestPrefixOf(t *testing.T) {
	for text, want := range map[string]string{
		"192.0.2.1": "192.0.2.1/32", "::ffff:192.0.2.1": "192.0.2.1/32", "2001:db8::1": "2001:db8::/64", "2001:db8::2:3:4:5": "2001:db8::/64",
	} {
		if got := prefixOf(&net.TCPAddr{IP: net.ParseIP(text), Port: 1}).String(); got != want {
			t.Errorf("prefixOf(%s) = %s, want %s", text, got, want)
		}
	}
	if got := prefixOf(&net.UnixAddr{Name: "socket"}); got.IsValid() {
		t.Errorf("a socket has the prefix %s", got)
	}
}
