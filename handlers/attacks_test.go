package handlers_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"afterhours/contract/checked"
	"afterhours/store/memory"
)

// attack is a hostile request about the documented object, and the one response that it must get.
type attack struct {
	name    string
	bytes   string
	status  int
	code    string
	target  string // the target of the error or of one of its details
	message string // a part of the message of the error or of one of its details
	as      string // the canonical path if the request has another spelling of it
}

// attacks returns the attacks of all files.
func attacks(t testing.TB, token string) []attack {
	return slices.Concat(framingAttacks(token), addressAttacks(token), queryAttacks(token), tagAttacks(token),
		bodyAttacks(token), encodingAttacks(t, token), batchAttacks(token), multipartAttacks(token))
}

// message returns the bytes of a request: its first line, headers and body. It adds Host,
// Authorization, Content-Length and Content-Type unless the headers have them. A header "-Name"
// leaves that header out.
func message(token, line, body string, headers ...string) string {
	usual := []string{"Host: afterhours.test", "Authorization: Bearer " + token}
	if body != "" {
		usual = append(usual, fmt.Sprint("Content-Length: ", len(body)), "Content-Type: application/json")
	}
	var text strings.Builder
	text.WriteString(line + "\r\n")
	given := map[string]bool{}
	for _, header := range headers {
		name, _, has := strings.Cut(strings.TrimPrefix(header, "-"), ":")
		given[name] = true
		if has || !strings.HasPrefix(header, "-") {
			text.WriteString(header + "\r\n")
		}
	}
	for _, header := range usual {
		if name, _, _ := strings.Cut(header, ":"); !given[name] {
			text.WriteString(header + "\r\n")
		}
	}
	return text.String() + "\r\n" + body
}

// sendAttack sends the bytes over a new connection and checks the response against the contract. It
// fails if there is a second response, since text in a body must never be taken for a request.
func (ts *testServer) sendAttack(a attack) testResponse {
	ts.t.Helper()
	got, _ := ts.sendTimed(a)
	if got.header.Get("request-id") == "" { // from net/http, before any handler
		return got
	}
	method, rest, _ := strings.Cut(a.bytes, " ")
	target, _, _ := strings.Cut(rest, " ")
	address, err := url.ParseRequestURI(target)
	if err != nil {
		address = &url.URL{Path: "/"}
	}
	if a.as != "" {
		address.Path = a.as
	}
	request := (&http.Request{Method: method, URL: address, Header: http.Header{}}).WithContext(ts.t.Context())
	checked.Answer(ts.t, request, &http.Response{Status: fmt.Sprint(got.status), StatusCode: got.status, Header: got.header}, []byte(got.text))
	return got
}

// sendTimed is sendAttack without the contract. It also returns how long the response took, on the
// clock or in processor time, the shorter of the two: on a busy machine the process waits for a
// processor.
func (ts *testServer) sendTimed(a attack) (testResponse, time.Duration) {
	ts.t.Helper()
	connection, err := net.Dial("tcp", strings.TrimPrefix(ts.url, "http://"))
	if err != nil {
		ts.t.Fatal(err)
	}
	defer func() { _ = connection.Close() }()
	_ = connection.SetDeadline(time.Now().Add(20 * time.Second))
	sent := []byte(a.bytes)
	begun, worked := time.Now(), processorTime(ts.t)
	go func() { // the response may come before the whole request is sent
		for piece := range slices.Chunk(sent, 64<<10) {
			if _, err := connection.Write(piece); err != nil {
				return
			}
		}
	}()
	from := bufio.NewReader(connection)
	method, _, _ := strings.Cut(a.bytes, " ")
	response, err := http.ReadResponse(from, &http.Request{Method: method})
	if err != nil {
		ts.t.Fatalf("%s: %v", a.name, err)
	}
	body, err := io.ReadAll(response.Body)
	took := time.Since(begun)
	if took < time.Second { // a longer time was spent waiting, for example for a timeout
		took = min(took, processorTime(ts.t)-worked)
	}
	if err != nil {
		ts.t.Fatalf("%s: %v", a.name, err)
	}
	_ = connection.(*net.TCPConn).CloseWrite()
	if more, _ := io.ReadAll(from); len(more) > 0 {
		ts.t.Errorf("%s: a second response to one request: %.200q", a.name, more)
	}
	if response.Close { // http.ReadResponse removes the header
		response.Header.Set("Connection", "close")
	}
	return testResponse{response.StatusCode, response.Header, string(body)}, took
}

// TestAttacks checks that each attack gets its one response and changes nothing.
func TestAttacks(t *testing.T) {
	ts := newTestServer(t, memory.New())
	ts.createSeed()
	mine := ts.userToken(megan, "Analytics.ReadWrite")
	everything := func() string {
		return ts.do(call{method: "GET", path: collection + "?$count=true", token: mine}).text +
			ts.do(call{method: "GET", path: "/beta/me/analytics/settings", token: mine}).text
	}
	before := everything()
	for _, a := range attacks(t, mine) {
		t.Run(a.name, func(t *testing.T) {
			in := *ts
			in.t = t
			got := in.sendAttack(a)
			got.wantRefused(t, a.status, a.code, a.target, a.message)
			if len(got.text) > 32<<10 {
				t.Errorf("a response of %d bytes", len(got.text))
			}
			if after := everything(); after != before {
				t.Errorf("something changed:\n%s\n%s", before, after)
				before = after
			}
		})
	}
}

// The bounds of TestAttacksAreCheap. The race detector makes the server ten to twenty times slower:
// only a run without it holds these times.
const (
	attackBudget = slower * 5 * time.Millisecond
	bombBudget   = slower * 50 * time.Millisecond
	heapBudget   = 10 << 20
)

// TestAttacksAreCheap checks that the response to an attack takes at most 5 ms, for 99 of 100 and for
// the median of each attack, and a bomb at most 50 ms. All of them leave at most 10 MiB in memory.
// Other programs on the machine can only make it slower, so the best of three tries counts.
func TestAttacksAreCheap(t *testing.T) {
	ts := newTestServer(t, memory.New())
	ts.createSeed()
	all := attacks(t, ts.userToken(megan, "Analytics.ReadWrite"))
	for _, a := range all {
		ts.sendTimed(a) // fills pools and caches
	}
	before := heapInUse()
	var slow []string
	for range 3 {
		if slow = ts.slowAttacks(all); len(slow) == 0 {
			break
		}
	}
	for _, one := range slow {
		t.Error(one)
	}
	if grown := heapInUse() - before; grown > heapBudget {
		t.Errorf("the heap grew by %d bytes", grown)
	}
}

// slowAttacks sends each attack several times and returns the attacks that took too long.
func (ts *testServer) slowAttacks(all []attack) (slow []string) {
	var together []time.Duration
	for _, a := range all {
		var each []time.Duration
		for range rounds {
			_, took := ts.sendTimed(a)
			each = append(each, took)
		}
		slices.Sort(each)
		budget := attackBudget
		if strings.Contains(a.name, "bomb") {
			budget = bombBudget
		} else {
			together = append(together, each...)
		}
		if median := each[rounds/2]; median > budget {
			slow = append(slow, fmt.Sprintf("%s: %v at the median", a.name, median))
		}
	}
	slices.Sort(together)
	p99 := together[len(together)*99/100]
	ts.t.Logf("%d attacks, %d times each: p99 %v", len(all), rounds, p99)
	if p99 > attackBudget {
		slow = append(slow, fmt.Sprintf("p99 is %v", p99))
	}
	return slow
}

func processorTime(t testing.TB) time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		t.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func heapInUse() int64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}

// members returns the format filled with each number below n.
func members(format string, n int) string {
	var text bytes.Buffer
	for i := range n {
		fmt.Fprintf(&text, format, i)
	}
	return text.String()
}
