package bench_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"afterhours/contract/program"
	"afterhours/store/postgres/postgrestest"
)

// connections is the number of connections that write at once, each a statistic of its own.
const connections = 64

// BenchmarkPatchOverHTTP sends PATCHes on 64 connections: to one server for each store, and
// to two and three servers over one database. The client takes little of the processor from
// the server: it prepares requests beforehand, and reads of a response only status and length.
func BenchmarkPatchOverHTTP(b *testing.B) {
	b.Run("memory", func(b *testing.B) { patchOver(b, "memory", 1) })
	b.Run("sqlite", func(b *testing.B) { patchOver(b, "sqlite", 1) })
	b.Run("postgres", func(b *testing.B) { patchOver(b, postgrestest.Address(b), 1) })
	b.Run("postgres/2servers", func(b *testing.B) { patchOver(b, postgrestest.Address(b), 2) })
	b.Run("postgres/3servers", func(b *testing.B) { patchOver(b, postgrestest.Address(b), 3) })
}

func patchOver(b *testing.B, store string, servers int) {
	dir := b.TempDir() // of all servers, which therefore trust the same tokens
	var all []*program.Server
	for range servers {
		all = append(all, program.Serve(b, dir, "--store", store))
	}
	token := program.Run(b, "token", "--data", dir)
	var writers atomic.Int64
	b.SetParallelism(connections / 2) // for each of two cores
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		number := int(writers.Add(1))
		w := &writer{b: b, id: fmt.Sprintf("call_%d", number), token: token}
		conn, err := all[number%servers].Dial()
		if err != nil {
			b.Error(err)
			return
		}
		defer func() { _ = conn.Close() }()
		w.conn, w.responses = conn, bufio.NewReader(conn)
		w.send(w.request("POST", "", fmt.Sprintf(`{"@odata.type":"#microsoft.graph.callActivityStatistics","id":%q}`, w.id)), http.StatusCreated)
		var patches [2]string
		for n := range patches {
			patches[n] = w.request("PATCH", "/"+w.id, fmt.Sprintf(`{"@odata.type":"#microsoft.graph.callActivityStatistics","activity":"Call","startDate":"2019-06-16",`+
				`"endDate":"2019-06-17","timeZoneUsed":"Time Zone Used value","duration":"-PT1M5%d.0810357S","afterHours":"-PT1M34.3242013S"}`, n))
		}
		for n := 0; pb.Next(); n++ {
			w.send(patches[n%2], http.StatusOK)
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "writes/s")
}

// writer is a client on one connection.
type writer struct {
	b         *testing.B
	id, token string
	conn      net.Conn
	responses *bufio.Reader
}

func (w *writer) request(method, path, body string) string {
	return fmt.Sprintf("%s /v1.0/me/analytics/activityStatistics%s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n"+
		"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", method, path, w.token, len(body), body)
}

func (w *writer) send(request string, status int) {
	if _, err := io.WriteString(w.conn, request); err != nil {
		w.b.Fatal(err)
	}
	var got, length int
	for first := true; ; first = false {
		line, err := w.responses.ReadSlice('\n')
		if err != nil {
			w.b.Fatal(err)
		}
		if text := string(line); first {
			_, _ = fmt.Sscanf(text, "HTTP/1.1 %d", &got)
		} else if text == "\r\n" {
			break
		} else if strings.HasPrefix(text, "Content-Length: ") {
			_, _ = fmt.Sscanf(text, "Content-Length: %d", &length)
		}
	}
	if _, err := w.responses.Discard(length); err != nil || got != status {
		w.b.Fatalf("the response is %d, %v; want %d", got, err, status)
	}
}
