package oidc

import (
	"flag"
	"net/http"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var oidcProvider = flag.String("oidc-provider", "", "folder of provider.mjs with its packages installed")

// TestOIDCProvider: npm's oidc-provider, on http and loopback. Its tokens name the tenant, and have permissions in lists.
// To go down it ends, and it starts again with the keys that it had.
func TestOIDCProvider(t *testing.T) {
	if *oidcProvider == "" {
		t.Skip("contract/oidc/run oidc-provider installs the packages and gives -oidc-provider")
	}
	port, keys := freePort(t), filepath.Join(t.TempDir(), "keys.json")
	const audience = "https://statistics.example.com"
	issuer := "http://127.0.0.1:" + port
	p := &provider{
		issuer: issuer, idTokens: "app", tenant: "3b9d2c61-5f0e-4a7d-8c12-9e4f6a1b7d30", keys: issuer + "/jwks", client: newClient(t, nil),
		flags: []string{"--audience", audience, "--claim", "tenant=https://example.com/org.tenant", "--claim", "user=sub",
			"--claim", "scope=permissions", "--claim", "roles=rights.statistics", "--claim", "application=kind=machine"},
	}
	var running *exec.Cmd
	begin := func(change string) {
		running = launch(t, exec.Command("node", filepath.Join(*oidcProvider, "provider.mjs"), port, keys, change))
		for deadline := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
			response, err := p.client.Get(p.keys)
			if err == nil {
				_ = response.Body.Close()
				return
			}
			if time.Now().After(deadline) {
				t.Fatalf("the provider does not start: %v", err)
			}
		}
	}
	restart := func(change string) func(*testing.T) {
		return func(*testing.T) { end(running); begin(change) }
	}
	p.stop, p.start = func(*testing.T) { end(running) }, func(*testing.T) { begin("") }
	p.rotate, p.withdraw = restart("rotate"), restart("withdraw")
	p.robot = func(t *testing.T, algorithm string) string {
		return p.token(t, issuer+"/token", "robot", "secret", url.Values{"grant_type": {"client_credentials"}, "resource": {audience + "/" + algorithm}}).Access
	}
	p.user = func(t *testing.T, algorithm, scope string) tokens { return p.signIn(t, audience+"/"+algorithm, scope) }
	p.foreign = func(t *testing.T) string {
		return p.signIn(t, "https://other.example.com/RS256", "Analytics.Read").Access
	}
	p.start(t)
	testProvider(t, p)
}

// signIn signs jane in by an authorization code with PKCE, as a browser does at the pages of the provider.
func (p *provider) signIn(t *testing.T, resource, scope string) tokens {
	t.Helper()
	const callback = "http://127.0.0.1/callback"
	const verifier, challenge = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM" // of RFC 7636
	query := url.Values{"client_id": {"app"}, "response_type": {"code"}, "scope": {"openid " + scope}, "resource": {resource}, "redirect_uri": {callback},
		"code_challenge": {challenge}, "code_challenge_method": {"S256"}, "state": {"x"}, "prompt": {"login consent"}}
	response, err := p.client.Get(p.issuer + "/auth?" + query.Encode())
	for _, form := range []url.Values{{"prompt": {"login"}, "login": {"jane"}, "password": {"any"}}, {"prompt": {"consent"}}} {
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		response, err = p.client.PostForm(response.Request.URL.String(), form)
	}
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	location := response.Header.Get("Location")
	back, err := url.Parse(location)
	if err != nil || response.StatusCode != http.StatusSeeOther || !strings.HasPrefix(location, callback) {
		t.Fatalf("sign-in ended with %d at %s, and leads to %q, %v", response.StatusCode, response.Request.URL, location, err)
	}
	return p.token(t, p.issuer+"/token", "app", "", url.Values{
		"grant_type": {"authorization_code"}, "code": back.Query()["code"], "redirect_uri": {callback}, "code_verifier": {verifier}, "resource": {resource}})
}
