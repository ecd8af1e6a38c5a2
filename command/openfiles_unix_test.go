//go:build unix

package command

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"afterhours/contract/checked"
	"afterhours/contract/program"
)

// serveWithFiles starts a server that may have so many open files.
func serveWithFiles(t *testing.T, files int, dir string, args ...string) *program.Server {
	t.Helper()
	args = append([]string{"-c", fmt.Sprintf(`ulimit -n %d; exec "$0" "$@"`, files), program.Path(t), "serve", "--addr", "127.0.0.1:0", "--data", dir}, args...)
	p, err := program.Start(exec.Command("sh", args...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Process.Kill() })
	return p
}

// TestIdleConnectionsKeepNobodyOut opens more connections than the server may have files, each of which
// asks once and stays open. A new client is served within a second, and reads of the store go on.
func TestIdleConnectionsKeepNobodyOut(t *testing.T) {
	const files, idle = 256, 400
	for name, args := range map[string][]string{"http": nil, "https": {"--tls-dev"}} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			p := serveWithFiles(t, files, dir, args...)
			token := program.Run(t, "token", "--data", dir)
			var trusted *tls.Config
			if args != nil {
				config, err := trusting(filepath.Join(dir, devAuthorityFile))
				if err != nil {
					t.Fatal(err)
				}
				trusted = config
			}
			if want := fmt.Sprintf(`"open_files":%d,"max_connections":%d`, files, connectionLimit(files)); !strings.Contains(p.Log(), want) {
				t.Errorf("the log does not have %s: %s", want, p.Log())
			}
			stop, stopped := make(chan struct{}), make(chan struct{})
			go func() {
				defer close(stopped)
				keepReading(t, p, trusted, token, stop)
			}()
			for range idle {
				connection := askAndStay(t, p, trusted)
				defer connection.Close()
			}
			client := checked.TLSClient(t, trusted)
			client.Timeout = time.Minute
			begun := time.Now()
			status, _, text := checked.Send(t, client, http.MethodGet, p.URL+program.Statistics, token, "")
			if took := time.Since(begun); status != http.StatusOK || took > time.Second {
				t.Errorf("a new client got %d %s after %v", status, text, took)
			}
			close(stop)
			<-stopped
		})
	}
}

// askAndStay opens a connection that asks for /livez and stays open. Over TLS it is one of HTTP/2.
func askAndStay(t *testing.T, p *program.Server, trusted *tls.Config) io.Closer {
	t.Helper()
	if trusted != nil {
		transport := &http.Transport{TLSClientConfig: trusted.Clone(), ForceAttemptHTTP2: true}
		response, err := (&http.Client{Transport: transport, Timeout: 10 * time.Second}).Get(p.URL + "/livez")
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, response.Body)
		if _ = response.Body.Close(); response.ProtoMajor != 2 {
			t.Fatalf("the protocol is %s", response.Proto)
		}
		return closer(transport.CloseIdleConnections)
	}
	connection, err := p.Dial()
	if err != nil {
		t.Fatal(err)
	}
	_ = connection.SetDeadline(time.Now().Add(10 * time.Second))
	_, _ = io.WriteString(connection, "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
	if response, err := http.ReadResponse(bufio.NewReader(connection), nil); err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("/livez: %v %v", response, err)
	}
	return connection
}

type closer func()

func (c closer) Close() error { c(); return nil }

// keepReading reads from the store until stop is closed, on a new connection each time.
func keepReading(t *testing.T, p *program.Server, trusted *tls.Config, token string, stop <-chan struct{}) {
	for count := 1; ; count++ {
		transport := &http.Transport{TLSClientConfig: trusted, DisableKeepAlives: true}
		request, _ := http.NewRequest(http.MethodGet, p.URL+program.Statistics, nil)
		request.Header.Set("Authorization", "Bearer "+token)
		response, err := (&http.Client{Transport: transport, Timeout: 10 * time.Second}).Do(request)
		if err != nil {
			t.Errorf("read %d: %v", count, err)
		} else {
			_ = response.Body.Close()
			if response.StatusCode != http.StatusOK {
				t.Errorf("read %d: %s", count, response.Status)
			}
		}
		select {
		case <-stop:
			if count < 2 {
				t.Error("nothing was read")
			}
			return
		case <-time.After(5 * time.Millisecond):
		}
	}
}
