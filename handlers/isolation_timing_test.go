package handlers_test

import (
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"afterhours/handlers"
	"afterhours/store"
	"afterhours/store/memory"
)

var timings = flag.Int("timings", 400, "how many requests TestForeignAndMissingTakeTheSameTime sends for each; from 10000 on the bound is 5 %")

// TestForeignAndMissingTakeTheSameTime checks that a request for something of another user takes as
// long as one for something that does not exist. It compares the medians of requests in turn, without
// a socket, since a socket hides differences. A few requests on a busy machine show only that the
// medians are within a third of each other; -timings=10000 holds them to 5 %. A larger difference is
// measured again, at most twice.
func TestForeignAndMissingTakeTheSameTime(t *testing.T) {
	bound := 0.33
	if *timings >= 10000 {
		bound = 0.05
	}
	for name, open := range map[string]func(testing.TB) store.Store{
		"memory": func(testing.TB) store.Store { return memory.New() },
		"sqlite": openSQLite,
	} {
		t.Run(name, func(t *testing.T) {
			ts := newTestServer(t, open(t))
			server := newServer(t, ts.store, ts.issuer, io.Discard)
			for _, a := range ts.pairs(ts.storeUsers()) {
				var differs float64
				for range 3 {
					foreign, missing := a.medians(t, server)
					differs = float64(foreign-missing) / float64(missing)
					t.Logf("%s: %v, missing %v, %+.1f %%", a.name, foreign, missing, 100*differs)
					if max(differs, -differs) < bound {
						break
					}
				}
				if max(differs, -differs) >= bound {
					t.Errorf("%s: something of another user takes %+.1f %% longer than something missing", a.name, 100*differs)
				}
			}
		})
	}
}

// medians returns the median times of reads of something of another user and of something missing.
func (a pair) medians(t *testing.T, server *handlers.Server) (foreign, missing time.Duration) {
	path := func(user, id string) string {
		if a.mine {
			return collection + "/" + id
		}
		return "/beta/users/" + user + "/analytics/activityStatistics/" + id
	}
	paths := [2]string{path(a.user, a.id), path(a.missingUser, a.missingID)}
	var taken [2][]time.Duration
	for n := range *timings {
		for i := range paths {
			one := (n + i) % 2 // the two take turns to be first
			request := httptest.NewRequest(http.MethodGet, paths[one], nil)
			request.Header.Set("Authorization", "Bearer "+a.who.token)
			recorder := httptest.NewRecorder()
			begun := time.Now()
			server.ServeHTTP(recorder, request)
			taken[one] = append(taken[one], time.Since(begun))
			if recorder.Code != http.StatusForbidden && recorder.Code != http.StatusNotFound {
				t.Fatalf("%s: %d %s", paths[one], recorder.Code, recorder.Body)
			}
		}
	}
	for i := range taken {
		slices.Sort(taken[i])
	}
	return taken[0][*timings/2], taken[1][*timings/2]
}
