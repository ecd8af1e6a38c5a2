package signin

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"afterhours/contract/bounded"
	"afterhours/handlers/auth"
	"afterhours/store"
	"afterhours/store/memory"
)

const (
	testTenant = "7a1c0f52-3d84-4b6e-9f20-5e8d1b7c4a63"
	testUser   = "48d31887-5fad-4d73-a9f5-3c356e68a038"
)

func newTestService(t testing.TB, clients Clients) *Service {
	t.Helper()
	issuer, err := auth.NewLocalIssuer()
	if err != nil {
		t.Fatal(err)
	}
	users := memory.New()
	t.Cleanup(func() { _ = users.Close() })
	user := store.User{Owner: store.Owner{Tenant: testTenant, User: testUser}, UPN: "lee@example.com"}
	if err := users.PutUser(t.Context(), user, false); err != nil {
		t.Fatal(err)
	}
	return New(Config{Issuer: issuer, Users: users, Tenant: testTenant, User: testUser, UPN: "megan@example.com", Clients: clients, Now: time.Now})
}

// post sends a form to a path of the tenant, without a socket.
func (s *Service) post(t testing.TB, path, form string) *httptest.ResponseRecorder {
	t.Helper()
	request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(form))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.SetPathValue("tenant", testTenant)
	for _, route := range s.Routes() {
		if route.Method == http.MethodPost && strings.HasSuffix(route.Path, path) {
			recorder := httptest.NewRecorder()
			route.Serve(recorder, &Call{Request: request, Origin: "http://127.0.0.1:8080", TraceID: "trace", CorrelationID: "correlation"})
			return recorder
		}
	}
	t.Fatalf("no route ends with %s", path)
	return nil
}

// FuzzToken checks that a form is answered with a token that the server trusts and that cannot steer it,
// or with an error in Entra's shape.
func FuzzToken(f *testing.F) {
	for _, form := range []string{
		"grant_type=client_credentials&client_id=a&client_secret=b&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default",
		"grant_type=password&client_id=a&username=lee%40example.com&password=b&scope=openid+offline_access+Analytics.Read&client_info=1",
		"grant_type=password&client_id=a&username=48d31887-5fad-4d73-a9f5-3c356e68a038&password=b&scope=.default&claims=%7B%22access_token%22%3A%7B%22xms_cc%22%3A%7B%22values%22%3A%5B%22cp1%22%5D%7D%2C%22nbf%22%3A%7B%22value%22%3A%221%22%7D%7D%7D",
		"grant_type=refresh_token&client_id=a&refresh_token=AAAA", "grant_type=authorization_code&client_id=a&code=b&code_verifier=c&redirect_uri=d",
		"grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&client_id=a&device_code=b", "grant_type=password&scope=Afterhours.Control", "a=%zz", ";", "",
		"grant_type=password&client_id=a&username=lee%40example.com&password=b&scope=%ff%00",
	} {
		f.Add(form)
	}
	s := newTestService(f, nil)
	verifier, err := auth.NewVerifier(time.Now, s.Issuer.Issuer())
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, form string) {
		defer bounded.Input(t)()
		got := s.post(t, "/token", form)
		var answer struct {
			Token       string `json:"access_token"`
			IDToken     string `json:"id_token"`
			Error       string `json:"error"`
			Description string `json:"error_description"`
			Numbers     []int  `json:"error_codes"`
		}
		if err := json.Unmarshal(got.Body.Bytes(), &answer); err != nil {
			t.Fatalf("%q: %v: %s", form, err, got.Body)
		}
		switch {
		case got.Code == http.StatusOK:
			caller, err := verifier.Verify(t.Context(), answer.Token)
			if permissions := strings.ToLower(fmt.Sprint(caller.Scopes, caller.Roles)); err != nil || caller.Tenant != testTenant || strings.Contains(permissions, "afterhours") {
				t.Errorf("%q: %v, %v", form, caller, err)
			}
			if _, err := verifier.Verify(t.Context(), answer.IDToken); err == nil {
				t.Errorf("%q: the ID token is accepted", form)
			}
		case got.Code != http.StatusBadRequest && got.Code != http.StatusUnauthorized,
			answer.Error == "" || len(answer.Numbers) != 1 || !strings.HasPrefix(answer.Description, fmt.Sprintf("AADSTS%d: ", answer.Numbers[0])), answer.Token != "":
			t.Errorf("%q: %d %s", form, got.Code, got.Body)
		}
	})
}

// FuzzAuthorize checks that a form leads the browser to this machine, or to a page.
func FuzzAuthorize(f *testing.F) {
	f.Add("client_id=a&response_type=code&redirect_uri=http%3A%2F%2Flocalhost%3A1%2F%3Fa&scope=openid&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256&state=b&user=lee%40example.com", "")
	f.Add("client_id=a&redirect_uri=http%3A%2F%2F%5B%3A%3A1%5D&response_mode=fragment", "&cancel=")
	f.Add("client_id=a&redirect_uri=http%3A%2F%2Flocalhost%40evil.example", "&response_mode=form_post")
	s := newTestService(f, nil)
	f.Fuzz(func(t *testing.T, form, more string) {
		defer bounded.Input(t)()
		got := s.post(t, "/authorize", form+more)
		location := got.Header().Get("Location")
		isBack := got.Code == http.StatusSeeOther && isLoopback(strings.SplitN(location, "#", 2)[0])
		isPage := (got.Code == http.StatusOK || got.Code == http.StatusBadRequest) && location == "" && strings.HasPrefix(got.Header().Get("Content-Security-Policy"), "default-src 'none'")
		if !isBack && !isPage || strings.Contains(got.Body.String(), "<script") {
			t.Errorf("%q: %d to %q %s", form+more, got.Code, location, got.Body)
		}
	})
}

func TestParseClients(t *testing.T) {
	for text, want := range map[string]string{
		`[]`: "", `[{"id":"a","secret":"b","roles":["Analytics.Read.All"],"redirectUris":["https://app.example/cb","com.example.app:/cb"]},{"id":"b"}]`: "",
		``: "JSON list", `{}`: "JSON list", `[{"id":"a","Secrets":"b"}]`: "Secrets", `[] []`: "more text", `[null]`: "client 1: id must be",
		`[{"secret":"b"}]`: "client 1: id must be", `[{"id":"a b"}]`: "id must be", `[{"id":"` + strings.Repeat("a", 129) + `"}]`: "at most 128",
		`[{"id":"a"},{"id":"a"}]`: `client 2: the id "a"`, `[{"id":"a","roles":["X.All"]}]`: "roles need a secret",
		`[{"id":"a","secret":"b","roles":["X All"]}]`: `"X All"`, `[{"id":"a","secret":"b","roles":["Afterhours.Control"]}]`: `"Afterhours.Control"`,
		`[{"id":"a","redirectUris":["/cb"]}]`: `"/cb"`, `[{"id":"a","redirectUris":["https://a/#b"]}]`: "#b", `[{"id":"a","redirectUris":["javascript:alert(1)"]}]`: "javascript",
	} {
		clients, err := ParseClients([]byte(text))
		switch {
		case want == "" && (err != nil || clients == nil):
			t.Errorf("%s: %v %v", text, clients, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: %v, want %q in it", text, err, want)
		}
	}
}

// TestPendingIsBounded: the oldest entry is forgotten, and every other one is there.
func TestPendingIsBounded(t *testing.T) {
	p := newPending[int]()
	for i := range maxPending + 10 {
		p.add(fmt.Sprint(i), i)
	}
	for key, want := range map[string]bool{"0": false, "9": false, "10": true, fmt.Sprint(maxPending + 9): true} {
		_ = p.with(key, func(found *int) error {
			if (found != nil) != want {
				t.Errorf("%s is there: %t, want %t", key, found != nil, want)
			}
			return nil
		})
	}
	if len(p.byKey) != maxPending || len(p.order) != maxPending {
		t.Errorf("%d and %d entries", len(p.byKey), len(p.order))
	}
}
