package storetest

import (
	"fmt"
	"slices"
	"testing"

	"afterhours/store"
)

// peopleTests test the users of a tenant: those with statistics, settings or an alias.
var peopleTests = map[string]func(*testing.T, store.Store){
	"an empty store has none": func(t *testing.T, s store.Store) {
		wantPeople(t, s, ada.Tenant)
		wantNoPerson(t, s, ada)
	},
	"statistics make a person, and the last one that goes unmakes them": func(t *testing.T, s store.Store) {
		revision := mustPut(t, s, first, call, store.NoRevision)
		mustPut(t, s, store.Key{Owner: ada, ID: "second"}, call, store.NoRevision)
		second, _, err := s.Get(background, store.Key{Owner: ada, ID: "second"})
		must(t, err)
		wantPeople(t, s, ada.Tenant, store.Person{Owner: ada})
		must(t, s.Delete(background, first, revision))
		wantPeople(t, s, ada.Tenant, store.Person{Owner: ada})
		must(t, s.Delete(background, store.Key{Owner: ada, ID: "second"}, second.Revision))
		wantPeople(t, s, ada.Tenant)
		wantNoPerson(t, s, ada)
	},
	"settings make a person": func(t *testing.T, s store.Store) {
		putSettings(t, s, bob, store.DefaultSettings)
		wantPeople(t, s, bob.Tenant, store.Person{Owner: bob})
	},
	"an alias makes a person, who has the first one in byte order": func(t *testing.T, s store.Store) {
		names := slices.DeleteFunc(slices.Clone(unusualTexts), func(text string) bool { return text == "" })
		for _, upn := range shuffled(names) {
			putUser(t, s, ada, upn)
		}
		for _, upn := range names {
			wantPeople(t, s, ada.Tenant, store.Person{Owner: ada, UPN: upn})
			must(t, s.DeleteUser(background, ada.Tenant, upn))
		}
		wantPeople(t, s, ada.Tenant)
	},
	"one who has all of it is one person": func(t *testing.T, s store.Store) {
		mustPut(t, s, first, call, store.NoRevision)
		putSettings(t, s, ada, store.Settings{HasOptedOut: true})
		putUser(t, s, ada, "b")
		putUser(t, s, ada, "a")
		wantPeople(t, s, ada.Tenant, store.Person{Owner: ada, UPN: "a"})
	},
	"those of other tenants are not seen": func(t *testing.T, s store.Store) {
		mustPut(t, s, store.Key{Owner: otherAda, ID: "a"}, call, store.NoRevision)
		putSettings(t, s, otherAda, store.Settings{})
		putUser(t, s, otherAda, adaUPN)
		wantPeople(t, s, ada.Tenant)
		wantNoPerson(t, s, ada)
		putSettings(t, s, ada, store.Settings{})
		wantPeople(t, s, ada.Tenant, store.Person{Owner: ada})
		wantPeople(t, s, otherAda.Tenant, store.Person{Owner: otherAda, UPN: adaUPN})
	},
	"they come by pages, in byte order, each once": func(t *testing.T, s store.Store) {
		var people []store.Person
		for n := range 40 {
			people = append(people, store.Person{Owner: store.Owner{Tenant: ada.Tenant, User: fmt.Sprintf("user %02d", n)}})
		}
		for i, person := range shuffled(people) {
			if i%4 == 0 || i%3 == 1 {
				mustPut(t, s, store.Key{Owner: person.Owner, ID: "a"}, call, store.NoRevision)
				mustPut(t, s, store.Key{Owner: person.Owner, ID: "b"}, call, store.NoRevision)
			}
			if i%4 == 1 || i%3 == 2 {
				putSettings(t, s, person.Owner, store.Settings{})
			}
			if i%4 >= 2 {
				at := slices.Index(people, person)
				people[at].UPN = fmt.Sprintf("%02d@contoso.example", 40-at) // in another order than the users
				putUser(t, s, person.Owner, people[at].UPN)
				putUser(t, s, person.Owner, people[at].UPN+".second")
			}
		}
		for _, limit := range []int{1, 2, 7, 39, 40, 41, 1000} {
			wantPages(t, limit, people, func(after store.Person) ([]store.Person, error) {
				return s.People(background, ada.Tenant, after.User, limit)
			})
		}
		wantPeople(t, s, ada.Tenant, people...)
	},
}

// wantPeople checks the users of a tenant, all together and one by one.
func wantPeople(t testing.TB, s store.Store, tenant string, want ...store.Person) {
	t.Helper()
	if got, err := s.People(background, tenant, "", 1000); !slices.Equal(got, want) || err != nil {
		t.Errorf("People = %+v, %v\nwant %+v", got, err, want)
	}
	if count, err := s.CountPeople(background, tenant); count != len(want) || err != nil {
		t.Errorf("CountPeople = %d, %v; want %d", count, err, len(want))
	}
	for _, person := range want {
		if got, err := s.Person(background, person.Owner); got != person || err != nil {
			t.Errorf("Person(%v) = %+v, %v; want %+v", person.Owner, got, err, person)
		}
	}
}

func wantNoPerson(t testing.TB, s store.Store, owner store.Owner) {
	t.Helper()
	got, err := s.Person(background, owner)
	wantError(t, err, store.ErrNotFound)
	if got != (store.Person{}) {
		t.Errorf("Person returned %+v with its error", got)
	}
}
