package handlers_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"afterhours/handlers/auth"
	"afterhours/store/memory"
)

// TestWhoseStatisticsATokenReaches checks whose statistics a user's and an application's token can
// read. No token reaches another tenant.
func TestWhoseStatisticsATokenReaches(t *testing.T) {
	onEveryStore(t, func(t *testing.T, ts *testServer) {
		ts.createSeed()
		elsewhere := ts.mint(auth.Claims{Tenant: otherTenant, User: daemon, Roles: []string{"Analytics.ReadWrite.All"}, Expires: time.Hour})
		for _, row := range []struct {
			name, token, user string
			status            int
		}{
			{"a user, by id", ts.userToken(megan, "Analytics.Read"), megan, http.StatusOK},
			{"a user with the higher scope", ts.userToken(megan, "Analytics.ReadWrite"), megan, http.StatusOK},
			{"a user, by an id in capitals", ts.userToken(megan, "Analytics.Read"), strings.ToUpper(megan), http.StatusOK},
			{"an application", ts.appToken("Analytics.Read.All"), megan, http.StatusOK},
			{"an application with the higher role", ts.appToken("Analytics.ReadWrite.All"), megan, http.StatusOK},
			{"another user", ts.userToken(lee, "Analytics.ReadWrite"), megan, http.StatusForbidden},
			{"an application of another tenant", elsewhere, megan, http.StatusNotFound},
		} {
			path := "/beta/users/" + row.user + "/analytics/activityStatistics/" + seedID
			if got := ts.do(call{method: "GET", path: path, token: row.token}); got.status != row.status {
				t.Errorf("%s: %d %s, want %d", row.name, got.status, got.text, row.status)
			}
		}
	})
}

// TestTokenNameBecomesAlias checks that the user principal name in a token becomes an alias of its
// user, unless another user has that alias.
func TestTokenNameBecomesAlias(t *testing.T) {
	onEveryStore(t, func(t *testing.T, ts *testServer) {
		ts.createSeed()
		app := ts.appToken("Analytics.Read.All")
		named := func(user string) string {
			return ts.mint(auth.Claims{Tenant: tenant, User: user, UPN: "Megan@Example.com", Scopes: []string{"Analytics.Read"}, Expires: time.Hour})
		}
		const byName = "/beta/users/megan@example.COM/analytics/activityStatistics/" + seedID
		if got := ts.do(call{method: "GET", path: byName, token: app}); got.status != http.StatusNotFound {
			t.Errorf("before: %d", got.status)
		}
		if got := ts.do(call{method: "GET", path: byName, token: named(megan)}); got.status != http.StatusOK {
			t.Errorf("her own, by the name in the token: %d %s", got.status, got.text)
		}
		if got := ts.do(call{method: "GET", path: collection, token: named(lee)}); got.status != http.StatusOK {
			t.Errorf("another user with that name: %d", got.status)
		}
		got := ts.do(call{method: "GET", path: "/beta/users('megan@example.com')/analytics/activityStatistics/" + seedID,
			as: "/beta/users/x/analytics/activityStatistics/x", token: app})
		if got.status != http.StatusOK || !strings.Contains(got.text, "users('"+megan+"')") {
			t.Errorf("after: %d %s", got.status, got.text)
		}
	})
}

// TestRemovedAliasStillReachesItsOwner checks that a user whose alias was removed still reaches their
// own data by the name in their token, and that the server stores the alias again. A name that no URL
// can hold is not stored.
func TestRemovedAliasStillReachesItsOwner(t *testing.T) {
	ts := newTestServer(t, memory.New())
	ts.createSeed()
	token := ts.mint(auth.Claims{Tenant: tenant, User: megan, UPN: "megan@example.com", Scopes: []string{"Analytics.Read"}, Expires: time.Hour})
	own := call{method: "GET", path: "/beta/users/megan@example.com/analytics/activityStatistics/" + seedID, token: token}
	if got := ts.do(own); got.status != http.StatusOK {
		t.Fatalf("%d %s", got.status, got.text)
	}
	if err := ts.store.DeleteUser(t.Context(), tenant, "megan@example.com"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if got := ts.do(own); got.status != http.StatusOK {
			t.Errorf("%d %s", got.status, got.text)
		}
	}
	if _, err := ts.store.UserByUPN(t.Context(), tenant, "megan@example.com"); err != nil {
		t.Errorf("not learned again: %v", err)
	}
	odd := ts.mint(auth.Claims{Tenant: tenant, User: lee, UPN: "a b/é", Scopes: []string{"Analytics.Read"}, Expires: time.Hour})
	if got := ts.do(call{method: "GET", path: collection, token: odd}); got.status != http.StatusOK {
		t.Errorf("%d %s", got.status, got.text)
	}
	if users, err := ts.store.Users(t.Context(), tenant, "", 10); err != nil || len(users) != 1 {
		t.Errorf("a name that no URL can hold is stored: %v %v", users, err)
	}
}
