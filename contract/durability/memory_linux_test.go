package durability_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"afterhours/contract/checked"
	"afterhours/contract/program"
)

// The owner of the statistics of these tests.
const (
	dearTenant = "7a1c0f52-3d84-4b6e-9f20-5e8d1b7c4a63"
	dearUser   = "48d31887-5fad-4d73-a9f5-3c356e68a038"
)

// dearServer starts a server with a thousand statistics of one user, and returns it with the tokens of
// that many callers who may read them.
func dearServer(t *testing.T, callers int) (*program.Server, []string) {
	t.Helper()
	dir := t.TempDir()
	var rows strings.Builder
	for n := range 1000 {
		fmt.Fprintf(&rows, `{"tenant":%q,"user":%q,"statistic":{"@odata.type":"#microsoft.graph.callActivityStatistics","id":"call_%04d","activity":"Call",`+
			`"startDate":"2019-06-16","endDate":"2019-06-17","timeZoneUsed":"Pacific Standard Time","duration":"PT%dS","afterHours":"PT1S"}}`+"\n", dearTenant, dearUser, n, n)
	}
	file := filepath.Join(dir, "rows.jsonl")
	if err := os.WriteFile(file, []byte(rows.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	program.Run(t, "import", "--data", dir, file)
	server := program.Serve(t, dir)
	tokens := make([]string, callers)
	for n := range tokens {
		tokens[n] = program.Run(t, "token", "--data", dir, "--tenant", dearTenant, "--role", "Analytics.Read.All", "--user", fmt.Sprintf("00000000-0000-4000-8000-%012d", n))
	}
	return server, tokens
}

// clientPatience is how long a client waits on a busy machine.
const clientPatience = time.Minute

// send opens a connection and sends the beginning of a batch: the headers, and the part of a body of
// that length. An error of the write means that the server has refused the rest.
func send(t *testing.T, p *program.Server, token string, part []byte, length int) net.Conn {
	connection, err := p.Dial()
	if err != nil {
		t.Error(err)
		return nil
	}
	_, _ = fmt.Fprintf(connection, "POST /beta/$batch HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n", token, length)
	_ = connection.SetWriteDeadline(time.Now().Add(clientPatience))
	_, _ = connection.Write(part)
	return connection
}

// statusOf returns the status of the response on the connection, 0 if there is none.
func statusOf(connection net.Conn) int {
	_ = connection.SetReadDeadline(time.Now().Add(clientPatience))
	line := make([]byte, len("HTTP/1.1 200"))
	if _, err := io.ReadFull(connection, line); err != nil {
		return 0
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(connection, 4<<10))
	status, _ := strconv.Atoi(string(line[len(line)-3:]))
	return status
}

// TestMemoryOfBatches: 400 batches of twenty lists of a thousand statistics come at once, and their
// clients do not read the responses for two seconds. The server answers some of the batches, refuses
// the others with 503, and has at most 512 MB resident.
func TestMemoryOfBatches(t *testing.T) {
	items := make([]string, 20)
	for n := range items {
		items[n] = fmt.Sprintf(`{"id":"%d","method":"GET","url":"/users/%s/analytics/activityStatistics?$top=1000"}`, n, dearUser)
	}
	body := []byte(`{"requests":[` + strings.Join(items, ",") + `]}`)
	for _, callers := range []int{1, 40} {
		t.Run(fmt.Sprintf("%d callers", callers), func(t *testing.T) {
			p, tokens := dearServer(t, callers)
			statuses := onConnections(t, 400, func(n int) net.Conn {
				connection := send(t, p, tokens[n%callers], body, len(body))
				time.Sleep(2 * time.Second)
				return connection
			})
			if statuses[200] == 0 || statuses[200]+statuses[503] != 400 {
				t.Errorf("the batches were answered %v", statuses)
			}
			wantMemory(t, p, statuses)
			wantServed(t, p, tokens[callers-1])
		})
	}
}

// TestMemoryOfBodies: 300 batches have a body of 4 MiB that stops before its last byte. The server gives
// some of them up after 4 s, refuses the others with 503, and has at most 512 MB resident.
func TestMemoryOfBodies(t *testing.T) {
	body := bytes.Repeat([]byte(" "), 4<<20)
	for _, callers := range []int{1, 30} {
		t.Run(fmt.Sprintf("%d callers", callers), func(t *testing.T) {
			p, tokens := dearServer(t, callers)
			statuses := onConnections(t, 300, func(n int) net.Conn {
				return send(t, p, tokens[n%callers], body[1:], len(body))
			})
			if statuses[408] == 0 || statuses[200] > 0 {
				t.Errorf("the batches were answered %v", statuses)
			}
			wantMemory(t, p, statuses)
			wantServed(t, p, tokens[callers-1])
		})
	}
}

// onConnections opens connections at once and returns how many got which status. A connection that was
// closed while the client was writing may have lost the status.
func onConnections(t *testing.T, count int, open func(n int) net.Conn) map[int]int {
	t.Helper()
	var mu sync.Mutex
	statuses := map[int]int{}
	var clients sync.WaitGroup
	for n := range count {
		clients.Go(func() {
			connection := open(n)
			if connection == nil {
				return
			}
			status := statusOf(connection)
			_ = connection.Close()
			mu.Lock()
			statuses[status]++
			mu.Unlock()
		})
	}
	clients.Wait()
	return statuses
}

// wantMemory fails the test if the server has had too much resident.
func wantMemory(t *testing.T, p *program.Server, statuses map[int]int) {
	t.Helper()
	memory := peakMemory(t, p)
	t.Logf("answered %v; the server had %d MB at most", statuses, memory>>20)
	if memory > mostMemory() {
		t.Errorf("that is more than %d MB", mostMemory()>>20)
	}
}

// wantServed fails the test unless the caller is served soon.
func wantServed(t *testing.T, p *program.Server, token string) {
	t.Helper()
	client := checked.Client(t)
	status := 0
	for deadline := time.Now().Add(clientPatience); status != http.StatusOK && time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		status, _, _ = checked.Send(t, client, http.MethodGet, p.URL+"/v1.0/users/"+dearUser+"/analytics/activityStatistics?$top=1", token, "")
	}
	if status != http.StatusOK {
		t.Errorf("afterwards a list is answered %d", status)
	}
}
