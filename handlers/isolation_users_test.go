package handlers_test

import (
	"fmt"
	"maps"
	"regexp"
	"strings"
	"time"

	"afterhours/handlers/auth"
	"afterhours/store"
)

// inhabitant is one of three users in each of three tenants.
type testUser struct {
	store.Owner
	name   string // their user principal name
	id     string // of a statistic that nobody else has an equal of
	secret string // stands in all that is theirs
	// optedOut is what keeps their statistics from being read.
	optedOut bool
}

// secrets are what only inhabitants have.
var secrets = regexp.MustCompile(`secret-t\du\d`)

// everywhere is the object id of a user in each of the tenants: not the same one.
const sharedUserID = "00000000-0000-4000-8000-000000000000"

// settle stores what the inhabitants have, and returns them. All have a statistic
// called common; the second users of all tenants have the same name.
func (ts *testServer) storeUsers() []testUser {
	ts.t.Helper()
	var all []testUser
	for t, tenantID := range []string{tenant, otherTenant, "22222222-2222-4333-8444-555555555555"} {
		for u := range 3 {
			one := testUser{
				Owner:  store.Owner{Tenant: tenantID, User: fmt.Sprintf("00000000-0000-4000-8000-0000000000%d%d", t+1, u)},
				name:   fmt.Sprintf("t%du%d@example.com", t, u),
				id:     fmt.Sprintf("only-t%du%d", t, u),
				secret: fmt.Sprintf("secret-t%du%d", t, u),
			}
			switch u {
			case 0:
				one.User = sharedUserID
			case 1:
				one.name = "shared@example.com"
			}
			if err := ts.store.PutUser(ts.t.Context(), store.User{Owner: one.Owner, UPN: one.name}, true); err != nil {
				ts.t.Fatal(err)
			}
			all = append(all, one)
			ts.restore(all, one.Owner)
		}
	}
	return all
}

// furnish gives the owner statistics with the ids, and takes away what else there was.
func (ts *testServer) replaceStatistics(owner store.Owner, secret string, optedOut bool, ids ...string) {
	ts.t.Helper()
	ctx := ts.t.Context()
	old, err := ts.store.List(ctx, owner, store.Query{Limit: 100})
	if err != nil {
		ts.t.Fatal(err)
	}
	var changes []store.Change
	for _, one := range old {
		changes = append(changes, store.Change{Key: store.Key{Owner: owner, ID: one.ID}, Was: one.Revision})
	}
	for _, id := range ids {
		record := store.Record{Type: store.Call, Activity: "Call", TimeZoneUsed: store.Of(secret)}
		changes = append(changes, store.Change{Key: store.Key{Owner: owner, ID: id}, Revision: store.NewRevision(), Record: record})
	}
	if err := ts.store.Apply(ctx, changes); err != nil {
		ts.t.Fatal(err)
	}
	settings := store.SettingsChange{HasGraphMailbox: store.Of(true), HasLicense: store.Of(true), HasOptedOut: store.Of(optedOut)}
	if _, err := ts.store.UpdateSettings(ctx, owner, settings); err != nil {
		ts.t.Fatal(err)
	}
}

// restore gives an owner back what was there.
func (ts *testServer) restore(all []testUser, owner store.Owner) {
	ts.t.Helper()
	for _, one := range all {
		if one.Owner == owner {
			ts.replaceStatistics(owner, one.secret, one.optedOut, "common", one.id)
			return
		}
	}
	ts.replaceStatistics(owner, "", false)
}

// everything returns all that is stored, a text for each owner, read past the handlers.
// The aliases of a tenant stand under an owner without a user.
func (ts *testServer) everything() map[store.Owner]string {
	ts.t.Helper()
	ctx := ts.t.Context()
	check := func(err error) {
		if err != nil {
			ts.t.Fatal(err)
		}
	}
	all := map[store.Owner]string{}
	tenants, err := ts.store.Tenants(ctx)
	check(err)
	for _, one := range tenants {
		users, err := ts.store.Users(ctx, one, "", 100)
		check(err)
		all[store.Owner{Tenant: one}] = fmt.Sprint(users)
		owners, err := ts.store.Owners(ctx, one, "", 100)
		check(err)
		for _, owner := range owners {
			statistics, err := ts.store.List(ctx, owner, store.Query{Limit: 100})
			check(err)
			settings, err := ts.store.Settings(ctx, owner)
			check(err)
			all[owner] = fmt.Sprint(statistics, settings)
		}
	}
	return all
}

// changed returns of whom two readings of everything differ.
func changed(before, after map[store.Owner]string) []store.Owner {
	var owners []store.Owner
	for owner := range maps.Keys(after) {
		if before[owner] != after[owner] {
			owners = append(owners, owner)
		}
	}
	for owner := range maps.Keys(before) {
		if _, there := after[owner]; !there {
			owners = append(owners, owner)
		}
	}
	return owners
}

// caller is who sends requests, and with which token.
type caller struct {
	name  string
	who   store.Owner
	app   bool
	token string
}

// callers are every inhabitant, a user of each tenant whose token has the name of
// another user, and an application of each tenant; all may write.
func (ts *testServer) callers(all []testUser) []caller {
	var list []caller
	user := func(as string, who store.Owner, upn string) {
		list = append(list, caller{as, who, false, ts.mint(auth.Claims{
			Tenant: who.Tenant, User: who.User, UPN: upn, Scopes: []string{"Analytics.ReadWrite"}, Expires: time.Hour})})
	}
	for i, one := range all {
		user(one.secret, one.Owner, "")
		if i%3 == 2 {
			user("a thief of the name of "+all[i-1].secret, one.Owner, all[i-1].name)
			list = append(list, caller{"application", one.Owner, true, ts.mint(auth.Claims{
				Tenant: one.Tenant, User: daemon, Roles: []string{"Analytics.ReadWrite.All"}, Expires: time.Hour})})
		}
	}
	return list
}

// me is the user of an attempt at /me.
const me = "me"

// reaches returns whom the caller may reach by the user in a URL; nobody is an owner
// without a tenant.
func (c caller) reaches(all []testUser, user string) store.Owner {
	named := store.Owner{Tenant: c.who.Tenant, User: user}
	for _, one := range all {
		if one.Tenant == c.who.Tenant && one.name == user {
			named = one.Owner
		}
	}
	isID := !strings.Contains(named.User, "@")
	switch {
	case c.app && user != me && isID:
		return named
	case !c.app && (user == me || named == c.who):
		return c.who
	}
	return store.Owner{}
}
