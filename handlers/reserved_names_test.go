package handlers_test

import (
	"testing"
	"time"

	"afterhours/handlers/auth"
)

// TestReservedNamesAreNotLearned checks that a token cannot make a name of the URLs its user's alias.
func TestReservedNamesAreNotLearned(t *testing.T) {
	onEveryStore(t, func(t *testing.T, w *testServer) {
		for _, name := range []string{"me", "ME", "users", "activityStatistics", "callActivityStatistics", "beta", "settings"} {
			token := w.mint(auth.Claims{Tenant: tenant, User: lee, UPN: name, Scopes: []string{"Analytics.Read"}, Expires: time.Hour})
			w.do(call{method: "GET", path: collection, token: token}).want(t, 200)
			w.do(call{method: "GET", path: "/beta/users/" + name + "/analytics/settings", token: w.appToken("Analytics.Read.All")}).want(t, 404)
		}
		if users, err := w.store.Users(t.Context(), tenant, "", 10); err != nil || len(users) > 0 {
			t.Errorf("learned: %v %v", users, err)
		}
		token := w.mint(auth.Claims{Tenant: tenant, User: lee, UPN: "me@example.com", Scopes: []string{"Analytics.Read"}, Expires: time.Hour})
		w.do(call{method: "GET", path: collection, token: token}).want(t, 200)
		if user, err := w.store.UserByUPN(t.Context(), tenant, "me@example.com"); err != nil || user.User != lee {
			t.Errorf("another name is learned: %v %v", user, err)
		}
	})
}
