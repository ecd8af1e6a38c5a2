package command

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"afterhours/contract/checked"
	"afterhours/contract/program"
	"afterhours/handlers/auth/atomicfile"
)

// clientTrusting returns a client that trusts the authorities in the file alone.
func clientTrusting(t *testing.T, file string) *http.Client {
	t.Helper()
	config, err := trusting(file)
	if err != nil {
		t.Fatal(err)
	}
	return checked.TLSClient(t, config)
}

// serverCertificate returns the certificate that a new connection gets.
func serverCertificate(t *testing.T, url string) *x509.Certificate {
	t.Helper()
	connection, err := tls.Dial("tcp", strings.TrimPrefix(url, "https://"), &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}})
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	if state := connection.ConnectionState(); state.NegotiatedProtocol != "h2" {
		t.Errorf("protocol %q, want h2", state.NegotiatedProtocol)
	}
	return connection.ConnectionState().PeerCertificates[0]
}

// TestTLSDev: clients that trust the printed file can send the documented PATCH, also by the
// printed commands, and need no other file after a restart.
func TestTLSDev(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "Jane's data")
	p := program.Serve(t, dir, "--tls-dev", "--demo")
	printed := readIntroduction(t, p)
	caFile := filepath.Join(dir, devAuthorityFile)
	if !strings.HasPrefix(p.URL, "https://127.0.0.1:") || !strings.Contains(printed.text, "NODE_EXTRA_CA_CERTS="+quote(caFile)) {
		t.Fatalf("%s\n%s", p.URL, printed.text)
	}
	token := strings.TrimSpace(strings.TrimPrefix(printed.token, "TOKEN="))
	client := clientTrusting(t, caFile)
	for _, host := range []string{"127.0.0.1", "localhost"} {
		status, tag, text := checked.Send(t, client, "PATCH", strings.Replace(printed.url, "127.0.0.1", host, 1), token, printed.body)
		if status != http.StatusOK || tag == "" || !strings.Contains(text, `"duration":"-PT1M55.0810357S","afterHours":"-PT1M34.3242013S"`) {
			t.Errorf("%s: %d %s", host, status, text)
		}
	}
	if _, err := exec.LookPath("curl"); err == nil {
		probe := regexp.MustCompile(`(?m)^curl .*/readyz$`).FindString(printed.text)
		for _, one := range [][2]string{{"GET", probe}, {"GET", printed.read}, {"PATCH", printed.patch}} {
			if status, text := runCurl(t, one[0], printed.token, one[1]); status != http.StatusOK {
				t.Errorf("%s: %d %s", one[1], status, text)
			}
		}
	}
	if out := mustRun(t, "health", "--addr", p.URL, "--ca", caFile); out != "ready" {
		t.Errorf("health: %q", out)
	}
	if _, err := run(t, "health", "--addr", p.URL); err == nil {
		t.Error("health trusts the authority without --ca")
	}
	if _, err := tls.Dial("tcp", strings.TrimPrefix(p.URL, "https://"), &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS11}); err == nil {
		t.Error("TLS 1.1 is spoken")
	}
	before := serverCertificate(t, p.URL)
	if err := p.End(syscall.SIGTERM); err != nil {
		t.Errorf("SIGTERM: %v: %s", err, p.Log())
	}
	again := program.Serve(t, dir, "--tls-dev")
	if !serverCertificate(t, again.URL).Equal(before) {
		t.Error("another certificate after a restart")
	}
	for name, mode := range map[string]os.FileMode{devAuthorityKeyFile: 0o600, devServerFile: 0o600, devAuthorityFile: 0o644} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode() != mode {
			t.Errorf("%s: %v %v", name, info.Mode(), err)
		}
	}
}

// writePair writes a new certificate of the authority for 127.0.0.1 and returns it.
func writePair(t *testing.T, authority tls.Certificate, certFile, keyFile string) *x509.Certificate {
	t.Helper()
	text, err := newDevServer(authority, []string{"127.0.0.1"}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	key, certificate, _ := strings.Cut(string(text), "-----BEGIN CERTIFICATE")
	for name, part := range map[string]string{certFile: "-----BEGIN CERTIFICATE" + certificate, keyFile: key} {
		if err := atomicfile.Replace(name, []byte(part), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pair, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		t.Fatal(err)
	}
	return pair.Leaf
}

// TestTLSFiles: a running server uses a new certificate once its files are replaced, and
// keeps the old one while they are broken.
func TestTLSFiles(t *testing.T) {
	dir := t.TempDir()
	authority, err := openDevAuthority(dir, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	certFile, keyFile := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	first := writePair(t, authority, certFile, keyFile)
	p := program.Serve(t, t.TempDir(), "--store", "memory", "--tls-cert", certFile, "--tls-key", keyFile)
	if !serverCertificate(t, p.URL).Equal(first) {
		t.Error("another certificate than that of the file")
	}
	if err := atomicfile.Replace(keyFile, []byte("broken"), 0o600); err != nil {
		t.Fatal(err)
	}
	time.Sleep(checkInterval + 100*time.Millisecond)
	if !serverCertificate(t, p.URL).Equal(first) {
		t.Error("a broken key is in use")
	}
	second := writePair(t, authority, certFile, keyFile)
	deadline := time.Now().Add(10 * time.Second)
	for !serverCertificate(t, p.URL).Equal(second) {
		if time.Now().After(deadline) {
			t.Fatal("the new certificate is not served")
		}
		time.Sleep(checkInterval / 4)
	}
	if err := p.End(syscall.SIGTERM); err != nil {
		t.Errorf("SIGTERM: %v", err)
	}
	if log := p.Log(); strings.Count(log, "the old one stays") != 1 || strings.Count(log, "a new certificate is in use") != 1 {
		t.Errorf("log: %s", log)
	}
}

// TestCertificateFiles: the files are checked once a second at most, however many clients
// connect.
func TestCertificateFiles(t *testing.T) {
	dir, now := t.TempDir(), time.Now()
	authority, err := openDevAuthority(dir, now)
	if err != nil {
		t.Fatal(err)
	}
	files := &certificateFiles{cert: filepath.Join(dir, "c"), key: filepath.Join(dir, "k"), log: discard, now: func() time.Time { return now }}
	first := writePair(t, authority, files.cert, files.key)
	if err := files.load(); err != nil {
		t.Fatal(err)
	}
	served := func() *x509.Certificate {
		got, err := files.certificate(nil)
		if err != nil {
			t.Fatal(err)
		}
		return got.Leaf
	}
	second := writePair(t, authority, files.cert, files.key)
	if now = now.Add(checkInterval - 1); !served().Equal(first) {
		t.Error("checked again within the second")
	}
	if now = now.Add(1); !served().Equal(second) {
		t.Error("not checked again after a second")
	}
	if err := os.Remove(files.key); err != nil {
		t.Fatal(err)
	}
	if now = now.Add(checkInterval); !served().Equal(second) {
		t.Error("no certificate after a file was removed")
	}
}

// TestReachable: a listener on all addresses is reached at localhost.
func TestReachable(t *testing.T) {
	for address, want := range map[string]string{
		"127.0.0.1:80": "127.0.0.1:80", "[::1]:80": "[::1]:80", "[::]:80": "localhost:80", "0.0.0.0:80": "localhost:80",
	} {
		listening, err := net.ResolveTCPAddr("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		if got := reachable(listening); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
	}
}
