package command

import (
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"afterhours/contract/checked"
	"afterhours/contract/program"
)

// TestIssuerOfAPrivateAuthority checks that the keys of an https issuer are fetched if --issuer-ca has its authority. The
// log names the flag if they are not.
func TestIssuerOfAPrivateAuthority(t *testing.T) {
	o, server := startOtherIssuer(t, httptest.NewTLSServer)
	file := writeCertificate(t, server.Certificate().Raw)
	token := o.token(map[string]any{"tid": demoTenant, "oid": demoUser, "scp": "Analytics.Read"})
	for _, one := range []struct {
		name   string
		flags  []string
		status int
	}{
		{"with its authority", []string{"--issuer-ca", file}, http.StatusOK},
		{"without its authority", nil, http.StatusServiceUnavailable},
	} {
		p := program.Serve(t, t.TempDir(), append([]string{"--issuer", o.url, "--audience", "api"}, one.flags...)...)
		status, _, text := checked.Send(t, checked.Client(t), "GET", p.URL+program.Statistics, token, "")
		if status != one.status {
			t.Errorf("%s: %d %s, want %d", one.name, status, text, one.status)
		}
		if err := p.End(syscall.SIGTERM); err != nil { // it has written all of its log then
			t.Errorf("%s: the server ends with %v", one.name, err)
		}
		if says := strings.Contains(p.Log(), "--issuer-ca"); says != (status != http.StatusOK) {
			t.Errorf("%s: the log: %s", one.name, p.Log())
		}
	}
}

// TestIssuerAuthorityFile checks what each file that --issuer-ca cannot use is told. Each message names the file.
func TestIssuerAuthorityFile(t *testing.T) {
	server := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(server.Close)
	good, err := os.ReadFile(writeCertificate(t, server.Certificate().Raw))
	if err != nil {
		t.Fatal(err)
	}
	key := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("secret")})
	broken := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("x")})
	const secure = "https://id.example.com"
	for _, one := range []struct {
		name, issuer string
		text         []byte // nil for no file
		want         string
		code         int
	}{
		{"no file", secure, nil, "there is no file", 1},
		{"an empty file", secure, []byte{}, "has no certificate", 1},
		{"no PEM", secure, server.Certificate().Raw, "has no certificate", 1},
		{"a key", secure, key, "PRIVATE KEY", 1},
		{"a certificate and its key", secure, append(append([]byte{}, good...), key...), "PRIVATE KEY", 1},
		{"a broken certificate after a good one", secure, append(append([]byte{}, good...), broken...), "certificate 2 cannot be read", 1},
		{"an issuer without https", "http://127.0.0.1:1", good, "needs an --issuer that begins with https", 2},
		{"no issuer", "", good, "needs an --issuer that begins with https", 2},
	} {
		file := filepath.Join(t.TempDir(), "authority.pem")
		if one.text != nil {
			if err := os.WriteFile(file, one.text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		args := []string{"serve", "--addr", "127.0.0.1:0", "--data", t.TempDir(), "--store", "memory", "--issuer-ca", file}
		if one.issuer != "" {
			args = append(args, "--issuer", one.issuer, "--audience", "api")
		}
		_, err := run(t, args...)
		if err == nil || !strings.Contains(err.Error(), "--issuer-ca") || !strings.Contains(err.Error(), file) || !strings.Contains(err.Error(), one.want) || ExitCode(err) != one.code {
			t.Errorf("%s: %v, want exit code %d, the file and %q", one.name, err, one.code, one.want)
		}
	}
}

// writeCertificate writes the certificate to a file in PEM, and returns the file's name.
func writeCertificate(t *testing.T, certificate []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "certificate.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate}), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
