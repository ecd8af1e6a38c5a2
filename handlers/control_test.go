package handlers_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"afterhours/contract/checked"
	"afterhours/handlers"
	"afterhours/handlers/auth"
	"afterhours/handlers/control"
	"afterhours/handlers/exchange"
	"afterhours/handlers/signin"
	"afterhours/handlers/spec"
	"afterhours/store"
	"afterhours/store/edm"
	"afterhours/store/memory"
)

const controlRole = "Afterhours.Control"

// controlServer is a server with the control API, and a token for it.
type controlServer struct {
	*testServer
	token string
	start *func(now time.Time) store.Rows // what a reset leads to
}

func newControlServer(t testing.TB, over store.Store, changes ...func(*handlers.Config)) controlServer {
	t.Helper()
	ts := newTestServer(t, over)
	clock, start := new(control.Clock), startRows
	steered := func(config *handlers.Config) {
		service, err := control.New(control.Config{
			Store: over, Exchange: newExchange(t), Issuer: ts.issuer, Tenant: tenant, User: megan, Clock: clock,
			Start: func(_ context.Context, now time.Time) (store.Rows, error) { return start(now), nil },
		})
		if err != nil {
			t.Fatal(err)
		}
		config.Control = service
		config.SignIn = signin.New(signin.Config{Issuer: ts.issuer, Users: over, Tenant: tenant, User: megan, UPN: meganUPN, Now: clock.Now})
		config.Now = clock.Now
		config.Verifier, _ = auth.NewVerifier(clock.Now, ts.issuer.Issuer())
	}
	ts = ts.anotherServer(append([]func(*handlers.Config){steered}, changes...)...)
	return controlServer{ts, ts.appToken(controlRole), &start}
}

func newExchange(t testing.TB) *exchange.Exchange {
	t.Helper()
	text, err := checked.Text()
	if err != nil {
		t.Fatal(err)
	}
	contract, err := spec.Load(text)
	if err != nil {
		t.Fatal(err)
	}
	return exchange.New(contract)
}

// startRows are a statistic of lee and one of another tenant, whose dates are those of the clock.
func startRows(now time.Time) (rows store.Rows) {
	for _, owner := range []store.Owner{{Tenant: tenant, User: lee}, {Tenant: otherTenant, User: lee}} {
		rows.Statistics = append(rows.Statistics, store.OwnedRecord{
			Key:    store.Key{Owner: owner, ID: "start"},
			Record: store.Record{Type: store.Focus, Activity: "Focus", StartDate: store.Of(edm.DateOf(now))},
		})
		rows.Users = append(rows.Users, store.User{Owner: owner, UPN: "lee@example.com"})
	}
	return rows
}

// steer sends a request to the control API.
func (c controlServer) steer(method, path, body string) testResponse {
	c.t.Helper()
	return c.do(call{method: method, path: "/control" + path, token: c.token, body: body})
}

// controlRoutes are all routes of the control API, each with a body that it takes.
var controlRoutes = []struct{ method, path, body string }{
	{"POST", "/reset", "{}"},
	{"GET", "/snapshots", ""},
	{"PUT", "/snapshots/a", "{}"},
	{"DELETE", "/snapshots/a", ""},
	{"POST", "/snapshots/a/restore", ""},
	{"POST", "/tokens", "{}"},
	{"GET", "/clock", ""},
	{"PUT", "/clock", `{"now":null}`},
	{"POST", "/clock/advance", `{"by":"PT0S"}`},
	{"GET", "/faults", ""},
	{"POST", "/faults", `{"match":{"user":"` + lee + `"},"delay":"PT0.1S"}`},
	{"POST", "/faults/presets/cae", `{"match":{"user":"` + lee + `"}}`},
	{"DELETE", "/faults/0198f2a4-6c1e-7b3d-9a55-2f4e6d8c0b1a", ""},
	{"DELETE", "/faults", ""},
	{"GET", "/requests", ""},
	{"DELETE", "/requests", ""},
	{"POST", "/sign-ins/BCDFGHJKL/approve", "{}"},
	{"POST", "/sign-ins/BCDFGHJKL/deny", ""},
}

func TestNoControlRouteWithoutControl(t *testing.T) {
	ts := newTestServer(t, memory.New())
	for _, route := range controlRoutes {
		got := ts.do(call{method: route.method, path: "/control" + route.path, token: ts.appToken(controlRole), body: route.body, as: "/nowhere"})
		got.wantRefused(t, 404, "ResourceNotFound", "", "Resource not found for the path")
	}
}

func TestControlNeedsItsRole(t *testing.T) {
	c := newControlServer(t, memory.New())
	everything := c.appToken("Analytics.Read.All", "Analytics.ReadWrite.All")
	expired := c.mint(auth.Claims{Tenant: tenant, User: daemon, Roles: []string{controlRole}, Expires: -time.Hour})
	for _, route := range controlRoutes {
		path := "/control" + route.path
		c.do(call{method: route.method, path: path, body: route.body}).wantRefused(t, 401, "InvalidAuthenticationToken", "Authorization", "empty")
		c.do(call{method: route.method, path: path, body: route.body, token: expired}).wantRefused(t, 401, "InvalidAuthenticationToken", "Authorization", "expired")
		c.do(call{method: route.method, path: path, body: route.body, token: everything}).wantRefused(t, 403, "Authorization_RequestDenied", "", controlRole)
		c.do(call{method: route.method, path: path, body: route.body, token: c.userToken(megan, controlRole)}).
			wantRefused(t, 403, "Authorization_RequestDenied", "", "one of an application")
		for _, spelling := range []string{"/" + path, "/control/" + route.path, path + "/", "/%63ontrol" + route.path} {
			if got := c.do(call{method: route.method, path: spelling, body: route.body, as: path}); got.status != 401 && got.status != 404 {
				t.Errorf("%s %s without a token: %d %s", route.method, spelling, got.status, got.text)
			}
		}
	}
}

func TestControlRoleOpensNothingElse(t *testing.T) {
	c := newControlServer(t, memory.New())
	user := "/beta/users/" + megan + "/analytics"
	for _, path := range []string{"/activityStatistics", "/activityStatistics/$count", "/activityStatistics/x", "/settings", ""} {
		c.do(call{method: "GET", path: user + path, token: c.token}).wantRefused(t, 403, "Authorization_RequestDenied", "", "Analytics.Read.All")
	}
	for _, url := range []string{"/control/clock", "control/clock", "../control/clock", c.url + "/control/clock"} {
		got := c.do(call{method: "POST", path: "/beta/$batch", token: c.token, body: `{"requests":[{"id":"1","method":"GET","url":"` + url + `"}]}`})
		if strings.Contains(got.text, `"now"`) {
			t.Errorf("a batch reaches the control API as %s: %s", url, got.text)
		}
	}
}

func TestClock(t *testing.T) {
	c := newControlServer(t, memory.New())
	now := func(got testResponse) time.Time {
		t.Helper()
		at, err := time.Parse(time.RFC3339, got.want(t, 200).object(t)["now"].(string))
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	if at := now(c.steer("GET", "/clock", "")); time.Since(at).Abs() > time.Minute {
		t.Errorf("real time is %v", at)
	}
	if at := now(c.steer("POST", "/clock/advance", `{"by":"P1DT1H"}`)); time.Until(at) < 24*time.Hour || time.Until(at) > 25*time.Hour {
		t.Errorf("after an advance it is %v", at)
	}
	set := now(c.steer("PUT", "/clock", `{"now":"2031-02-03T04:05:06.5+02:00"}`))
	if want := time.Date(2031, 2, 3, 2, 5, 6, 5e8, time.UTC); !set.Equal(want) || !now(c.steer("GET", "/clock", "")).Equal(want) {
		t.Errorf("it is %v, want %v", set, want)
	}
	if at := now(c.steer("POST", "/clock/advance", `{"by":"-PT0.5S"}`)); !at.Equal(set.Add(-500 * time.Millisecond)) {
		t.Errorf("half a second before %v it is %v", set, at)
	}
	missing := c.do(call{method: "GET", path: seedItem})
	if !strings.Contains(missing.text, `"date":"2031-02-03T02:05:06"`) {
		t.Errorf("the date in an error is not the clock's: %s", missing.text)
	}
	if at := now(c.steer("PUT", "/clock", `{"now":null}`)); time.Since(at).Abs() > time.Minute {
		t.Errorf("real time is %v", at)
	}
}

func TestTokensExpireByTheClock(t *testing.T) {
	c := newControlServer(t, memory.New())
	token := c.userToken(megan, "Analytics.Read")
	read := call{method: "GET", path: collection, token: token}
	c.do(read).want(t, 200)
	c.steer("POST", "/clock/advance", `{"by":"PT2H"}`).want(t, 200)
	c.do(read).wantRefused(t, 401, "InvalidAuthenticationToken", "Authorization", "expired")
	c.steer("PUT", "/clock", `{"now":null}`).want(t, 200)
	c.do(read).want(t, 200)
	c.steer("POST", "/clock/advance", `{"by":"-PT2H"}`).want(t, 200)
	c.do(read).wantRefused(t, 401, "InvalidAuthenticationToken", "Authorization", "not valid yet")
}
