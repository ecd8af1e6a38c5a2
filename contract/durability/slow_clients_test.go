package durability_test

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"afterhours/contract/checked"
	"afterhours/contract/program"
)

// acceptable is a p99 that always passes: other processes on the machine alone can cause it.
const acceptable = 5 * time.Millisecond

var slow = flag.Int("slow", 200, "how many slow connections TestSlowClients opens")

// TestSlowClients: clients that send one byte every two seconds, of headers or bodies, with a
// token or without, are cut off within 10 s. Meanwhile the p99 of honest requests is at most
// twice that without the slow clients, and the server has at most 400 MB resident.
func TestSlowClients(t *testing.T) {
	dir := t.TempDir()
	p := program.Serve(t, dir)
	token := program.Run(t, "token", "--data", dir)
	const body = `{"@odata.type":"#microsoft.graph.callActivityStatistics","id":"call_1"}`
	if status, _, answer := checked.Send(t, checked.Client(t), http.MethodPost, p.URL+program.Statistics, token, body); status != http.StatusCreated {
		t.Fatalf("POST = %d %s", status, answer)
	}
	kept := false
	for try := 0; try < 3 && !kept; try++ { // the best of three, as other processes on the machine slow requests down
		without := honestRequests(t, checked.Client(t), p, token, after(time.Second))
		held, ended := slowRequests(t, p, token)
		with := honestRequests(t, checked.Client(t), p, token, ended)
		t.Logf("%d slow connections, each closed within %v; honest requests took %v at the median and %v at p99, without them %v and %v",
			*slow, slices.Max(held).Round(time.Millisecond), with[len(with)/2], p99(with), without[len(without)/2], p99(without))
		kept = slices.Max(held) <= 10*time.Second && p99(with) <= max(2*p99(without), acceptable)
	}
	if !kept {
		t.Error("in none of three tries was each slow connection closed within 10 s, with a p99 of honest requests at most twice that without them")
	}
	memory := peakMemory(t, p)
	t.Logf("the server had %d MB at most", memory>>20)
	if memory > 400<<20 {
		t.Error("that is more than 400 MB")
	}
}

func p99(sorted []time.Duration) time.Duration { return sorted[len(sorted)*99/100] }

// honestRequests reads a statistic until stop is closed, and returns how long each response
// took, sorted.
func honestRequests(t *testing.T, client *http.Client, p *program.Server, token string, stop <-chan struct{}) []time.Duration {
	t.Helper()
	var took []time.Duration
	for {
		begun := time.Now()
		if status, _, answer := checked.Send(t, client, http.MethodGet, p.URL+program.Statistics+"/call_1", token, ""); status != http.StatusOK {
			t.Fatalf("GET = %d %s", status, answer)
		}
		took = append(took, time.Since(begun))
		select {
		case <-stop:
			slices.Sort(took)
			return took
		case <-time.After(2 * time.Millisecond):
		}
	}
}

// slowRequests starts the slow clients, and one honest client on a poor network. When ended
// is closed, held has how long each slow connection was open.
func slowRequests(t *testing.T, p *program.Server, token string) (held []time.Duration, ended <-chan struct{}) {
	held = make([]time.Duration, *slow)
	kinds := slowKinds(token)
	var clients sync.WaitGroup
	for i := range held {
		clients.Go(func() {
			time.Sleep(time.Duration(i) * 600 * time.Microsecond) // all 5,000 are open before the first is cut off
			held[i] = kinds[i%len(kinds)].dribble(t, p)
		})
	}
	clients.Go(func() { sendSlowly(t, p, token) })
	done := make(chan struct{})
	go func() { clients.Wait(); close(done) }()
	return held, done
}

// slowKind is one way to be slow. The client sends beginning and then a byte every two
// seconds. The server's response begins with response, "" for none.
type slowKind struct{ beginning, response string }

func slowKinds(token string) []slowKind {
	post := "POST " + program.Statistics + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
	authorized := post + "Authorization: Bearer " + token + "\r\n"
	return []slowKind{
		{"", "HTTP/1.1 400 "}, {"G", "HTTP/1.1 400 "}, {post + "X-Header: ", ""}, {post + "X-Header: " + strings.Repeat("x", 16<<10), ""},
		{post + "Content-Length: 1000\r\n\r\n{", "HTTP/1.1 401 "}, {post + "Transfer-Encoding: chunked\r\n\r\n3e8\r\n{", "HTTP/1.1 401 "},
		{authorized + "Content-Length: 1000\r\n\r\n{", "HTTP/1.1 408 "}, {authorized + "Transfer-Encoding: chunked\r\n\r\n3e8\r\n{", "HTTP/1.1 408 "},
		{authorized + "Content-Length: 1000\r\nExpect: 100-continue\r\n\r\n", "HTTP/1.1 100 "},
	}
}

// dribble sends a byte every two seconds until the server closes the connection, and returns
// how long that took.
func (k slowKind) dribble(t *testing.T, p *program.Server) time.Duration {
	connection, err := p.Dial()
	begun := time.Now()
	if err == nil {
		_, err = io.WriteString(connection, k.beginning)
	}
	if err != nil {
		t.Error(err)
		return 0
	}
	defer func() { _ = connection.Close() }()
	var answer []byte
	buffer := make([]byte, 4096)
	for {
		_ = connection.SetReadDeadline(time.Now().Add(2 * time.Second))
		n, err := connection.Read(buffer)
		answer = append(answer, buffer[:n]...)
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
			_, _ = connection.Write([]byte("x"))
		case err != nil:
			if !strings.HasPrefix(string(answer), k.response) || k.response == "" && len(answer) > 0 {
				t.Errorf("%.60q was answered %q, want %q", k.beginning, answer, k.response)
			}
			return time.Since(begun)
		}
	}
}

// sendSlowly sends a batch at 16 KiB a second, like a client on a poor network, which must
// get its response.
func sendSlowly(t *testing.T, p *program.Server, token string) {
	body := `{"requests":[{"id":"1","method":"GET","url":"/me/analytics"}]` + strings.Repeat(" ", 80<<10) + "}"
	connection, err := p.Dial()
	if err != nil {
		t.Error(err)
		return
	}
	defer func() { _ = connection.Close() }()
	_, _ = fmt.Fprintf(connection, "POST /beta/$batch HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n", token, len(body))
	for piece := range slices.Chunk([]byte(body), 2<<10) {
		if _, err := connection.Write(piece); err != nil {
			t.Errorf("an honest client was cut off: %v", err)
			return
		}
		time.Sleep(time.Second / 8)
	}
	if response, err := http.ReadResponse(bufio.NewReader(connection), nil); err != nil || response.StatusCode != http.StatusOK {
		t.Errorf("an honest client got %v, %v", response, err)
	}
}

// mostMemory returns the most bytes that a server may have resident, whatever its callers do. The
// race detector takes several times as much.
func mostMemory() int {
	if program.HasRaceDetector() {
		return 4 * 512 << 20
	}
	return 512 << 20
}

// peakMemory returns the most bytes that the process had resident, 0 if the system is not
// Linux.
func peakMemory(t *testing.T, p *program.Server) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.Process.Pid))
	if err != nil {
		t.Log("no figure of memory:", err)
		return 0
	}
	found := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(status)
	kilobytes, err := strconv.Atoi(string(found[1]))
	if err != nil {
		t.Fatal(err)
	}
	return kilobytes << 10
}
