package storetest

import (
	"slices"
	"sync"
	"testing"
	"time"

	"afterhours/store"
)

// adaUPN is an alias of ada's.
const adaUPN = "ada@contoso.example"

var settingsTests = map[string]func(*testing.T, store.Store){
	"of an unknown owner are the defaults": func(t *testing.T, s store.Store) {
		wantSettings(t, s, ada, store.DefaultSettings)
	},
	"are stored, in every combination": func(t *testing.T, s store.Store) {
		for bits := range 8 {
			settings := store.Settings{HasGraphMailbox: bits&1 != 0, HasLicense: bits&2 != 0, HasOptedOut: bits&4 != 0}
			putSettings(t, s, ada, settings)
			wantSettings(t, s, ada, settings)
		}
	},
	"come with a statistic": func(t *testing.T, s store.Store) {
		revision := store.NoRevision
		for _, want := range []store.Settings{store.DefaultSettings, {HasOptedOut: true}, {HasLicense: true}} {
			if want != store.DefaultSettings {
				putSettings(t, s, ada, want)
			}
			putSettings(t, s, bob, store.Settings{HasGraphMailbox: true}) // of another owner
			var settings store.Settings
			var err error
			if revision, settings, err = s.Put(background, first, call, revision); err != nil || settings != want {
				t.Errorf("Put = %+v, %v; want %+v", settings, err, want)
			}
			if got, settings, err := s.Get(background, first); err != nil || got.ID != first.ID || settings != want {
				t.Errorf("Get = %q, %+v, %v; want %q, %+v", got.ID, settings, err, first.ID, want)
			}
		}
	},
	"change only where the change says so": func(t *testing.T, s store.Store) {
		got, err := s.UpdateSettings(background, ada, store.SettingsChange{HasOptedOut: store.Of(true)})
		must(t, err)
		want := store.Settings{HasGraphMailbox: true, HasLicense: true, HasOptedOut: true}
		if got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
		got, err = s.UpdateSettings(background, ada, store.SettingsChange{HasLicense: store.Of(false)})
		must(t, err)
		want.HasLicense = false
		if got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
		if got, err = s.UpdateSettings(background, ada, store.SettingsChange{}); err != nil || got != want {
			t.Errorf("got %+v, %v, want %+v", got, err, want)
		}
		wantSettings(t, s, ada, want)
	},
	"changes at once undo none of each other": func(t *testing.T, s store.Store) {
		var group sync.WaitGroup
		for i := range 300 {
			group.Go(func() {
				change := []store.SettingsChange{{HasGraphMailbox: store.Of(false)}, {HasLicense: store.Of(false)}, {HasOptedOut: store.Of(true)}}[i%3]
				if _, err := s.UpdateSettings(background, ada, change); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		wantSettings(t, s, ada, store.Settings{HasOptedOut: true})
	},
	"stay when the statistics go": func(t *testing.T, s store.Store) {
		revision := mustPut(t, s, first, call, store.NoRevision)
		wantSettings(t, s, ada, store.DefaultSettings)
		putSettings(t, s, ada, store.Settings{HasOptedOut: true})
		must(t, s.Delete(background, first, revision))
		wantSettings(t, s, ada, store.Settings{HasOptedOut: true})
	},
}

// putSettings stores all three settings.
func putSettings(t *testing.T, s store.Store, owner store.Owner, settings store.Settings) {
	t.Helper()
	got, err := s.UpdateSettings(background, owner, store.SettingsChange{HasGraphMailbox: store.Of(settings.HasGraphMailbox),
		HasLicense: store.Of(settings.HasLicense), HasOptedOut: store.Of(settings.HasOptedOut)})
	must(t, err)
	if got != settings {
		t.Errorf("UpdateSettings returns %+v, want %+v", got, settings)
	}
}

var userTests = map[string]func(*testing.T, store.Store){
	"an unknown alias is ErrNotFound": func(t *testing.T, s store.Store) {
		wantNoUser(t, s, ada.Tenant, adaUPN)
		wantUsers(t, s, ada.Tenant)
	},
	"an alias is found again": func(t *testing.T, s store.Store) {
		putUser(t, s, ada, adaUPN)
		wantUser(t, s, store.User{Owner: ada, UPN: adaUPN})
	},
	"storing again is no error": func(t *testing.T, s store.Store) {
		for _, move := range []bool{false, true, false} {
			must(t, s.PutUser(background, store.User{Owner: ada, UPN: adaUPN}, move))
		}
		wantUsers(t, s, ada.Tenant, store.User{Owner: ada, UPN: adaUPN})
	},
	"when and by whom a name was learned is kept": func(t *testing.T, s store.Store) {
		learned := store.User{Owner: ada, UPN: adaUPN, LearnedAt: time.Unix(1_800_000_000, 0).UTC(), LearnedBy: "https://id.example.com/ä"}
		later := learned
		later.LearnedAt, later.LearnedBy = later.LearnedAt.Add(time.Hour), "https://other.example.com"
		must(t, s.PutUser(background, learned, false))
		must(t, s.PutUser(background, later, false))
		wantUser(t, s, learned)
		wantUsers(t, s, ada.Tenant, learned)
		squatted := later
		squatted.Owner = bob
		wantError(t, s.PutUser(background, squatted, false), store.ErrExists)
		wantUser(t, s, learned)
		must(t, s.PutUser(background, store.User{Owner: ada, UPN: adaUPN}, true))
		wantUser(t, s, store.User{Owner: ada, UPN: adaUPN})
		must(t, s.PutUser(background, squatted, true))
		wantUser(t, s, squatted)
	},
	"an alias of another user stays without move": func(t *testing.T, s store.Store) {
		putUser(t, s, ada, adaUPN)
		wantError(t, s.PutUser(background, store.User{Owner: bob, UPN: adaUPN}, false), store.ErrExists)
		wantUsers(t, s, ada.Tenant, store.User{Owner: ada, UPN: adaUPN})
	},
	"an alias of another user is moved with move": func(t *testing.T, s store.Store) {
		putUser(t, s, ada, adaUPN)
		must(t, s.PutUser(background, store.User{Owner: bob, UPN: adaUPN}, true))
		wantUsers(t, s, ada.Tenant, store.User{Owner: bob, UPN: adaUPN})
		wantUser(t, s, store.User{Owner: bob, UPN: adaUPN})
	},
	"a user may have several, listed in byte order": func(t *testing.T, s store.Store) {
		var want []store.User
		for i, upn := range unusualTexts {
			want = append(want, store.User{Owner: []store.Owner{ada, bob}[i%2], UPN: upn})
		}
		for _, upn := range shuffled(unusualTexts) {
			must(t, s.PutUser(background, want[slices.Index(unusualTexts, upn)], false))
		}
		wantUsers(t, s, ada.Tenant, want...)
		for _, user := range want {
			wantUser(t, s, user)
		}
	},
	"delete removes the alias alone": func(t *testing.T, s store.Store) {
		revision := mustPut(t, s, first, call, store.NoRevision)
		putUser(t, s, ada, adaUPN)
		putUser(t, s, ada, "second")
		must(t, s.DeleteUser(background, ada.Tenant, adaUPN))
		wantNoUser(t, s, ada.Tenant, adaUPN)
		wantUsers(t, s, ada.Tenant, store.User{Owner: ada, UPN: "second"})
		wantStored(t, s, first, revision, call)
	},
	"delete of an unknown alias is ErrNotFound": func(t *testing.T, s store.Store) {
		wantError(t, s.DeleteUser(background, ada.Tenant, adaUPN), store.ErrNotFound)
		putUser(t, s, ada, adaUPN)
		must(t, s.DeleteUser(background, ada.Tenant, adaUPN))
		wantError(t, s.DeleteUser(background, ada.Tenant, adaUPN), store.ErrNotFound)
	},
}

var isolationTests = map[string]func(*testing.T, store.Store){
	"statistics of other owners are neither seen nor changed": func(t *testing.T, s store.Store) {
		revision := mustPut(t, s, first, call, store.NoRevision)
		for _, other := range []store.Owner{bob, otherAda} {
			key := store.Key{Owner: other, ID: first.ID}
			wantAbsent(t, s, key)
			wantPage(t, s, other, store.Query{Limit: 10})
			wantCount(t, s, other, 0)
			_, _, err := s.Put(background, key, full, revision)
			wantError(t, err, store.ErrNotFound)
			wantError(t, s.Delete(background, key, revision), store.ErrNotFound)
			theirs := mustPut(t, s, key, full, store.NoRevision)
			must(t, s.Delete(background, key, theirs))
		}
		wantStored(t, s, first, revision, call)
		wantCount(t, s, ada, 1)
	},
	"settings of other owners are not seen": func(t *testing.T, s store.Store) {
		putSettings(t, s, ada, store.Settings{HasOptedOut: true})
		wantSettings(t, s, bob, store.DefaultSettings)
		wantSettings(t, s, otherAda, store.DefaultSettings)
	},
	"aliases of other tenants are neither seen nor taken": func(t *testing.T, s store.Store) {
		putUser(t, s, ada, adaUPN)
		wantNoUser(t, s, otherAda.Tenant, adaUPN)
		wantUsers(t, s, otherAda.Tenant)
		wantError(t, s.DeleteUser(background, otherAda.Tenant, adaUPN), store.ErrNotFound)
		putUser(t, s, otherAda, adaUPN)
		wantUser(t, s, store.User{Owner: ada, UPN: adaUPN})
		wantUser(t, s, store.User{Owner: otherAda, UPN: adaUPN})
		wantUsers(t, s, ada.Tenant, store.User{Owner: ada, UPN: adaUPN})
	},
}

func wantSettings(t testing.TB, s store.Store, owner store.Owner, want store.Settings) {
	t.Helper()
	if got, err := s.Settings(background, owner); got != want || err != nil {
		t.Errorf("Settings = %+v, %v; want %+v", got, err, want)
	}
}

// putUser stores an alias that is free or already the owner's.
func putUser(t testing.TB, s store.Store, owner store.Owner, upn string) {
	t.Helper()
	must(t, s.PutUser(background, store.User{Owner: owner, UPN: upn}, false))
}

func wantUser(t testing.TB, s store.Store, want store.User) {
	t.Helper()
	if got, err := s.UserByUPN(background, want.Tenant, want.UPN); got != want || err != nil {
		t.Errorf("UserByUPN(%q) = %+v, %v; want %+v", want.UPN, got, err, want)
	}
}

func wantNoUser(t testing.TB, s store.Store, tenant, upn string) {
	t.Helper()
	got, err := s.UserByUPN(background, tenant, upn)
	wantError(t, err, store.ErrNotFound)
	if got != (store.User{}) {
		t.Errorf("UserByUPN returned %+v with its error", got)
	}
}

func wantUsers(t testing.TB, s store.Store, tenant string, want ...store.User) {
	t.Helper()
	if got, err := s.Users(background, tenant, "", 1000); !slices.Equal(got, want) || err != nil {
		t.Errorf("Users = %+v, %v\nwant %+v", got, err, want)
	}
}
