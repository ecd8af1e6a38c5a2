package handlers_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"afterhours/contract/checked"
	"afterhours/handlers"
	"afterhours/handlers/auth"
	"afterhours/handlers/limits"
	"afterhours/store"
	"afterhours/store/cassandra"
	"afterhours/store/cassandra/cassandratest"
	"afterhours/store/memory"
	"afterhours/store/postgres"
	"afterhours/store/postgres/postgrestest"
	"afterhours/store/sqlite"
)

// The tenants, users and application of the tests.
const (
	tenant      = "7a1c0f52-3d84-4b6e-9f20-5e8d1b7c4a63"
	otherTenant = "11111111-2222-4333-8444-555555555555"
	megan       = "48d31887-5fad-4d73-a9f5-3c356e68a038"
	lee         = "0f8fad5b-d9cb-469f-a165-70867728950e"
	daemon      = "deadbeef-0000-4000-8000-000000000001"
)

// seedID is the id of the documented object.
const seedID = "945f7e0b-7e0b-945f-0b7e-5f940b7e5f94"

func TestMain(m *testing.M) { os.Exit(cassandratest.Main(m)) }

// testServer is a server on a real socket over one store, with its local issuer.
type testServer struct {
	t       testing.TB
	store   store.Store
	issuer  *auth.LocalIssuer
	handler http.Handler
	url     string
	client  *http.Client
}

// onEveryStore runs the test once for each store.
func onEveryStore(t *testing.T, test func(t *testing.T, ts *testServer)) {
	t.Run("memory", func(t *testing.T) { test(t, newTestServer(t, memory.New())) })
	t.Run("sqlite", func(t *testing.T) { test(t, newTestServer(t, openSQLite(t))) })
	t.Run("postgres", func(t *testing.T) { test(t, newTestServer(t, openPostgres(t))) })
	t.Run("cassandra", func(t *testing.T) { test(t, newTestServer(t, openCassandra(t))) })
}

func openCassandra(t testing.TB) store.Store {
	t.Helper()
	opened, err := cassandra.Open(t.Context(), cassandratest.Shared(t))
	if err != nil {
		t.Fatal(err)
	}
	return opened
}

func openPostgres(t testing.TB) store.Store {
	t.Helper()
	opened, err := postgres.Open(t.Context(), postgrestest.Address(t))
	if err != nil {
		t.Fatal(err)
	}
	return opened
}

func openSQLite(t testing.TB) store.Store {
	t.Helper()
	opened, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.Full)
	if err != nil {
		t.Fatal(err)
	}
	return opened
}

// isPartitioned reports whether the store refuses atomicity groups of several users.
func (ts *testServer) isPartitioned() bool {
	partitioned, ok := ts.store.(store.Partitioned)
	return ok && partitioned.Partitioned()
}

// sample divides how often a test repeats itself: by sample, and by ten times as much over Cassandra, where a write
// takes that much longer.
func (ts *testServer) sample() int {
	if ts.isPartitioned() {
		return 10 * sample
	}
	return sample
}

func newTestServer(t testing.TB, over store.Store) *testServer {
	t.Helper()
	t.Cleanup(func() {
		if err := over.Close(); err != nil {
			t.Error(err)
		}
	})
	issuer, err := auth.OpenLocalIssuer(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	ts := &testServer{t: t, store: over, issuer: issuer, client: checked.Client(t)}
	return ts.anotherServer()
}

// anotherServer returns a second server over the same store, with the changes to its configuration.
func (ts *testServer) anotherServer(changes ...func(*handlers.Config)) *testServer {
	ts.t.Helper()
	second := *ts
	second.handler = newServer(ts.t, ts.store, ts.issuer, io.Discard, changes...)
	listener := httptest.NewServer(second.handler)
	ts.t.Cleanup(listener.Close)
	second.url = listener.URL
	return &second
}

func newServer(t testing.TB, over store.Store, issuer *auth.LocalIssuer, log io.Writer, changes ...func(*handlers.Config)) *handlers.Server {
	t.Helper()
	verifier, err := auth.NewVerifier(time.Now, issuer.Issuer())
	if err != nil {
		t.Fatal(err)
	}
	contract, err := os.ReadFile("../openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	config := handlers.Config{
		Limits: limits.New(runtime.GOMAXPROCS(0), 0),
		Store:  over, Verifier: verifier, Issuer: issuer, Contract: contract,
		Logger: slog.New(slog.NewJSONHandler(log, nil)), Now: time.Now, SDKQuirks: true,
		QueryTime: time.Minute, // a busy machine is slow
	}
	for _, change := range changes {
		change(&config)
	}
	server, err := handlers.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return server
}

// userToken returns a token of the user with the scopes.
func (ts *testServer) userToken(user string, scopes ...string) string {
	return ts.mint(auth.Claims{Tenant: tenant, User: user, Scopes: scopes, Expires: time.Hour})
}

// appToken returns a token of an application of the tenant with the roles.
func (ts *testServer) appToken(roles ...string) string {
	return ts.mint(auth.Claims{Tenant: tenant, User: daemon, Roles: roles, Expires: time.Hour})
}

func (ts *testServer) mint(claims auth.Claims) string {
	ts.t.Helper()
	token, err := ts.issuer.Mint(claims, time.Now())
	if err != nil {
		ts.t.Fatal(err)
	}
	return token
}

// testResponse is a response with its whole body.
type testResponse struct {
	status int
	header http.Header
	text   string
}

// call is a request: a method, a path, and optional parts.
type call struct {
	method, path string
	token        string
	body         string
	header       map[string]string
	as           string // the canonical path if path is another spelling of it
}

func (ts *testServer) do(c call) testResponse {
	ts.t.Helper()
	ctx := ts.t.Context()
	if c.as != "" {
		ctx = checked.As(ctx, c.as)
	}
	got, err := ts.try(ctx, c)
	if err != nil {
		ts.t.Fatal(err)
	}
	return got
}

// try is do for goroutines other than that of the test.
func (ts *testServer) try(ctx context.Context, c call) (testResponse, error) {
	request, err := http.NewRequestWithContext(ctx, c.method, ts.url+c.path, strings.NewReader(c.body))
	if err != nil {
		return testResponse{}, err
	}
	if c.token != "" {
		request.Header.Set("Authorization", "Bearer "+c.token)
	}
	if c.body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for name, value := range c.header {
		request.Header.Set(name, value)
	}
	response, err := ts.client.Do(request)
	if err != nil {
		return testResponse{}, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return testResponse{response.StatusCode, response.Header, string(text)}, err
}

// object returns the JSON object of the response.
func (r testResponse) object(t testing.TB) map[string]any {
	t.Helper()
	var object map[string]any
	if err := json.Unmarshal([]byte(r.text), &object); err != nil {
		t.Fatalf("%v: %s", err, r.text)
	}
	return object
}

// failure is the error of a response.
type failure struct {
	Code    string
	Message string
	Target  string
	Details []struct{ Code, Message, Target string }
}

func (r testResponse) failure(t testing.TB) failure {
	t.Helper()
	var body struct{ Error failure }
	if err := json.Unmarshal([]byte(r.text), &body); err != nil {
		t.Fatalf("%v: %s", err, r.text)
	}
	return body.Error
}

// targets returns the targets of the details.
func (f failure) targets() []string {
	var names []string
	for _, detail := range f.Details {
		names = append(names, detail.Target)
	}
	return names
}

// wantRefused fails unless the response is an error with the status and code. The target must be that
// of the error or of a detail, and the part must be in a message.
func (r testResponse) wantRefused(t testing.TB, status int, code, target, part string) {
	t.Helper()
	if r.status != status {
		t.Fatalf("status %d, want %d: %.600s", r.status, status, r.text)
	}
	failed := r.failure(t)
	if failed.Code != code {
		t.Errorf("code %s, want %s", failed.Code, code)
	}
	if failed.Target != target && !slices.Contains(failed.targets(), target) {
		t.Errorf("target %q, details %q, want %q: %.600s", failed.Target, failed.targets(), target, r.text)
	}
	if !strings.Contains(fmt.Sprint(failed), part) {
		t.Errorf("message %q %v, want %q in it", failed.Message, failed.Details, part)
	}
}

// createSeed stores the documented object for megan and returns its entity tag.
func (ts *testServer) createSeed() string {
	ts.t.Helper()
	created := ts.do(call{method: "POST", path: "/beta/me/analytics/activityStatistics", token: ts.userToken(megan, "Analytics.ReadWrite"), body: `{
		"@odata.type": "#microsoft.graph.callActivityStatistics", "id": "` + seedID + `", "activity": "Call",
		"startDate": "2019-06-16", "endDate": "2019-06-17", "timeZoneUsed": "Pacific Standard Time",
		"duration": "PT1H", "afterHours": "PT30M"}`})
	if created.status != http.StatusCreated {
		ts.t.Fatalf("create: %d %s", created.status, created.text)
	}
	return created.header.Get("ETag")
}
