package main

import (
	"crypto/tls"
	"crypto/x509"
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

// TestTLSDev: what --tls-dev prints is true: clients that trust the file trust the
// server, with the documented PATCH, and go on to after a restart.
func TestTLSDev(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "Jane's data")
	p := startServe(t, dir, "--tls-dev", "--demo")
	var printed strings.Builder
	for !strings.HasSuffix(printed.String(), "}'\n") {
		printed.WriteString(p.line() + "\n")
	}
	caFile := filepath.Join(dir, devAuthorityFile)
	if !strings.HasPrefix(p.url, "https://127.0.0.1:") || !strings.Contains(printed.String(), "NODE_EXTRA_CA_CERTS="+forShell(caFile)) {
		t.Fatalf("%s\n%s", p.url, printed.String())
	}
	curl := printed.String()[strings.LastIndex(printed.String(), "\ncurl "):]
	url := regexp.MustCompile(`https://\S+`).FindString(curl)
	token := regexp.MustCompile(`Bearer ([^']+)'`).FindStringSubmatch(curl)[1]
	client := clientTrusting(t, caFile)
	for _, host := range []string{"127.0.0.1", "localhost"} {
		status, tag, text := send(t, client, "PATCH", strings.Replace(url, "127.0.0.1", host, 1), token, curl[strings.Index(curl, "-d '")+4:strings.LastIndex(curl, "'")])
		if status != http.StatusOK || tag == "" || !strings.Contains(text, `"duration":"-PT1M55.0810357S","afterHours":"-PT1M34.3242013S"`) {
			t.Errorf("%s: %d %s", host, status, text)
		}
	}
	if _, err := exec.LookPath("curl"); err == nil {
		probe := regexp.MustCompile(`(?m)^curl .*/readyz$`).FindString(printed.String())
		for method, line := range map[string]string{"PATCH": strings.TrimPrefix(curl, "\ncurl "), "GET": strings.TrimPrefix(probe, "curl ")} {
			if status, text := runCurl(t, method, line); status != http.StatusOK {
				t.Errorf("curl %s: %d %s", line, status, text)
			}
		}
	}
	if out := mustCommand(t, "health", "--addr", p.url, "--ca", caFile); out != "ready" {
		t.Errorf("health: %q", out)
	}
	if _, err := command(t, "health", "--addr", p.url); err == nil {
		t.Error("health trusts an authority that it was not told of")
	}
	if _, err := tls.Dial("tcp", strings.TrimPrefix(p.url, "https://"), &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS11}); err == nil {
		t.Error("TLS 1.1 is spoken")
	}
	before := serverCertificate(t, p.url)
	if err := p.end(syscall.SIGTERM); err != nil {
		t.Errorf("SIGTERM: %v: %s", err, p.stderr)
	}
	again := startServe(t, dir, "--tls-dev")
	if !serverCertificate(t, again.url).Equal(before) {
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

// TestTLSFiles: a certificate is served, replaced under a running server, and kept
// when what replaces it is broken.
func TestTLSFiles(t *testing.T) {
	dir := t.TempDir()
	authority, err := openDevAuthority(dir, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	certFile, keyFile := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	first := writePair(t, authority, certFile, keyFile)
	p := startServe(t, t.TempDir(), "--store", "memory", "--tls-cert", certFile, "--tls-key", keyFile)
	if !serverCertificate(t, p.url).Equal(first) {
		t.Error("another certificate than that of the file")
	}
	if err := atomicfile.Replace(keyFile, []byte("broken"), 0o600); err != nil {
		t.Fatal(err)
	}
	time.Sleep(checkInterval + 100*time.Millisecond)
	if !serverCertificate(t, p.url).Equal(first) {
		t.Error("a broken key is in use")
	}
	second := writePair(t, authority, certFile, keyFile)
	deadline := time.Now().Add(10 * time.Second)
	for !serverCertificate(t, p.url).Equal(second) {
		if time.Now().After(deadline) {
			t.Fatal("the new certificate is not served")
		}
		time.Sleep(checkInterval / 4)
	}
	if err := p.end(syscall.SIGTERM); err != nil {
		t.Errorf("SIGTERM: %v", err)
	}
	if log := p.stderr.String(); strings.Count(log, "the old one stays") != 1 || strings.Count(log, "a new certificate is in use") != 1 {
		t.Errorf("log: %s", log)
	}
}

// TestCertificateFiles: the files are looked at once a second at most, whatever
// the number of clients.
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
		t.Error("looked at again within the second")
	}
	if now = now.Add(1); !served().Equal(second) {
		t.Error("not looked at again after a second")
	}
	if err := os.Remove(files.key); err != nil {
		t.Fatal(err)
	}
	if now = now.Add(checkInterval); !served().Equal(second) {
		t.Error("no certificate when a file has gone")
	}
}
