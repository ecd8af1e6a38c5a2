package admin

import (
	"net/http"
	"net/http/pprof"
	runtimepprof "runtime/pprof"
	"slices"
	"strconv"
	"strings"
)

// profiles is the path below which the profiles are. net/http/pprof also adds its routes to
// http.DefaultServeMux, which nothing serves.
const profiles = "/debug/pprof/"

// maxSeconds is how long a profile may take.
const maxSeconds = 300

// timed are the profiles of a time to come. The command line, which net/http/pprof has too, may hold the
// password of a database.
var timed = map[string]http.HandlerFunc{"profile": pprof.Profile, "trace": pprof.Trace}

func isProfile(path string) bool {
	name, isBelow := strings.CutPrefix(path, profiles)
	return isBelow && (timed[name] != nil || runtimepprof.Lookup(name) != nil)
}

// listProfiles responds with the path of each profile on a line.
func listProfiles(w http.ResponseWriter, _ *http.Request) *refusal {
	var paths []string
	for name := range timed {
		paths = append(paths, profiles+name+"?seconds=10\n")
	}
	for _, profile := range runtimepprof.Profiles() {
		paths = append(paths, profiles+profile.Name()+"\n")
	}
	slices.Sort(paths)
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte(strings.Join(paths, ""))) // an error here means that the caller has hung up
	return nil
}

// takeProfile responds with a profile. One is taken at a time: the runtime has no more, and each costs
// the server something.
func (h *Handler) takeProfile(w http.ResponseWriter, r *http.Request) *refusal {
	if given := r.URL.Query().Get("seconds"); given != "" {
		if seconds, err := strconv.Atoi(given); err != nil || seconds < 1 || seconds > maxSeconds {
			return refuse(http.StatusBadRequest, "'seconds' is '%s'; it must be a number from 1 to %d.", shown(given), maxSeconds)
		}
	}
	select {
	case h.profile <- struct{}{}:
		defer func() { <-h.profile }()
	default:
		return refuse(http.StatusTooManyRequests, "Another profile is being taken. Try again when it has ended.")
	}
	name := strings.TrimPrefix(r.URL.Path, profiles)
	if take := timed[name]; take != nil {
		take(w, r)
	} else {
		pprof.Handler(name).ServeHTTP(w, r)
	}
	return nil
}
