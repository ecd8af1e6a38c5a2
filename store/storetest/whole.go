package storetest

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"afterhours/store"
)

// wholeTests test the methods that list the content of a whole store.
var wholeTests = map[string]func(*testing.T, store.Store){
	"an empty store has no tenants and owners": func(t *testing.T, s store.Store) {
		wantTenants(t, s)
		wantOwners(t, s, ada.Tenant)
	},
	"statistics make an owner and a tenant, and the last one that goes unmakes them": func(t *testing.T, s store.Store) {
		revision := mustPut(t, s, first, call, store.NoRevision)
		mustPut(t, s, store.Key{Owner: otherAda, ID: "a"}, call, store.NoRevision)
		wantTenants(t, s, ada.Tenant, otherAda.Tenant)
		wantOwners(t, s, ada.Tenant, ada)
		wantOwners(t, s, otherAda.Tenant, otherAda)
		must(t, s.Delete(background, first, revision))
		wantTenants(t, s, otherAda.Tenant)
		wantOwners(t, s, ada.Tenant)
	},
	"settings make an owner and a tenant": func(t *testing.T, s store.Store) {
		putSettings(t, s, bob, store.Settings{HasOptedOut: true})
		wantTenants(t, s, bob.Tenant)
		wantOwners(t, s, bob.Tenant, bob)
	},
	"an alias makes a tenant, but no owner": func(t *testing.T, s store.Store) {
		putUser(t, s, ada, adaUPN)
		wantTenants(t, s, ada.Tenant)
		wantOwners(t, s, ada.Tenant)
		must(t, s.DeleteUser(background, ada.Tenant, adaUPN))
		wantTenants(t, s)
	},
	"one who has both statistics and settings is one owner": func(t *testing.T, s store.Store) {
		mustPut(t, s, first, call, store.NoRevision)
		putSettings(t, s, ada, store.Settings{HasOptedOut: true})
		putUser(t, s, ada, adaUPN)
		wantTenants(t, s, ada.Tenant)
		wantOwners(t, s, ada.Tenant, ada)
	},
	"statistics of all owners are counted from a key on": func(t *testing.T, s store.Store) {
		counter, ok := s.(store.StatisticsCounter)
		if !ok {
			t.Skipf("a %T does not count the statistics of all owners", s)
		}
		keys := []store.Key{{Owner: ada, ID: "B"}, {Owner: ada, ID: "a"}, {Owner: ada, ID: "b"}, {Owner: bob, ID: "a"}, {Owner: otherAda, ID: "a"}}
		slices.SortFunc(keys, func(a, b store.Key) int {
			return cmp.Or(cmp.Compare(a.Tenant, b.Tenant), cmp.Compare(a.User, b.User), cmp.Compare(a.ID, b.ID))
		})
		putSettings(t, s, bob, store.Settings{HasOptedOut: true})
		putUser(t, s, ada, adaUPN)
		for _, key := range shuffled(keys) {
			mustPut(t, s, key, call, store.NoRevision)
		}
		for n, after := range append([]store.Key{{}}, keys...) {
			if count, err := counter.CountAfter(background, after); count != int64(len(keys)-n) || err != nil {
				t.Errorf("CountAfter(%v) = %d, %v; want %d", after, count, err, len(keys)-n)
			}
		}
	},
	"owners and aliases come by pages, in byte order": func(t *testing.T, s store.Store) {
		var owners []store.Owner
		var users []store.User
		for n := range 25 {
			owner := store.Owner{Tenant: ada.Tenant, User: fmt.Sprintf("user %02d", n)}
			owners = append(owners, owner)
			users = append(users, store.User{Owner: owner, UPN: fmt.Sprintf("%02d@contoso.example", n)})
		}
		for i, owner := range shuffled(owners) {
			if i%3 != 0 {
				mustPut(t, s, store.Key{Owner: owner, ID: "a"}, call, store.NoRevision)
			}
			if i%3 != 1 {
				putSettings(t, s, owner, store.Settings{})
			}
		}
		for _, user := range shuffled(users) {
			putUser(t, s, user.Owner, user.UPN)
		}
		for _, limit := range []int{1, 7, 24, 25, 26, 1000} {
			wantPages(t, limit, owners, func(after store.Owner) ([]store.Owner, error) {
				return s.Owners(background, ada.Tenant, after.User, limit)
			})
			wantPages(t, limit, users, func(after store.User) ([]store.User, error) {
				return s.Users(background, ada.Tenant, after.UPN, limit)
			})
		}
	},
}

func wantTenants(t testing.TB, s store.Store, want ...string) {
	t.Helper()
	if got, err := s.Tenants(background); !slices.Equal(got, want) || err != nil {
		t.Errorf("Tenants = %q, %v; want %q", got, err, want)
	}
}

func wantOwners(t testing.TB, s store.Store, tenant string, want ...store.Owner) {
	t.Helper()
	if got, err := s.Owners(background, tenant, "", 1000); !slices.Equal(got, want) || err != nil {
		t.Errorf("Owners = %+v, %v; want %+v", got, err, want)
	}
}

// wantPages reads all pages, each beginning after the last item of the page before.
func wantPages[T comparable](t testing.TB, limit int, want []T, page func(after T) ([]T, error)) {
	t.Helper()
	var got []T
	for after := *new(T); ; {
		next, err := page(after)
		must(t, err)
		if len(next) == 0 {
			break
		}
		if len(next) > limit {
			t.Fatalf("a page of %d has %d", limit, len(next))
		}
		got = append(got, next...)
		after = next[len(next)-1]
	}
	if !slices.Equal(got, want) {
		t.Errorf("pages of %d are %+v; want %+v", limit, got, want)
	}
}
