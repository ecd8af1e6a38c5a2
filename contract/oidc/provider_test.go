package oidc

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	_ "afterhours/command" // so that go test repeats these tests when the program changes
	"afterhours/contract/program"
)

func TestMain(m *testing.M) { os.Exit(program.Main(m)) }

// The algorithms with which both providers sign.
var algorithms = []string{"RS256", "PS256", "ES256", "EdDSA"}

// provider is a running identity provider, set up as docs/auth.md says. It has a user jane and an application robot.
type provider struct {
	issuer   string
	flags    []string // of serve
	idTokens string   // the audience of ID tokens
	tenant   string   // of all tokens
	keys     string   // address of the key set
	client   *http.Client

	user     func(t *testing.T, algorithm, scope string) tokens // of jane
	robot    func(t *testing.T, algorithm string) string
	foreign  func(t *testing.T) string // of jane, for another API
	rotate   func(t *testing.T)        // signs RS256 with a new key, and still publishes the old one
	withdraw func(t *testing.T)        // no longer publishes the old key
	stop     func(t *testing.T)
	start    func(t *testing.T)
}

// tokens are what a provider gives a client for a user.
type tokens struct {
	Access string `json:"access_token"`
	ID     string `json:"id_token"`
}

// launch starts a process and ends it with the test. Its output is shown if the test fails.
func launch(t *testing.T, command *exec.Cmd) *exec.Cmd {
	t.Helper()
	var output strings.Builder
	command.Stdout, command.Stderr = &output, &output
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		end(command)
		if t.Failed() {
			t.Log(output.String())
		}
	})
	return command
}

// end ends a process, also if it has ended already.
func end(command *exec.Cmd) {
	_ = command.Process.Signal(syscall.SIGTERM)
	_ = command.Wait()
}

// newClient returns a client with cookies that trusts the authorities in the PEM text, if there are any. It follows
// redirects within this machine, and stops at one to a client.
func newClient(t *testing.T, authorities []byte) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authorities)
	return &http.Client{
		Jar:       jar,
		Timeout:   time.Minute,
		Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}},
		CheckRedirect: func(next *http.Request, _ []*http.Request) error {
			if next.URL.Query().Has("code") {
				return http.ErrUseLastResponse
			}
			return nil
		},
	}
}

// ask sends a request to the provider, and reads its JSON into the value unless that is nil. The test fails unless the
// status is one of 2xx.
func (p *provider) ask(t *testing.T, request *http.Request, into any) http.Header {
	t.Helper()
	response, err := p.client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode/100 != 2 {
		t.Fatalf("%s %s: %d %s %v", request.Method, request.URL, response.StatusCode, text, err)
	}
	if into != nil {
		if err := json.Unmarshal(text, into); err != nil {
			t.Fatalf("%s %s: %v", request.Method, request.URL, err)
		}
	}
	return response.Header
}

// token asks the token endpoint. A client without a secret is public.
func (p *provider) token(t *testing.T, endpoint, client, secret string, form url.Values) (got tokens) {
	t.Helper()
	if secret == "" {
		form.Set("client_id", client)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, endpoint, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if secret != "" {
		request.SetBasicAuth(client, secret)
	}
	p.ask(t, request, &got)
	return got
}
