// Package afterhourstest starts a server for tests of code that calls Microsoft Graph's
// activityStatistics, and brings it into the state that a test needs:
//
//	func TestReport(t *testing.T) {
//		server := afterhourstest.New(t)
//		server.Put(t, map[string]any{"@odata.type": "#microsoft.graph.callActivityStatistics", "id": "monday", "duration": "PT20M"})
//		report := Report(server.Client(), server.URL+"/beta", server.Token(t)) // the code under test
//		...
//	}
//
// All tests of a process share one server, which starts with the first of them and takes some 50 ms to
// do so. Each call of New gets a tenant of its own, so that tests in parallel do not see each other's
// statistics, failures and requests; at the end of the test the tenant is emptied. A test that moves the
// clock, which is that of the whole server, needs [Alone].
//
// The server is a part of the test process. If AFTERHOURS_URL and AFTERHOURS_CONTROL_TOKEN are set, as by
// afterhours exec, it is the one that they lead to. [WithProgram] starts the program instead.
package afterhourstest

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"afterhours/kit/go/internal/client"
	"afterhours/store/edm"
)

// Types of the control contract. A field that is zero is absent.
type (
	TokenRequest = client.TokenRequest // what a token says
	Request      = client.Request      // an entry of the journal

	Rule       = client.FaultRule  // which requests fail, how often, and how
	PresetRule = client.PresetRule // the same for a preset, which says how
	Match      = client.FaultMatch
	Answer     = client.FaultAnswer
	Throttle   = client.Throttle
)

// Server is a server with a tenant for one test. Its methods may be called by several goroutines of the
// test, and in the functions of t.Cleanup.
type Server struct {
	URL    string // scheme, host and port; append /beta or /v1.0
	Tenant string // a new one
	User   string // the object id of the user whose tokens Token mints

	instance *instance
}

// New returns a server with a new tenant, and starts one if none of the kind runs. The test fails if
// that is not possible. The tenant, and a server of its own, end with the test.
func New(t testing.TB, options ...Option) *Server {
	t.Helper()
	var kind kind
	for _, option := range options {
		option(&kind)
	}
	instance, err := kind.get()
	if err != nil {
		t.Fatalf("afterhourstest: %v", err)
	}
	s := &Server{URL: instance.url, Tenant: uuid.NewString(), User: uuid.NewString(), instance: instance}
	t.Cleanup(func() {
		if !kind.alone {
			s.Reset(t)
		} else if err := instance.stop(); err != nil {
			t.Errorf("afterhourstest: the server ends with %v", err)
		}
	})
	return s
}

// Client returns a client that reaches the server, and trusts its certificate if it has one. It adds no
// header.
func (s *Server) Client() *http.Client { return &http.Client{Transport: s.instance.transport} }

// Token returns a token of the user that is valid for an hour and may read and write.
func (s *Server) Token(t testing.TB) string {
	t.Helper()
	return s.TokenWith(t, TokenRequest{})
}

// TokenWith returns a token that says what the request asks for: another user, scopes, roles of an
// application, when it expires. What the request leaves out is as in Token.
func (s *Server) TokenWith(t testing.TB, request TokenRequest) string {
	t.Helper()
	request.Tenant, request.User = cmp.Or(request.Tenant, s.Tenant), cmp.Or(request.User, s.User)
	var token client.Token
	response, err := s.instance.control.CreateToken(lasting(t), request)
	read(t, "create a token", response, err, &token)
	return token.Token
}

// Put stores a statistic of the user, in the place of the one with its id. The statistic is anything that
// json.Marshal makes a statistic of; it needs @odata.type and id.
func (s *Server) Put(t testing.TB, statistic any) {
	t.Helper()
	row, err := json.Marshal(map[string]any{"tenant": s.Tenant, "user": s.User, "statistic": statistic})
	if err != nil {
		t.Fatalf("afterhourstest: %v", err)
	}
	var seeded client.Seeded
	response, err := s.instance.control.SeedWithBody(lasting(t), nil, "application/x-ndjson", bytes.NewReader(row))
	read(t, "put a statistic", response, err, &seeded)
	for _, fault := range seeded.Refused {
		t.Fatalf("afterhourstest: the statistic %s is refused: %s %s", row, fault.Property, fault.Reason)
	}
}

// Get returns the statistic of the user with the id. The test fails if there is none. No failure is for
// Get, and Requests lists it.
func (s *Server) Get(t testing.TB, id string) (statistic map[string]any) {
	t.Helper()
	request, err := http.NewRequestWithContext(lasting(t), http.MethodGet, s.URL+"/v1.0/me/analytics/activityStatistics/"+id, nil)
	if err != nil {
		t.Fatalf("afterhourstest: %v", err)
	}
	request.Header.Set("Authorization", "Bearer "+s.Token(t))
	request.Header.Set("Afterhours-Simulate", "none")
	response, err := s.Client().Do(request)
	read(t, "get the statistic "+id, response, err, &statistic)
	return statistic
}

// Reset removes the statistics, failures and requests of the tenant.
func (s *Server) Reset(t testing.TB) {
	t.Helper()
	response, err := s.instance.control.Reset(lasting(t), client.Scope{Tenant: s.Tenant})
	read(t, "reset", response, err, nil)
}

// Snapshot keeps what the tenant has now. restore goes back to it, as often as it is called.
func (s *Server) Snapshot(t testing.TB) (restore func()) {
	t.Helper()
	name := uuid.NewString()
	response, err := s.instance.control.TakeSnapshot(lasting(t), name, client.Scope{Tenant: s.Tenant})
	read(t, "take a snapshot", response, err, nil)
	t.Cleanup(func() {
		response, err := s.instance.control.DeleteSnapshot(lasting(t), name)
		read(t, "delete the snapshot", response, err, nil)
	})
	return func() {
		t.Helper()
		response, err := s.instance.control.RestoreSnapshot(lasting(t), name)
		read(t, "restore the snapshot", response, err, nil)
	}
}

// Fail lets requests of the tenant fail by a rule, until the end of the test or Reset. It returns the id
// of the rule, which is in Request.Faults.
func (s *Server) Fail(t testing.TB, rule Rule) (id string) {
	t.Helper()
	rule.Match.Tenant = cmp.Or(rule.Match.Tenant, s.Tenant)
	var fault client.Fault
	response, err := s.instance.control.CreateFault(lasting(t), rule)
	read(t, "create the rule", response, err, &fault)
	return fault.ID
}

// FailAs is Fail with one of Graph's failures by its name: throttled, unavailable, gateway-timeout, cae,
// expired, no-licence, opted-out, no-mailbox, quota or flaky.
func (s *Server) FailAs(t testing.TB, preset string, rule PresetRule) (id string) {
	t.Helper()
	rule.Match.Tenant = cmp.Or(rule.Match.Tenant, s.Tenant)
	var fault client.Fault
	response, err := s.instance.control.CreatePresetFault(lasting(t), client.PresetName(preset), rule)
	read(t, "create the rule "+preset, response, err, &fault)
	return fault.ID
}

// Filter says which requests are meant. A field that is zero means any.
type Filter struct {
	Route  string // as in the contract, as in /me/analytics/activityStatistics/{activityStatistics-id}
	Method string
	Status int32
	User   string // the object id of a user or an application

	Count int32         // how many requests to wait for, with Wait; 0 is one
	Wait  time.Duration // how long to wait for them, 30 s at most, in real time
}

// Requests returns the requests of the tenant, the oldest first. With Wait it returns as soon as there
// are as many as Count says, or else, after the time, those that there are. The server remembers the last
// thousand of all tenants.
func (s *Server) Requests(t testing.TB, filter Filter) []Request {
	t.Helper()
	params := &client.ListRequestsParams{
		Tenant: &s.Tenant, Route: given(filter.Route), Method: given(client.ListRequestsParamsMethod(filter.Method)),
		Status: given(filter.Status), User: given(filter.User), Count: given(filter.Count),
	}
	if filter.Wait > 0 {
		params.Wait = new(duration(filter.Wait))
	}
	var found client.RequestCollection
	response, err := s.instance.control.ListRequests(lasting(t), params)
	read(t, "list the requests", response, err, &found)
	return found.Value
}

// Advance moves the clock of the server, by which tokens expire. As the clock is that of all tenants, the
// test fails unless it has a server of its own ([Alone]).
func (s *Server) Advance(t testing.TB, by time.Duration) {
	t.Helper()
	if !s.instance.alone {
		t.Fatal("afterhourstest: Advance would move the clock of other tests; make the server by New(t, afterhourstest.Alone)")
	}
	response, err := s.instance.control.AdvanceClock(lasting(t), client.ClockAdvance{By: duration(by)})
	read(t, "advance the clock", response, err, nil)
}

// lasting returns the context of the test without its end, as restoring and resetting are done in
// t.Cleanup.
func lasting(t testing.TB) context.Context { return context.WithoutCancel(t.Context()) }

// duration returns the duration as the contract writes it.
func duration(d time.Duration) string { return edm.Duration(d / 100).String() } // in ticks

// given returns nil for a zero value.
func given[T comparable](value T) *T {
	if value == *new(T) {
		return nil
	}
	return &value
}

// read reads the response to what was done into the value, unless that is nil. The test fails if the
// response is none or an error.
func read(t testing.TB, done string, response *http.Response, err error, into any) {
	t.Helper()
	if err != nil {
		t.Fatalf("afterhourstest: cannot %s: %v", done, err)
	}
	defer func() { _ = response.Body.Close() }()
	var body bytes.Buffer
	if _, err := body.ReadFrom(response.Body); err != nil {
		t.Fatalf("afterhourstest: cannot %s: %v", done, err)
	}
	if response.StatusCode >= http.StatusBadRequest {
		t.Fatalf("afterhourstest: cannot %s: %s %s", done, response.Status, strings.TrimSpace(body.String()))
	}
	if into == nil {
		return
	}
	if err := json.Unmarshal(body.Bytes(), into); err != nil {
		t.Fatalf("afterhourstest: cannot %s: %v", done, err)
	}
}
