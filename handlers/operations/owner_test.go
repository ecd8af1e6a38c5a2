package operations

import (
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"afterhours/handlers/auth"
	"afterhours/handlers/problem"
	"afterhours/store"
	"afterhours/store/memory"
)

const (
	otherUser = "0f8fad5b-d9cb-469f-a165-70867728950e"
	testAlias = "megan@example.com"
)

// TestOwner checks whom a user and an application reach by object id and by alias.
func TestOwner(t *testing.T) {
	over := memory.New()
	service := newTestService(t, over)
	if err := over.PutUser(t.Context(), store.User{Owner: testOwner, UPN: testAlias}, false); err != nil {
		t.Fatal(err)
	}
	user := auth.Principal{Tenant: testOwner.Tenant, User: testOwner.User}
	named := auth.Principal{Tenant: testOwner.Tenant, User: otherUser, UPN: "lee@example.com"}
	app := auth.Principal{Tenant: testOwner.Tenant, User: "deadbeef-0000-4000-8000-000000000001", App: true}
	foreign := auth.Principal{Tenant: "11111111-2222-4333-8444-555555555555", User: app.User, App: true}
	other := store.Owner{Tenant: testOwner.Tenant, User: otherUser}
	for _, test := range []struct {
		name   string
		caller auth.Principal
		userID string
		want   store.Owner
		err    error
	}{
		{"me", user, Me, testOwner, nil},
		{"own id", user, testOwner.User, testOwner, nil},
		{"own id in capitals", user, strings.ToUpper(testOwner.User), testOwner, nil},
		{"own alias", user, "Megan@Example.COM", testOwner, nil},
		{"another user", user, otherUser, store.Owner{}, problem.ErrForbidden},
		{"no user, by a user", user, "nobody@example.com", store.Owner{}, problem.ErrForbidden},
		{"own name without an alias", named, "lee@example.com", other, nil},
		{"another user's alias", named, testAlias, store.Owner{}, problem.ErrForbidden},
		{"any id, by an application", app, otherUser, other, nil},
		{"alias, by an application", app, testAlias, testOwner, nil},
		{"no user, by an application", app, "nobody@example.com", store.Owner{}, store.ErrNotFound},
		{"an id with braces, by an application", app, "{" + otherUser + "}", store.Owner{}, store.ErrNotFound},
		{"alias of another tenant", foreign, testAlias, store.Owner{}, store.ErrNotFound},
		{"id of another tenant", foreign, otherUser, store.Owner{Tenant: foreign.Tenant, User: otherUser}, nil},
	} {
		got, err := service.owner(t.Context(), &Request{Caller: test.caller}, test.userID)
		if got != test.want || !errors.Is(err, test.err) {
			t.Errorf("%s: %v %v, want %v %v", test.name, got, err, test.want, test.err)
		}
	}
}

// TestLearn checks that the first user with a name keeps it, that another one is logged once with both
// issuers and without the name, and that applications, names that no URL can hold and names of issuers
// that may not teach them are not stored.
func TestLearn(t *testing.T) {
	over := memory.New()
	service := newTestService(t, over)
	var log strings.Builder
	service.log = slog.New(slog.NewTextHandler(&log, nil))
	now := time.Date(2026, 11, 25, 12, 0, 0, 5, time.UTC)
	service.now = func() time.Time { return now }
	tenant := testOwner.Tenant
	const issuer, other = "https://id.example.com", "https://other.example.com"
	for _, caller := range []auth.Principal{
		{Tenant: tenant, User: otherUser, UPN: testAlias, Issuer: other},
		{Tenant: tenant, User: testOwner.User, UPN: testAlias, TeachesName: true, Issuer: issuer},
		{Tenant: tenant, User: testOwner.User, UPN: testAlias, TeachesName: true, Issuer: issuer},
		{Tenant: tenant, User: otherUser, UPN: testAlias, TeachesName: true, Issuer: other},
		{Tenant: tenant, User: otherUser, UPN: testAlias, TeachesName: true, Issuer: other},
		{Tenant: tenant, User: otherUser, UPN: "a b/é", TeachesName: true},
		{Tenant: tenant, User: otherUser},
		{Tenant: tenant, User: otherUser, UPN: "app@example.com", TeachesName: true, App: true},
	} {
		service.Learn(t.Context(), &Request{ID: "r", Caller: caller})
		now = now.Add(time.Hour)
	}
	users, err := over.Users(t.Context(), tenant, "", 10)
	want := store.User{Owner: testOwner, UPN: testAlias, LearnedAt: time.Date(2026, 11, 25, 13, 0, 0, 0, time.UTC), LearnedBy: issuer}
	if err != nil || len(users) != 1 || users[0] != want {
		t.Errorf("%v %v, want %v", users, err, want)
	}
	lines := log.String()
	if strings.Count(lines, "\n") != 1 || !strings.Contains(lines, " request_id=r issuer="+other+" other_learned_by="+issuer) || strings.Contains(lines, testAlias) {
		t.Errorf("the log is %q", lines)
	}
}
