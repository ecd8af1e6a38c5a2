package command

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"afterhours/contract/program"
	"afterhours/store/postgres/postgrestest"
)

// TestCheckTellsAllAtOnce: one run of serve --check names each thing that is wrong, and where its
// setting comes from.
func TestCheckTellsAllAtOnce(t *testing.T) {
	dir := t.TempDir()
	taken, err := net.Listen("tcp", "127.0.0.1:0") // by another program, which says nothing
	if err != nil {
		t.Fatal(err)
	}
	go func() { // so that the check does not wait for its answer
		for {
			conn, err := taken.Accept()
			if err != nil {
				return
			}
			_ = conn.Close()
		}
	}()
	defer taken.Close()
	cert, key := writeKeyPair(t, dir, "a.example", time.Now().Add(-time.Hour))
	clients, seed := filepath.Join(dir, "clients.json"), filepath.Join(dir, "seed.jsonl")
	writeText(t, clients, `[{"id":"a b","secret":"hunter2"}]`)
	writeText(t, seed, `{"tenant":"x"}`)
	writeText(t, filepath.Join(dir, "file"), "")
	config := writeConfig(t, "query-time: 5\nstroe: memory\ndata: "+filepath.Join(dir, "file")+"\n")
	out, _, err := runWith(t, map[string]string{"AFTERHOURS_STRICT": "yes", "AFTERHOURS_LOG_FORMAT": "xml", "AFTERHOURS_NO_SUCH": "1", "OTEL_TRACES_EXPORTER": "paper"}, "",
		"serve", "--check", "--config", config, "--addr", taken.Addr().String(), "--limit", "many", "--drain", "2h", "--drain", "1s",
		"--tls-cert", cert, "--tls-key", key, "--clients", clients, "--control", "--seed", seed, "--public-url", "graph.example.com",
		"--audience", "api", "--ready-file", dir)
	if ExitCode(err) != 1 || err.Error() != "16 problems; nothing was started" {
		t.Errorf("the error is %v", err)
	}
	for _, want := range []string{
		"wrong: --limit many: it must be a whole number\n",
		"wrong: --drain 2h: it must be a number and its unit, as in 10s, and at most an hour\n",
		"wrong: --drain is given twice; give it once\n",
		"wrong: environment variable AFTERHOURS_STRICT: --strict yes: it must be true or false\n",
		"wrong: environment variable AFTERHOURS_LOG_FORMAT: --log-format xml: it must be ",
		"wrong: " + config + ", line 1: --query-time 5: it must be ",
		"wrong: " + config + ", line 2: there is no setting stroe (did you mean store?)\n",
		"wrong: --public-url graph.example.com: it must be ",
		"wrong: OTEL_TRACES_EXPORTER",
		"wrong: --audience says what tokens of an --issuer must have, and none is given\n",
		"wrong: --clients " + clients + ": client 1: id must be one word",
		"wrong: --seed " + seed + ": ",
		"wrong: --tls-cert " + cert + ": it has expired at ",
		"wrong: --ready-file " + dir + ": it is no regular file",
		"wrong: --addr " + taken.Addr().String() + ": another program has this port",
		"wrong: " + config + ", line 3: --data: " + filepath.Join(dir, "file") + " is not a folder\n",
		"warning: environment variable AFTERHOURS_NO_SUCH: no flag has it\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("it does not say %q", want)
		}
	}
	if t.Failed() {
		t.Log(out)
	}
}

// TestCheckChangesNothing: the folders are as they were, whether a server has run there or not.
func TestCheckChangesNothing(t *testing.T) {
	dir := t.TempDir()
	used := filepath.Join(dir, "used")
	mustRun(t, "token", "--data", makeFolder(t, used))
	mustRun(t, "serve", "--check", "--addr", "127.0.0.1:0", "--data", used, "--new")
	cert, key := writeKeyPair(t, dir, "a.example", time.Now().Add(time.Hour))
	before := files(t, dir)
	for _, args := range [][]string{
		{"--data", filepath.Join(dir, "fresh", "folder")}, {"--data", used, "--new"}, {"--store", "memory", "--tls-dev", "--data", used},
		{"--tls-cert", cert, "--tls-key", key, "--ready-file", filepath.Join(dir, "ready"), "--data", used, "--new", "--demo"},
	} {
		if out, err := checkLines(t, nil, args...); err != nil {
			t.Errorf("%v: %v: %s", args, err, out)
		}
	}
	if after := files(t, dir); after != before {
		t.Errorf("before:\n%safter:\n%s", before, after)
	}
}

// TestCheckBesideAServer: the port and the folder of a server that runs are no fault.
func TestCheckBesideAServer(t *testing.T) {
	dir := t.TempDir()
	server := program.Serve(t, dir)
	address := strings.TrimPrefix(server.URL, "http://")
	out, err := run(t, "serve", "--check", "--addr", address, "--data", dir)
	if err != nil || !strings.Contains(out, "warning: --addr "+address+": a server of this program has this port; stop it") {
		t.Errorf("%v: %s", err, out)
	}
}

// TestCheckAdminAddress: the address of --admin-addr must be free, too. That of a server of this program
// is no fault.
func TestCheckAdminAddress(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0") // by another program
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	go func() {
		for conn, err := taken.Accept(); err == nil; conn, err = taken.Accept() {
			_ = conn.Close()
		}
	}()
	file := filepath.Join(t.TempDir(), "token")
	writeText(t, file, strings.Repeat("x", minAdminToken))
	_, open := serveAdmin(t, t.TempDir())
	_, guarded := serveAdmin(t, t.TempDir(), "--admin-token-file", file)
	address := func(url string) string { return strings.TrimPrefix(url, "http://") }
	for _, row := range []struct{ addr, adminAddr, want string }{
		{"127.0.0.1:0", taken.Addr().String(), "wrong: --admin-addr " + taken.Addr().String() + ": another program has this port"},
		{"127.0.0.1:0", address(open), "warning: --admin-addr " + address(open) + ": a server of this program has this port"},
		{"127.0.0.1:0", address(guarded), "warning: --admin-addr " + address(guarded) + ": a server of this program has this port"},
		{address(open), address(open), "wrong: --admin-addr " + address(open) + ": it is the address of --addr; give another port"},
	} {
		if out, _ := run(t, "serve", "--check", "--store", "memory", "--addr", row.addr, "--admin-addr", row.adminAddr); !strings.Contains(out, row.want) {
			t.Errorf("it does not say %q: %s", row.want, out)
		}
	}
}

// TestCheckCertificate: what is worth a look is a warning.
func TestCheckCertificate(t *testing.T) {
	dir := t.TempDir()
	cert, key := writeKeyPair(t, dir, "a.example", time.Now().Add(48*time.Hour))
	out, err := checkLines(t, nil, "--store", "memory", "--tls-cert", cert, "--tls-key", key, "--public-url", "https://b.example")
	for _, want := range []string{"warning: --tls-cert " + cert + ": it expires at ", "warning: --tls-cert " + cert + ": it is not for b.example, the host of --public-url"} {
		if err != nil || !strings.Contains(out, want) {
			t.Errorf("%v: it does not say %q: %s", err, want, out)
		}
	}
	_, other := writeKeyPair(t, t.TempDir(), "a.example", time.Now().Add(time.Hour))
	if out, err := checkLines(t, nil, "--store", "memory", "--tls-cert", cert, "--tls-key", other); err == nil || !strings.Contains(out, "wrong: --tls-cert "+cert+", --tls-key "+other) {
		t.Errorf("%v: %s", err, out)
	}
}

// TestCheckNetworks: a database that does not answer is a fault; an issuer is a warning, as the server
// starts without it.
func TestCheckNetworks(t *testing.T) {
	out, err := checkLines(t, map[string]string{"AFTERHOURS_STORE": "postgres://me:hunter2@127.0.0.1:1/db"},
		"--data", t.TempDir(), "--issuer", "https://127.0.0.1:1/realm", "--audience", "api")
	for _, want := range []string{
		"store postgres://127.0.0.1:1/db environment variable AFTERHOURS_STORE\n",
		"wrong: environment variable AFTERHOURS_STORE: --store postgres://127.0.0.1:1/db: ",
		"warning: --issuer https://127.0.0.1:1/realm: ",
	} {
		if err == nil || !strings.Contains(out, want) {
			t.Errorf("%v: it does not say %q: %s", err, want, out)
		}
	}
}

// TestCheckDatabase: a database is asked, and gets no schema.
func TestCheckDatabase(t *testing.T) {
	address := postgrestest.Address(t)
	if out, err := checkLines(t, map[string]string{"AFTERHOURS_STORE": address}, "--data", t.TempDir()); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	postgrestest.Run(t, address, "CREATE TABLE owned_statistics (id INTEGER)") // fails if it exists
}

// TestSecretsAreNotShown: neither serve --check nor serve shows a secret, whatever is wrong with it.
func TestSecretsAreNotShown(t *testing.T) {
	dir := t.TempDir()
	clients, key := filepath.Join(dir, "clients.json"), filepath.Join(dir, "key.pem")
	writeText(t, key, "hunter2")
	cert, _ := writeKeyPair(t, t.TempDir(), "a.example", time.Now().Add(time.Hour))
	cases := [][]string{
		{"--tls-cert", cert, "--tls-key", key},
		{"--public-url", "https://me:hunter2@graph.example.com"},
		{"--public-url", "https://me:hunter2@graph.example.com/path"},
		{"--issuer", "https://me:hunter2@id.example.com", "--audience", "api"},
		{"--config", writeConfig(t, "store: postgres://me:hunter2@127.0.0.1:1/db?sslmode=hunter3\n")},
		{"--config", writeConfig(t, "stroe: postgres://me:hunter2@127.0.0.1:1/db\n")},
		{"--config", writeConfig(t, "store: [postgres://me:hunter2@127.0.0.1:1/db]\n")},
		{"--config", writeConfig(t, "postgres://me:hunter2@127.0.0.1:1/db\n")},
		{"--config", writeConfig(t, "store: *hunter2\n")},
		{"--config", writeConfig(t, "store: \"postgres://me:hunter2@127.0.0.1:1/db\n")},
	}
	for _, store := range []string{
		"postgres://me:hunter2@127.0.0.1:1/db", "postgres://127.0.0.1:1/db?user=me&password=hunter2", "postgres://me:hunter2@127.0.0.1:1/db?sslmode=bogus",
		"postgres://127.0.0.1:1/db?password=hunter2&sslmode=bogus", "postgres://127.0.0.1:1/db?sslpassword=hunter2&sslcert=none&sslkey=none",
		"postgres://me:hunter2/x@127.0.0.1:1/db", "postgres://me:hunter2%zz@127.0.0.1:1/db", "mysql://me:hunter2@127.0.0.1/db", "me:hunter2@127.0.0.1/db",
		"cassandra://me:hunter2@127.0.0.1:1/db", "cassandra://me:hunter2@127.0.0.1:x/db", "cassandra://me:hunter2%zz@127.0.0.1/db", "cassandra://me:hunter2/x@127.0.0.1/db", "cassandra://hunter2@127.0.0.1/db",
		"host=127.0.0.1 password=hunter2", "postgres:me:hunter2@127.0.0.1:1/db", "postgres:/me:hunter2@127.0.0.1:1/db", "sqlite://hunter2",
	} {
		cases = append(cases, []string{"--store", store})
	}
	for _, text := range []string{`{"secret":"hunter2"}`, `[{"id":"a b","secret":"hunter2"}]`, `[{"id":"a","secret":"hunter2","x":1}]`, `[{"id":"a","secret":["hunter2"]}]`, `hunter2`, `["hunter2"]`} {
		name := clients + strings.Repeat("x", len(cases))
		writeText(t, name, text)
		cases = append(cases, []string{"--clients", name, "--control"})
	}
	for _, args := range cases {
		for _, first := range [][]string{{"serve", "--check"}, {"serve"}} {
			stdout, stderr, err := runWith(t, nil, "", append(append(first, "--addr", "127.0.0.1:0", "--data", dir), args...)...)
			if err == nil {
				t.Errorf("%v %v is no mistake: %s", first, args, stdout)
			} else if told := stdout + stderr + err.Error(); strings.Contains(told, "hunter") {
				t.Errorf("%v %v: %s", first, args, told)
			}
		}
	}
}

// writeKeyPair writes a certificate for the host and its key.
func writeKeyPair(t *testing.T, dir, host string, end time.Time) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: host}, DNSNames: []string{host}, NotBefore: end.Add(-72 * time.Hour), NotAfter: end}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	text, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "cert.key")
	writeText(t, cert, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate})))
	writeText(t, key, string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: text})))
	return cert, key
}

func writeText(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func makeFolder(t *testing.T, name string) string {
	t.Helper()
	if err := os.Mkdir(name, 0o700); err != nil {
		t.Fatal(err)
	}
	return name
}

// files returns the names, the times and the sizes of all files and folders.
func files(t *testing.T, dir string) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		info, infoErr := os.Stat(path)
		if err == nil && infoErr == nil {
			all.WriteString(path + " " + info.ModTime().String() + " " + info.Mode().String() + "\n")
		}
		return errors.Join(err, infoErr)
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}
