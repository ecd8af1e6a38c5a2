package handlers_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"afterhours/store"
)

// TestIsolation checks that nine users in three tenants cannot read or change anything of each other,
// by any operation of the contract, alone or in a batch, by object id or by name. An application
// reaches the users of its own tenant alone.
func TestIsolation(t *testing.T) {
	onEveryStore(t, func(t *testing.T, ts *testServer) {
		all := ts.storeUsers()
		tries := everyAttempt(t, all)
		requests := 0
		for i, c := range ts.callers(all) {
			chosen := i%sample <= 1 // under the race detector; the gate runs all of them without it
			if ts.isPartitioned() { // it is slow: the first thief of a name, and the first application
				chosen = i == 3 || i == 4
			}
			if !chosen {
				continue
			}
			for _, delivery := range deliveries(20) {
				tries := delivery.takes(tries)
				before := ts.everything()
				ts.tryAll(t, c, delivery, all, tries)
				for _, owner := range changed(before, ts.everything()) {
					if owner != c.who && (!c.app || owner.Tenant != c.who.Tenant || owner.User == "") {
						t.Errorf("%s changed something of %v, %s", c.name, owner, delivery.name)
					}
					ts.restore(all, owner)
				}
				requests += len(tries)
			}
		}
		t.Logf("%d requests", requests)
	})
}

// everyAttempt returns the attempts on every user, by object id and by name, without duplicates.
func everyAttempt(t *testing.T, all []testUser) []attempt {
	t.Helper()
	var tries []attempt
	seen := map[string]bool{}
	for _, target := range all {
		for _, user := range []string{target.User, target.name} {
			for _, try := range attempts(t, user, target.id) {
				if request := try.method + try.path + try.body; !seen[request] {
					tries, seen[request] = append(tries, try), true
				}
			}
		}
	}
	slices.SortStableFunc(tries, func(a, b attempt) int { return a.rank() - b.rank() })
	return tries
}

// tryAll makes the attempts. It fails if a response holds a secret that the caller may not see, and
// if the caller does not see even their own.
func (ts *testServer) tryAll(t *testing.T, c caller, delivery delivery, all []testUser, tries []attempt) {
	t.Helper()
	calls := make([]call, len(tries))
	for i, try := range tries {
		calls[i] = try.call
	}
	sawOwn := false
	for i, got := range delivery.send(ts, c.token, calls) {
		reached := c.reaches(all, tries[i].user)
		for _, secret := range secrets.FindAllString(got.text, -1) {
			sawOwn = true
			if secretOf(all, reached) != secret {
				t.Errorf("%s, %s: %s %s: %d %s", c.name, delivery.name, calls[i].method, calls[i].path, got.status, got.text)
			}
		}
		isRefused := got.status == http.StatusForbidden || got.status == http.StatusNotFound
		if tries[i].user != "" && reached == (store.Owner{}) && !isRefused {
			t.Errorf("%s, %s: %s %s: %d %s, want 403 or 404", c.name, delivery.name, calls[i].method, calls[i].path, got.status, got.text)
		}
	}
	if !sawOwn {
		t.Errorf("%s, %s, does not see even their own secret", c.name, delivery.name)
	}
}

func secretOf(all []testUser, owner store.Owner) string {
	for _, one := range all {
		if one.Owner == owner {
			return one.secret
		}
	}
	return "none"
}

// pair is something that exists and that the caller may not reach, and something that does not exist:
// a user by object id or name, and the id of a statistic.
type pair struct {
	name                   string
	who                    caller
	user, id               string
	missingUser, missingID string
	mine                   bool // compare requests to /me, not to /users/{user}
}

func (ts *testServer) pairs(all []testUser) []pair {
	callers := ts.callers(all)
	user, app := callers[0], callers[4]
	if user.app || !app.app || user.who.Tenant != app.who.Tenant {
		ts.t.Fatal("callers returns users in another order than this test expects")
	}
	const noID, noName, noUser = "only-t9u9", "t9u9@example.com", "00000000-0000-4000-8000-000000000099"
	colleague, foreigner, retired := all[2], all[5], all[8]
	return []pair{
		{"a user, a colleague", user, colleague.User, colleague.id, noUser, noID, false},
		{"a user, a foreigner", user, foreigner.User, foreigner.id, noUser, noID, false},
		{"a user, a colleague by name", user, colleague.name, colleague.id, noName, noID, false},
		{"a user, a foreigner by name", user, foreigner.name, foreigner.id, noName, noID, false},
		{"a user, a colleague's statistic", user, user.who.User, colleague.id, user.who.User, noID, true},
		{"a user, a foreigner's statistic", user, user.who.User, foreigner.id, user.who.User, noID, true},
		{"an application, a foreigner", app, foreigner.User, foreigner.id, noUser, noID, false},
		{"an application, a foreigner who has opted out", app, retired.User, retired.id, noUser, noID, false},
		{"an application, a foreigner by name", app, foreigner.name, foreigner.id, noName, noID, false},
		{"an application, a foreigner's statistic of a user", app, colleague.User, foreigner.id, colleague.User, noID, false},
	}
}

// TestForeignAndMissingAreAlike checks that every operation gives the same response for something of
// another user and for something that does not exist. Only the names in the request and the values of
// each response, such as request-id, may differ.
func TestForeignAndMissingAreAlike(t *testing.T) {
	onEveryStore(t, func(t *testing.T, ts *testServer) {
		all := ts.storeUsers()
		all[8].optedOut = true
		ts.restore(all, all[8].Owner)
		for i, a := range ts.pairs(all) {
			if ts.isPartitioned() && i%5 > 0 { // it is slow
				continue
			}
			for _, delivery := range deliveries(1) {
				foreign := ts.responses(t, all, a, delivery, a.user, a.id)
				missing := ts.responses(t, all, a, delivery, a.missingUser, a.missingID)
				for i := range foreign {
					if foreign[i] != missing[i] {
						t.Errorf("%s, %s:\n%s\n\n%s", a.name, delivery.name, foreign[i], missing[i])
					}
				}
			}
		}
	})
}

// responses returns the responses of every operation as texts to compare, without the names in the
// request. It restores the store afterwards.
func (ts *testServer) responses(t *testing.T, all []testUser, a pair, delivery delivery, user, id string) []string {
	t.Helper()
	var calls []call
	for _, try := range attempts(t, user, id) {
		if wanted := try.user == user && !a.mine || try.user == me && a.mine; !wanted {
			continue
		}
		calls = append(calls, try.call)
		if try.operation == "updateStatistic" || try.operation == "replaceStatistic" {
			try.header = map[string]string{"Prefer": "create-if-missing"}
			calls = append(calls, try.call)
		}
	}
	before := ts.everything()
	responses := delivery.send(ts, a.who.token, calls)
	for _, owner := range changed(before, ts.everything()) {
		ts.restore(all, owner)
	}
	var texts []string
	for i, got := range responses {
		var text strings.Builder
		text.WriteString(calls[i].method + " " + calls[i].path + " " + http.StatusText(got.status) + "\n")
		for _, own := range []string{"Request-Id", "X-Ms-Ags-Diagnostic", "Date"} {
			got.header.Del(own)
		}
		if deltaTokens.MatchString(got.text) {
			got.header.Del("Content-Length") // a token that is drawn has no fixed length
		}
		_ = got.header.Write(&text) // sorted by name
		text.WriteString(got.text)
		neutral := ofTheRequest.ReplaceAllString(text.String(), "")
		neutral = opaqueTags.ReplaceAllString(neutral, "${1}tag${3}")
		neutral = deltaTokens.ReplaceAllString(neutral, "${1}token")
		texts = append(texts, strings.NewReplacer(user, "{user}", id, "{id}").Replace(neutral))
	}
	return texts
}
