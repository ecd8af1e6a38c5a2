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

// testUser is one of three users in each of three tenants.
type testUser struct {
	store.Owner
	name   string // their user principal name
	id     string // the id of a statistic that nobody else has
	secret string // a text in all of the user's statistics
	// optedOut forbids reading the user's statistics.
	optedOut bool
}

// secrets matches the secrets of the test users.
var secrets = regexp.MustCompile(`secret-t\du\d`)

// sharedUserID is the object id of the first user in each tenant. They are different users.
const sharedUserID = "00000000-0000-4000-8000-000000000000"

// storeUsers stores the users with their statistics and returns them. All have a statistic called
// common. The second users of all tenants have the same name.
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

// replaceStatistics gives the owner statistics with the ids and removes all others. It also sets the
// settings.
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

// restore gives the owner the statistics and settings that storeUsers gave.
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

// everything returns what is stored as a text for each owner, read directly from the store. The
// aliases of a tenant stand under an owner without a user.
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

// changed returns the owners whose texts differ.
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

// caller is somebody who sends requests, with their token.
type caller struct {
	name  string
	who   store.Owner
	app   bool
	token string
}

// callers returns every test user, a user of each tenant whose token has the name of another user,
// and an application of each tenant. All may write.
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

// me stands for the user of an attempt at /me.
const me = "me"

// reaches returns the owner that the caller may reach by the user in a URL. The zero owner means
// nobody.
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
