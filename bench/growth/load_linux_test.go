package growth_test

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	// atOnce is the number of connections, except where that number grows.
	atOnce = 64
	// callers is the number of applications that send the requests, at each size and with each number of connections:
	// the server's limits are for each caller.
	callers = 16
)

// operation is a kind of request. Each request is for any user of the store.
type operation struct {
	name, method string
	path         func(*rand.Rand) string // below the user's statistics
	body         func(*rand.Rand) string // nil for none
}

var (
	patch = operation{"PATCH", "PATCH", func(r *rand.Rand) string { return "/" + anyCall(r) }, func(r *rand.Rand) string {
		return `{"@odata.type":"#microsoft.graph.callActivityStatistics","activity":"Call","startDate":"2019-06-16","endDate":"2019-06-17",` +
			`"timeZoneUsed":"Time Zone Used value","duration":"-PT1M5.` + strconv.Itoa(1_000_000+r.IntN(9_000_000)) + `S","afterHours":"-PT1M34.3242013S"}`
	}}
	get = operation{"GET", "GET", func(r *rand.Rand) string { return "/" + id(r.IntN(ofUser)) }, nil}

	operations = []operation{
		patch, get,
		{"list of 50", "GET", func(*rand.Rand) string { return "?$top=50" }, nil},
		{"count", "GET", func(*rand.Rand) string { return "/$count" }, nil},
		{"filter by a week", "GET", func(r *rand.Rand) string {
			week := 7 * r.IntN(len(days)/7-1)
			return "?$filter=startDate%20ge%20" + days[week] + "%20and%20startDate%20lt%20" + days[week+7]
		}, nil},
	}
)

// client is a connection of one caller, which waits for each response before it sends the next request.
type client struct {
	users   int
	token   string
	conn    net.Conn
	in      *bufio.Reader
	out     []byte
	random  *rand.Rand
	times   []time.Duration // of the responses with 200
	refused int             // responses with 503
}

// dial opens that many connections to the server.
func (f *filled) dial(t *testing.T, count int) []*client {
	t.Helper()
	clients := make([]*client, count)
	for n := range clients {
		conn, err := f.Dial()
		if err != nil {
			t.Fatal(err)
		}
		clients[n] = &client{users: f.users, token: f.tokens[n%len(f.tokens)], conn: conn, in: bufio.NewReader(conn), random: rand.New(rand.NewPCG(uint64(n), 1))}
	}
	return clients
}

func hangUp(clients []*client) {
	for _, c := range clients {
		_ = c.conn.Close()
	}
}

// figures are those of a phase.
type figures struct {
	rate, refused float64 // responses a second
	p99           time.Duration
}

// load has all clients send requests for the time of a phase, each one after the other.
func load(t *testing.T, clients []*client, op operation) figures {
	t.Helper()
	begun := time.Now()
	var running sync.WaitGroup
	for _, c := range clients {
		c.times, c.refused = c.times[:0], 0
		running.Go(func() {
			for time.Since(begun) < *phase {
				if err := c.send(op); err != nil {
					t.Errorf("%s: %v", op.name, err)
					return
				}
			}
		})
	}
	running.Wait()
	took := time.Since(begun).Seconds()
	var times []time.Duration
	var f figures
	for _, c := range clients {
		times = append(times, c.times...)
		f.refused += float64(c.refused) / took
	}
	if len(times) == 0 {
		t.Fatalf("%s: none of the requests of %d connections was served", op.name, len(clients))
	}
	slices.Sort(times)
	f.rate, f.p99 = float64(len(times))/took, times[len(times)*99/100]
	return f
}

// send sends one request and notes the time of its response.
func (c *client) send(op operation) error {
	body := ""
	if op.body != nil {
		body = op.body(c.random)
	}
	c.out = fmt.Appendf(c.out[:0], "%s /v1.0/users/%s/analytics/activityStatistics%s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n",
		op.method, user(c.random.IntN(c.users)), op.path(c.random), c.token)
	if body != "" {
		c.out = fmt.Appendf(c.out, "Content-Type: application/json\r\nContent-Length: %d\r\n", len(body))
	}
	c.out = append(append(c.out, "\r\n"...), body...)
	begun := time.Now()
	if _, err := c.conn.Write(c.out); err != nil {
		return err
	}
	status, err := c.receive()
	switch {
	case err != nil:
		return err
	case status == http.StatusOK:
		c.times = append(c.times, time.Since(begun))
	case status == http.StatusServiceUnavailable:
		c.refused++
	default:
		return fmt.Errorf("the status is %d", status)
	}
	return nil
}

// receive reads a response and returns its status. It looks at the headers of the length alone, as the client shares the
// processors with the server.
func (c *client) receive() (status int, err error) {
	length, chunked := 0, false
	for first := true; ; first = false {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return 0, err
		}
		switch text := strings.TrimRight(string(line), "\r\n"); {
		case first:
			if status, err = strconv.Atoi(strings.TrimPrefix(text, "HTTP/1.1 ")[:3]); err != nil {
				return 0, err
			}
		case text == "" && chunked:
			return status, c.discardChunks()
		case text == "":
			_, err := c.in.Discard(length)
			return status, err
		case strings.HasPrefix(text, "Content-Length: "):
			if length, err = strconv.Atoi(text[len("Content-Length: "):]); err != nil {
				return 0, err
			}
		case text == "Transfer-Encoding: chunked":
			chunked = true
		}
	}
}

// discardChunks reads the chunks of a body, up to the empty one (RFC 9112, 7.1). The server sends no trailers.
func (c *client) discardChunks() error {
	for {
		line, err := c.in.ReadString('\n')
		if err != nil {
			return err
		}
		size, err := strconv.ParseInt(strings.TrimRight(line, "\r\n"), 16, 32)
		if err != nil {
			return err
		}
		if _, err := io.CopyN(io.Discard, c.in, size+2); err != nil || size == 0 {
			return err
		}
	}
}
