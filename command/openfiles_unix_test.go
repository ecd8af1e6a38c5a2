//go:build unix

package command

import (
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
			token, protocol := program.Run(t, "token", "--data", dir), 1
			var trusted *tls.Config
			if args != nil {
				protocol = 2
				config, err := trusting(filepath.Join(dir, devAuthorityFile))
				if err != nil {
					t.Fatal(err)
				}
				trusted = config
			}
			if want := fmt.Sprintf(`"open_files":%d,"max_connections":%d`, files, connectionLimit(files)); !strings.Contains(p.Log(), want) {
				t.Errorf("the log does not have %s: %s", want, p.Log())
			}
			for i := range idle {
				askAndStay(t, checked.TLSClient(t, trusted), p.URL+"/livez", protocol)
				if i%20 != 0 {
					continue
				}
				if status, _, text := checked.Send(t, checked.TLSClient(t, trusted), http.MethodGet, p.URL+program.Statistics, token, ""); status != http.StatusOK {
					t.Errorf("a read beside %d connections = %d %s", i, status, text)
				}
			}
			begun := time.Now()
			status, _, text := checked.Send(t, checked.TLSClient(t, trusted), http.MethodGet, p.URL+program.Statistics, token, "")
			if took := time.Since(begun); status != http.StatusOK || took > time.Second {
				t.Errorf("a new client got %d %s after %v", status, text, took)
			}
		})
	}
}

// askAndStay asks on a new connection of the client, which stays open.
func askAndStay(t *testing.T, client *http.Client, url string, protocol int) {
	t.Helper()
	client.Timeout = time.Minute
	response, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, response.Body)
	if _ = response.Body.Close(); response.StatusCode != http.StatusOK || response.ProtoMajor != protocol {
		t.Fatalf("%s: %s %s", url, response.Proto, response.Status)
	}
}
