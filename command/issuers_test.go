package command

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"afterhours/contract/checked"
	"afterhours/contract/program"
)

const statisticsOfOther = "/beta/users/0f8fad5b-d9cb-469f-a165-70867728950e/analytics/activityStatistics"

// otherIssuer is an issuer that is not the server's own, on a real socket.
type otherIssuer struct {
	url string
	key ed25519.PrivateKey
}

func newOtherIssuer(t *testing.T) *otherIssuer {
	t.Helper()
	issuer, _ := startOtherIssuer(t, httptest.NewServer)
	return issuer
}

// startOtherIssuer returns the issuer and its server, which start starts.
func startOtherIssuer(t *testing.T, start func(http.Handler) *httptest.Server) (*otherIssuer, *httptest.Server) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	server := start(mux)
	t.Cleanup(server.Close)
	o := &otherIssuer{url: server.URL + "/realms/work", key: private}
	mux.HandleFunc("/realms/work/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]string{"issuer": o.url, "jwks_uri": server.URL + "/keys"})
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]any{"keys": []map[string]string{
			{"kty": "OKP", "crv": "Ed25519", "kid": "1", "alg": "Ed25519", "use": "sig", "x": base64.RawURLEncoding.EncodeToString(public)},
		}})
	})
	return o, server
}

// token returns a token with the claims, and with those that every token needs.
func (o *otherIssuer) token(claims map[string]any) string {
	claims["iss"], claims["aud"], claims["exp"] = o.url, "api", time.Now().Add(time.Hour).Unix()
	part := func(value any) string {
		text, _ := json.Marshal(value) // maps of texts, numbers and lists always marshal
		return base64.RawURLEncoding.EncodeToString(text)
	}
	signed := part(map[string]string{"alg": "Ed25519", "kid": "1"}) + "." + part(claims)
	return signed + "." + base64.RawURLEncoding.EncodeToString(ed25519.Sign(o.key, []byte(signed)))
}

// TestClaimsOfAnotherIssuer serves the users and applications of an issuer that names its
// claims as Keycloak does.
func TestClaimsOfAnotherIssuer(t *testing.T) {
	o := newOtherIssuer(t)
	dir := t.TempDir()
	p := program.Serve(t, dir, "--issuer", o.url, "--audience", "api", "--names-from", o.url,
		"--claim", "tenant=="+demoTenant, "--claim", "user=sub", "--claim", "roles=realm_access.roles", "--claim", "application=idtyp=app")
	roles := map[string]any{"roles": []string{"Analytics.ReadWrite.All"}}
	user := map[string]any{"sub": "f:1:jane", "scope": "openid Analytics.Read", "realm_access": roles, "upn": "jane@example.com"}
	for _, one := range []struct {
		name, path, token string
		status            int
		want              string
	}{
		{"a user", program.Statistics, o.token(user), http.StatusOK, "value"},
		{"another user's data, by a user with roles", statisticsOfOther, o.token(user), http.StatusForbidden, "own statistics alone"},
		{"a user with roles and no scopes", statisticsOfOther, o.token(map[string]any{"sub": demoUser, "realm_access": roles}), http.StatusUnauthorized, "its claim idtyp must be app"},
		{"an application", statisticsOfOther, o.token(map[string]any{"sub": "robot", "scope": "email", "realm_access": roles, "idtyp": "app"}), http.StatusOK, "value"},
		{"a token bound to a key", program.Statistics, o.token(map[string]any{"sub": "jane", "scope": "Analytics.Read", "cnf": map[string]string{"jkt": "x"}}), http.StatusUnauthorized, "bound to a key"},
		{"a local user with a name", program.Statistics, mustRun(t, "token", "--data", dir, "--upn", "megan@example.com"), http.StatusOK, "value"},
	} {
		if status, _, text := checked.Send(t, checked.Client(t), "GET", p.URL+one.path, one.token, ""); status != one.status || !strings.Contains(text, one.want) {
			t.Errorf("%s: %d %s, want %d with %q", one.name, status, text, one.status, one.want)
		}
	}
	// --names-from names the other issuer alone, so the local one teaches nothing.
	listed := mustRun(t, "user", "list", "--data", dir)
	if fields := strings.Fields(listed); len(fields) != 4 || fields[1] != "jane@example.com" || fields[3] != o.url {
		t.Errorf("user list: %q", listed)
	} else if at, err := time.Parse(time.RFC3339, fields[2]); err != nil || time.Since(at) > time.Hour {
		t.Errorf("user list: %q", listed)
	}
	if log := p.Log(); strings.Contains(log, "not fetched") {
		t.Error(log)
	}
}

// TestAnIssuerTeachesNamesOnlyIfNamed checks the default of --names-from.
func TestAnIssuerTeachesNamesOnlyIfNamed(t *testing.T) {
	o := newOtherIssuer(t)
	dir := t.TempDir()
	p := program.Serve(t, dir, "--issuer", o.url, "--audience", "api")
	squatter := o.token(map[string]any{"tid": demoTenant, "oid": "0f8fad5b-d9cb-469f-a165-70867728950e", "scp": "Analytics.Read", "upn": demoUPN})
	for _, token := range []string{squatter, mustRun(t, "token", "--data", dir, "--upn", demoUPN)} {
		if status, _, text := checked.Send(t, checked.Client(t), "GET", p.URL+program.Statistics, token, ""); status != http.StatusOK {
			t.Errorf("%d %s", status, text)
		}
	}
	if listed := mustRun(t, "user", "list", "--data", dir); !strings.HasPrefix(listed, demoUser+" "+demoUPN+" ") || !strings.HasSuffix(listed, " https://afterhours.internal") {
		t.Errorf("user list: %q", listed)
	}
}

// TestIssuerThatCannotBeReached checks that a server starts without its issuer and says so at
// once, and that a token of the issuer gets 503, which names the issuer.
func TestIssuerThatCannotBeReached(t *testing.T) {
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o := &otherIssuer{url: "http://" + listener.Addr().String(), key: ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))}
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	p := program.Serve(t, t.TempDir(), "--issuer", o.url, "--audience", "api")
	const told = "the keys of a token issuer were not fetched"
	for deadline := time.Now().Add(30 * time.Second); !strings.Contains(p.Log(), told) && time.Now().Before(deadline); {
		time.Sleep(10 * time.Millisecond)
	}
	if log := p.Log(); !strings.Contains(log, `"level":"WARN","msg":"`+told+`","issuer":"`+o.url+`"`) {
		t.Errorf("the log does not say that the issuer cannot be reached: %s", log)
	}
	token := o.token(map[string]any{"tid": demoTenant, "oid": demoUser, "scp": "Analytics.Read"})
	status, _, text := checked.Send(t, checked.Client(t), "GET", p.URL+program.Statistics, token, "")
	if status != http.StatusServiceUnavailable || !strings.Contains(text, "the keys of the token's issuer "+o.url+" now") || strings.Contains(text, "dial") {
		t.Errorf("%d %s", status, text)
	}
	if err := p.End(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	if log := p.Log(); !strings.Contains(log, `"level":"ERROR","msg":"failed"`) || strings.Count(log, "connection refused") < 2 {
		t.Errorf("the log does not say why the token could not be verified: %s", log)
	}
}

// TestClaimsOf checks which claims are whose.
func TestClaimsOf(t *testing.T) {
	const own, other = "https://id.example.com", "https://other.example.com"
	flags := IssuerFlags{Claims: []string{"user=sub", own + "#user=uid", "roles=https://example.com/#roles", own + "#roles=" + other + "#roles"}}
	if got, want := flags.claimsOf(own), []string{"user=uid", "roles=" + other + "#roles"}; !slices.Equal(got, want) {
		t.Errorf("of an issuer with claims of its own: %q, want %q", got, want)
	}
	if got, want := flags.claimsOf(other), []string{"user=sub", "roles=https://example.com/#roles"}; !slices.Equal(got, want) {
		t.Errorf("of another issuer: %q, want %q", got, want)
	}
}

// TestSharedTenants checks that issuers share a tenant only if each of them is given it by name.
func TestSharedTenants(t *testing.T) {
	const own, other = "https://id.example.com", "https://other.example.com"
	const entra, named = "https://login.microsoftonline.com/" + demoTenant + "/v2.0", "https://other.example.com/" + demoTenant
	const fixed = "tenant==" + demoTenant
	for _, one := range []struct {
		issuers, claims []string
		want            string // the claim that the error names, "" for no error
	}{
		{[]string{own}, []string{fixed}, ""},
		{[]string{own, other}, []string{fixed}, own + "#" + fixed},
		{[]string{own, other}, []string{other + "#" + fixed, fixed}, own + "#" + fixed},
		{[]string{own, other}, []string{other + "#user=sub", fixed}, ""},
		{[]string{own, other}, []string{own + "#" + fixed, other + "#" + fixed}, ""},
		{[]string{entra, own}, []string{fixed}, own + "#" + fixed},
		{[]string{entra, own}, []string{"tenant==" + strings.ToUpper(demoTenant)}, own + "#tenant==" + strings.ToUpper(demoTenant)},
		{[]string{entra, own}, []string{own + "#" + fixed}, ""},
		{[]string{entra, own}, []string{"tenant==" + demoUser}, ""},
		{[]string{named, own}, []string{own + "#user=sub", fixed}, ""},
		{[]string{named, own}, []string{fixed}, named + "#" + fixed},
	} {
		flags := IssuerFlags{Issuers: one.issuers, Claims: one.claims, Audiences: []string{"api"}}
		err := flags.checkFixedTenants()
		if (err == nil) != (one.want == "") || err != nil && !strings.HasSuffix(err.Error(), "as in --claim "+one.want) {
			t.Errorf("%q, %q: %v, want %q", one.issuers, one.claims, err, one.want)
		}
	}
}

// TestIssuerFlags checks what each command line that does not fit together is told.
func TestIssuerFlags(t *testing.T) {
	issuer := []string{"--issuer", "https://id.example.com", "--audience", "api"}
	entra := []string{"--issuer", "https://login.microsoftonline.com/" + demoTenant + "/v2.0", "--audience", "api"}
	for _, one := range []struct {
		args []string
		want string
	}{
		{[]string{"--audience", "api"}, "none is given"},
		{[]string{"--claim", "user=sub"}, "--claim says what tokens of an --issuer call"},
		{append(entra, "--claim", "user=sub"), "those of Entra ID and of the local issuer are known"},
		{append(issuer, "--claim", "upn=name"), `--claim: "upn=name" must begin with tenant=`},
		{append(issuer, "--claim", "application=app"), "must be application=NAME=VALUE"},
		{append(issuer, "--claim", "https://other.example.com#user=sub"), "must be an --issuer other than Entra ID"},
		{append(entra, "--issuer", "https://id.example.com", "--claim", entra[1]+"#user=sub"), "must be an --issuer other than Entra ID"},
		{append(issuer, "--claim", "https://id.example.com#upn=name"), `--claim: "upn=name" must begin with tenant=`},
		{append(issuer, "--issuer", "https://other.example.com", "--claim", "user=sub"), "may each name any tenant"},
		{append(issuer, "--issuer", "https://other.example.com", "--claim", "tenant=="+demoTenant, "--claim", "user=sub"), "as in --claim https://id.example.com#tenant==" + demoTenant},
		{append(issuer, "--names-from", "https://other.example.com"), "it must be https://afterhours.internal or https://id.example.com"},
		{[]string{"--issuer", "https://id.example.com/" + demoTenant, "--audience", "api", "--claim", "tenant==" + demoUser}, "speaks for the tenant in its name only"},
	} {
		args := append([]string{"serve", "--addr", "127.0.0.1:0", "--data", t.TempDir(), "--store", "memory"}, one.args...)
		if _, err := run(t, args...); err == nil || !strings.Contains(err.Error(), one.want) || ExitCode(err) != 2 {
			t.Errorf("%v: %v, want exit code 2 and %q", one.args, err, one.want)
		}
	}
}
