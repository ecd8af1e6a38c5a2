package handlers_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"afterhours/handlers"
	"afterhours/handlers/signin"
	"afterhours/store"
	"afterhours/store/memory"
)

const (
	meganUPN   = "megan@example.com"
	clientID   = "5b6e0d4c-3a1f-4e8b-9c27-6d5f4a3b2c1d"
	graphScope = "https://graph.microsoft.com/"
)

// signInClient sends the requests of a client that signs in. Their responses are not of the contract.
type signInClient struct {
	controlServer
	browser *http.Client
}

// newSignIn returns a client of a server with the registered clients, nil for any client.
func newSignIn(t testing.TB, clients signin.Clients) signInClient {
	t.Helper()
	return newSignInOver(t, memory.New(), clients)
}

// newSignInOver is newSignIn over a store.
func newSignInOver(t testing.TB, over store.Store, clients signin.Clients) signInClient {
	t.Helper()
	users := []store.User{{Owner: store.Owner{Tenant: tenant, User: lee}, UPN: "lee@example.com"}, {Owner: store.Owner{Tenant: otherTenant, User: lee}, UPN: "lee@other.example"}}
	for _, user := range users {
		if err := over.PutUser(t.Context(), user, false); err != nil {
			t.Fatal(err)
		}
	}
	c := signInClient{controlServer: newControlServer(t, over, func(config *handlers.Config) {
		config.SignIn = signin.New(signin.Config{Issuer: config.Issuer, Users: over, Tenant: tenant, User: megan, UPN: meganUPN, Clients: clients, Now: config.Now})
	})}
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	t.Cleanup(transport.CloseIdleConnections)
	c.browser = &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return c
}

// send sends a request of a client. headers are names and values.
func (c signInClient) send(method, path, body string, headers ...string) testResponse {
	c.t.Helper()
	got, err := c.trySend(c.t.Context(), method, path, body, headers...)
	if err != nil {
		c.t.Fatal(err)
	}
	if got.status >= 500 {
		c.t.Errorf("%s %s: %d %s", method, path, got.status, got.text)
	}
	return got
}

// trySend is send for goroutines other than that of the test.
func (c signInClient) trySend(ctx context.Context, method, path, body string, headers ...string) (testResponse, error) {
	request, err := http.NewRequestWithContext(ctx, method, c.url+path, strings.NewReader(body))
	if err != nil {
		return testResponse{}, err
	}
	if body != "" {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for pair := range slices.Chunk(headers, 2) {
		request.Header.Set(pair[0], pair[1])
	}
	response, err := c.browser.Do(request)
	if err != nil {
		return testResponse{}, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return testResponse{response.StatusCode, response.Header, string(text)}, err
}

// parameters returns a form of names and values. A name with the value "-" is left out, and a later value
// replaces an earlier one.
func parameters(pairs ...string) url.Values {
	values := url.Values{}
	for pair := range slices.Chunk(pairs, 2) {
		values.Set(pair[0], pair[1])
		if pair[1] == "-" {
			values.Del(pair[0])
		}
	}
	return values
}

// token sends a form to the token endpoint of a tenant.
func (c signInClient) token(of string, form url.Values, headers ...string) testResponse {
	c.t.Helper()
	return c.send("POST", "/"+of+"/oauth2/v2.0/token", form.Encode(), headers...)
}

func byCredentials(more ...string) url.Values {
	return parameters(append([]string{"grant_type", "client_credentials", "client_id", clientID, "client_secret", "any", "scope", graphScope + ".default"}, more...)...)
}

func byPassword(more ...string) url.Values {
	return parameters(append([]string{"grant_type", "password", "client_id", clientID, "username", meganUPN, "password", "any", "scope", graphScope + "Analytics.Read"}, more...)...)
}

// wantRefusal fails unless the response is an error in Entra's shape. The part must be in its description.
func (r testResponse) wantRefusal(t testing.TB, status int, name string, number int, part string) {
	t.Helper()
	var failed struct {
		Error         string `json:"error"`
		Description   string `json:"error_description"`
		Numbers       []int  `json:"error_codes"`
		Timestamp     string `json:"timestamp"`
		TraceID       string `json:"trace_id"`
		CorrelationID string `json:"correlation_id"`
	}
	if err := json.Unmarshal([]byte(r.text), &failed); err != nil {
		t.Fatalf("%v: %d %s", err, r.status, r.text)
	}
	_, err := time.Parse("2006-01-02 15:04:05Z", failed.Timestamp)
	if r.status != status || failed.Error != name || !slices.Equal(failed.Numbers, []int{number}) || !strings.HasPrefix(failed.Description, "AADSTS") ||
		!strings.Contains(failed.Description, part) || err != nil || failed.TraceID != r.header.Get("request-id") || failed.CorrelationID == "" {
		t.Errorf("%d %s; want %d %s %d with %q", r.status, r.text, status, name, number, part)
	}
}

// claimsOf returns the claims of a token of the response, "access_token" or "id_token".
func (r testResponse) claimsOf(t testing.TB, name string) map[string]any {
	t.Helper()
	token, _ := r.want(t, 200).object(t)[name].(string)
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("%s is no token: %s", name, r.text)
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	var claims map[string]any
	if err == nil {
		err = json.Unmarshal(text, &claims)
	}
	if err != nil {
		t.Fatal(err)
	}
	return claims
}

// accessToken returns the access token of the response.
func (r testResponse) accessToken(t testing.TB) string {
	t.Helper()
	token, _ := r.want(t, 200).object(t)["access_token"].(string)
	return token
}
