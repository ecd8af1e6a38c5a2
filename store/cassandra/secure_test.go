package cassandra_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"afterhours/store"
	"afterhours/store/cassandra"
)

// TestTLSAndPasswords starts a node that wants TLS, certificates of its clients, and passwords. It connects with
// what is right, and with each part wrong or missing.
func TestTLSAndPasswords(t *testing.T) {
	if os.Getenv(ringFolder) == "" {
		t.Skipf("this test starts a node of its own, which takes a minute. It runs with %s: see docs/testing.md", ringFolder)
	}
	files := t.TempDir()
	ours, theirs := newAuthority(t, files, "ours"), newAuthority(t, files, "theirs")
	ours.sign(t, "node")
	ours.sign(t, "client")
	theirs.sign(t, "stranger")
	configuration := filepath.Join(files, "more.yaml")
	write(t, configuration, fmt.Sprintf(`authenticator: PasswordAuthenticator
client_encryption_options:
  enabled: true
  optional: false
  require_client_auth: true
  keystore: %s
  truststore: %s
  ssl_context_factory:
    class_name: org.apache.cassandra.security.PEMBasedSslContextFactory
`, ours.file("node"), ours.file("")))
	folder := filepath.Join(files, "node")
	t.Cleanup(func() { script(t, nil, "stop", folder) })
	address := script(t, []string{"CASSANDRA_YAML=" + configuration}, "start", folder)
	host := strings.TrimPrefix(address[:strings.LastIndex(address, "/")], "cassandra://")

	right := func() map[string]string {
		return map[string]string{"tls": "true", "ca": ours.file(""), "cert": ours.file("client"), "key": ours.file("client"), "replication": "1"}
	}
	with := func(credentials string, options map[string]string) string {
		values := url.Values{}
		for name, value := range options {
			if value != "" {
				values.Set(name, value)
			}
		}
		return "cassandra://" + credentials + host + "/secure?" + values.Encode()
	}
	s := openSoon(t, with("cassandra:cassandra@", right()))
	key := store.Key{Owner: store.Owner{Tenant: "t", User: "u"}, ID: "x"}
	if _, _, err := s.Put(t.Context(), key, store.Record{Type: store.Call, Activity: "Call"}, store.NoRevision); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}

	for name, wrong := range map[string]struct{ credentials, option, value, want string }{
		"password":                {"cassandra:secret@", "", "", "Provided username cassandra and/or password are incorrect"},
		"user":                    {"nobody:secret@", "", "", "Provided username nobody and/or password are incorrect"},
		"no user":                 {"", "", "", "authentication required"},
		"authority":               {"cassandra:cassandra@", "ca", theirs.file(""), "certificate signed by unknown authority"},
		"absent authority":        {"cassandra:cassandra@", "ca", filepath.Join(files, "absent.pem"), "absent.pem: no such file"},
		"certificate of a client": {"cassandra:cassandra@", "cert", theirs.file("stranger"), "certificate required"},
		"without TLS":             {"cassandra:cassandra@", "tls", "", "check the hosts and ports of its URL, tls, the user"},
	} {
		t.Run(name, func(t *testing.T) {
			options := right()
			switch wrong.option {
			case "cert":
				options["key"] = wrong.value
			case "tls":
				options = map[string]string{"replication": "1"}
			}
			if wrong.value != "" {
				options[wrong.option] = wrong.value
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			s, err := cassandra.Open(ctx, with(wrong.credentials, options))
			if err == nil {
				_ = s.Close()
			}
			if err == nil || !strings.Contains(err.Error(), wrong.want) || strings.Contains(err.Error(), "secret") {
				t.Errorf("the error is %v; want %q", err, wrong.want)
			}
		})
	}
}

// openSoon opens a ring that may have to create its first user yet.
func openSoon(t *testing.T, address string) *cassandra.Store {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); ; {
		s, err := cassandra.Open(t.Context(), address)
		if err == nil {
			return s
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// authority signs certificates. Each of its files has a certificate and its key.
type authority struct {
	folder, name string
	certificate  *x509.Certificate
	key          *ecdsa.PrivateKey
}

func newAuthority(t *testing.T, folder, name string) *authority {
	t.Helper()
	a := &authority{folder: folder, name: name}
	a.sign(t, "")
	return a
}

// file returns the path of the file of a certificate. That of the authority itself has the name "".
func (a *authority) file(name string) string { return filepath.Join(a.folder, a.name+name+".pem") }

// sign makes a certificate for 127.0.0.1, or, without a name, that of the authority.
func (a *authority) sign(t *testing.T, name string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: a.name + name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: name == "", BasicConstraintsValid: true,
	}
	if name == "" {
		a.certificate, a.key = template, key
	}
	signed, err := x509.CreateCertificate(rand.Reader, template, a.certificate, &key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	write(t, a.file(name), string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}))+
		string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: signed})))
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
