package command

import (
	"afterhours/contract/program"
	"bufio"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// TestOversizedHeaders: net/http answers 431 and closes the connection before a handler runs.
func TestOversizedHeaders(t *testing.T) {
	p := program.Serve(t, t.TempDir(), "--store", "memory")
	many := new(strings.Builder)
	for i := range 10000 {
		fmt.Fprintf(many, "X-%d: a\r\n", i)
	}
	for name, headers := range map[string]string{"one": "X-A: " + strings.Repeat("a", 40<<10) + "\r\n", "many": many.String()} {
		connection, err := p.Dial()
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = connection.Close() }()
		go func() { _, _ = io.WriteString(connection, "GET /livez HTTP/1.1\r\nHost: x\r\n"+headers+"\r\n") }()
		response, err := http.ReadResponse(bufio.NewReader(connection), nil)
		if err != nil || response.StatusCode != http.StatusRequestHeaderFieldsTooLarge || !response.Close {
			t.Errorf("%s: %v %v", name, response, err)
		}
	}
}
