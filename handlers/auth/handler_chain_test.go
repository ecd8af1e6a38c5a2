package auth_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"afterhours/contract/checked"
	"afterhours/handlers"
	"afterhours/handlers/auth"
	"afterhours/handlers/limits"
	"afterhours/store"
)

// nowhere is a store that no request may reach. Every method panics, and the server then responds with 500.
type nowhere struct{ store.Store }

// site is the whole handler chain on a real socket. It trusts the issuers of a testVerifier.
type site struct {
	testVerifier
	t      testing.TB
	url    string
	client *http.Client
}

func newSite(t testing.TB, over store.Store) site {
	t.Helper()
	w := newTestVerifier(t)
	contract, err := checked.Text()
	if err != nil {
		t.Fatal(err)
	}
	server, err := handlers.New(handlers.Config{
		Limits: limits.New(2, 0),
		Store:  over, Verifier: w.verifier, Issuer: w.local, Contract: contract,
		Logger: slog.New(slog.DiscardHandler), Now: w.now, SDKQuirks: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	listener := httptest.NewServer(server)
	t.Cleanup(listener.Close)
	return site{testVerifier: w, t: t, url: listener.URL, client: checked.Client(t)}
}

// reply is a response with its body.
type reply struct {
	status    int
	challenge string
	code      string
	message   string
	text      string
}

// bodies maps a method to a body that is valid for all its operations except batches.
var bodies = map[string]string{
	http.MethodPost:  `{"@odata.type":"#microsoft.graph.callActivityStatistics"}`,
	http.MethodPatch: `{}`,
	http.MethodPut:   `{}`,
}

// bodyOf returns a body for the operation, with its media type.
func bodyOf(method, path string) (body, contentType string) {
	switch {
	case strings.HasSuffix(path, "/$value"):
		return "PT1H", "text/plain"
	case strings.HasSuffix(path, "/$query"):
		return "$top=1", "text/plain"
	case strings.HasSuffix(path, "/duration"):
		return `{"value":"PT1H"}`, "application/json"
	}
	return bodies[method], "application/json"
}

// send sends a request for an operation such as "PATCH /beta/me/analytics", after change has changed it.
func (s site) send(operation string, change func(*http.Request)) reply {
	s.t.Helper()
	got, err := s.try(context.Background(), operation, change)
	if err != nil {
		s.t.Fatal(err)
	}
	return got
}

// try is send for any goroutine: it returns the error instead of ending the test.
func (s site) try(ctx context.Context, operation string, change func(*http.Request)) (reply, error) {
	method, path, _ := strings.Cut(operation, " ")
	body, contentType := bodyOf(method, path)
	if method == http.MethodGet || method == http.MethodDelete {
		body = ""
	}
	request, err := http.NewRequestWithContext(ctx, method, s.url+path, strings.NewReader(body))
	if err != nil {
		return reply{}, err
	}
	request.Header.Set("Content-Type", contentType)
	change(request)
	response, err := s.client.Do(request)
	if err != nil {
		return reply{}, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	var failed struct {
		Error struct{ Code, Message string }
	}
	_ = json.Unmarshal(text, &failed) // leaves failed empty if the body is no error
	return reply{response.StatusCode, response.Header.Get("WWW-Authenticate"), failed.Error.Code, failed.Error.Message, string(text)}, err
}

func bearer(token string) func(*http.Request) { return authorization("Bearer " + token) }

func authorization(lines ...string) func(*http.Request) {
	return func(r *http.Request) { r.Header["Authorization"] = lines }
}

// wantUnauthorized fails the test unless the response refuses the token with a message that contains want.
func (s site) wantUnauthorized(t *testing.T, got reply, token, want string) {
	t.Helper()
	if got.status != http.StatusUnauthorized || got.code != "InvalidAuthenticationToken" {
		t.Fatalf("%d %s", got.status, got.text)
	}
	if !strings.HasPrefix(got.challenge, `Bearer realm="afterhours", error="invalid_token", error_description="`) {
		t.Errorf("WWW-Authenticate: %s", got.challenge)
	}
	wantRefused(t, &auth.Error{Description: got.message}, token, want)
	for part := range strings.SplitSeq(token, ".") {
		if len(part) > 8 && strings.Contains(got.text+got.challenge, part) {
			t.Errorf("the response holds a part of the token: %s %s", got.challenge, got.text)
		}
	}
}

// listUsers is the operation that users do not have.
const listUsers = "GET /beta/users"

// guarded returns the operations of the contract that need a token.
func guarded(t testing.TB) []string {
	t.Helper()
	var all []string
	for _, one := range checked.Operations(t) {
		if len(*one.Security) > 0 {
			path := one.Path("{user-id}", alice, "{activityStatistics-id}", "x", "{property}", "duration", "{settings-property}", "hasLicense")
			if strings.HasSuffix(path, "/$apply") {
				path += "?$apply=aggregate($count%20as%20n)"
			}
			all = append(all, one.Method+" "+path)
		}
	}
	return all
}

// TestForgeriesReachNoHandler sends each forged token to four operations of the contract, so that each operation gets
// several. Every response must be 401, and no request may reach the store.
func TestForgeriesReachNoHandler(t *testing.T) {
	s := newSite(t, nowhere{})
	operations := guarded(t)
	for i, f := range forgeries() {
		token := f.token(s.testVerifier)
		if strings.ContainsAny(token, "\r\n") {
			continue // a client cannot put it into a header: see TestLineBreakInAToken
		}
		t.Run(f.name, func(t *testing.T) {
			for n := range 4 {
				operation := operations[(4*i+n)%len(operations)]
				got := s.send(operation, bearer(token))
				want := f.want
				if _, err := auth.BearerToken("Bearer " + token); err != nil {
					want = "exactly one token"
					if token == "" {
						want = "no token after the word Bearer"
					}
				}
				s.wantUnauthorized(t, got, token, want)
			}
		})
	}
	s.wantNoStrayFetch(t)
	if n := len(forgeries()); n < 50 || len(operations) > 4*n {
		t.Errorf("%d forged tokens for %d operations", n, len(operations))
	}
}

// TestGoodTokensReachTheHandlers sends a valid token to the same operations. Each request must reach the store, which
// gives 500.
func TestGoodTokensReachTheHandlers(t *testing.T) {
	s := newSite(t, nowhere{})
	for _, operation := range guarded(t) {
		if strings.Contains(operation, "/$batch") {
			continue // a batch itself does not reach the store
		}
		caller := token(s.claims())
		if operation == listUsers {
			caller = token(s.appClaims())
		}
		if got := s.send(operation, bearer(caller)); got.status != http.StatusInternalServerError {
			t.Errorf("%s: %d %s, want it to reach the store", operation, got.status, got.text)
		}
	}
}

// TestWhereATokenCounts checks that a token counts in a single Authorization header, with the scheme in any case, and
// nowhere else.
func TestWhereATokenCounts(t *testing.T) {
	s := newSite(t, nowhere{})
	good := token(s.claims())
	const absent, refused = `Bearer realm="afterhours"`, `error="invalid_token"`
	for _, c := range []struct {
		name      string
		change    func(*http.Request)
		status    int
		challenge string
	}{
		{"as it should be", bearer(good), http.StatusInternalServerError, ""},
		{"scheme in lower case", authorization("bearer " + good), http.StatusInternalServerError, ""},
		{"spaces around", authorization("  BEARER   " + good + " "), http.StatusInternalServerError, ""},
		{"no header", func(*http.Request) {}, http.StatusUnauthorized, absent},
		{"in the query", func(r *http.Request) { r.URL.RawQuery = "access_token=" + good }, http.StatusUnauthorized, absent},
		{"in a cookie", func(r *http.Request) {
			r.AddCookie(&http.Cookie{Name: "access_token", Value: good})
			r.AddCookie(&http.Cookie{Name: "Authorization", Value: "Bearer " + good})
		}, http.StatusUnauthorized, absent},
		{"in a form", func(r *http.Request) {
			r.Method, r.Body, r.ContentLength = http.MethodPost, io.NopCloser(strings.NewReader("access_token="+good)), -1
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}, http.StatusUnauthorized, absent},
		{"in a header of another name", func(r *http.Request) {
			for _, name := range []string{"Proxy-Authorization", "X-Authorization", "X-Forwarded-Authorization", "X-Ms-Token-Aad-Access-Token"} {
				r.Header.Set(name, "Bearer "+good)
			}
		}, http.StatusUnauthorized, absent},
		{"in two headers", authorization("Bearer "+good, "Bearer "+good), http.StatusUnauthorized, refused},
		{"in the second of two headers", authorization("", "Bearer "+good), http.StatusUnauthorized, refused},
		{"two in one header", authorization("Bearer " + good + ", Bearer " + good), http.StatusUnauthorized, refused},
		{"bare", authorization(good), http.StatusUnauthorized, refused},
		{"behind a tab", authorization("Bearer\t" + good), http.StatusUnauthorized, refused},
		{"in quotation marks", authorization(`Bearer "` + good + `"`), http.StatusUnauthorized, refused},
		{"as a password", func(r *http.Request) { r.SetBasicAuth("Bearer", good) }, http.StatusUnauthorized, refused},
		{"by another scheme", authorization("DPoP " + good), http.StatusUnauthorized, refused},
	} {
		got := s.send("GET /beta/me/analytics/activityStatistics", c.change)
		if got.status != c.status || !strings.Contains(got.challenge, c.challenge) || c.challenge == absent && got.challenge != absent {
			t.Errorf("%s: %d %s %s", c.name, got.status, got.challenge, got.text)
		}
	}
}

// TestLineBreakInAToken writes a header with a line break to the socket by hand. It is not a valid request.
func TestLineBreakInAToken(t *testing.T) {
	s := newSite(t, nowhere{})
	good := token(s.claims())
	for _, lineBreak := range []string{"\n", "\r\n", "\r", "\r\n "} {
		connection, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(s.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer connection.Close()
		_, _ = fmt.Fprintf(connection, "GET /beta/me/analytics/settings HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s%s%s\r\n\r\n", good[:9], lineBreak, good[9:])
		response, err := http.ReadResponse(bufio.NewReader(connection), nil)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != http.StatusBadRequest && response.StatusCode != http.StatusUnauthorized {
			t.Errorf("%q: %s", lineBreak, response.Status)
		}
	}
}

// TestPermissionsBeforeHandlers checks that a valid token without the permission gets 403 before any handler runs. The
// message must name the permissions that suffice. An application has no /me.
func TestPermissionsBeforeHandlers(t *testing.T) {
	s := newSite(t, nowhere{})
	user := token(s.claims().with(object{"scp": "User.Read Analytics.Read.All analytics.readwrite"}))
	app := token(s.appClaims().with(object{"roles": []string{"User.Read.All", "Analytics.ReadWrite"}}))
	trusted := token(s.appClaims())
	for _, operation := range guarded(t) {
		isMine := strings.Contains(operation+"/", "/me/")
		if strings.Contains(operation, "/$batch") {
			continue // a batch needs no permission, the requests in it do
		}
		for name, token := range map[string]string{"user": user, "application": app} {
			got := s.send(operation, bearer(token))
			if got.status != http.StatusForbidden || got.code != "Authorization_RequestDenied" {
				t.Errorf("%s by a %s: %d %s", operation, name, got.status, got.text)
			}
			if tells := strings.Contains(got.challenge, `error="insufficient_scope", scope="Analytics.Read`); tells == (isMine && name == "application" || operation == listUsers && name == "user") {
				t.Errorf("%s by a %s: WWW-Authenticate %s", operation, name, got.challenge)
			}
		}
		if got := s.send(operation, bearer(trusted)); isMine && got.status != http.StatusForbidden {
			t.Errorf("%s by a trusted application: %d %s", operation, got.status, got.text)
		}
	}
}
