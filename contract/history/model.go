package history

import (
	"fmt"
	"net/http"

	"github.com/anishathalye/porcupine"

	"afterhours/store/edm"
)

// statistics is how many statistics an owner may have.
const statistics = 3

// request is a request about one owner. Every write stores a duration that no other write
// stores. A duration therefore identifies a write, and stands for its entity tag.
type request struct {
	owner  int
	method string       // GET, POST, PUT, PATCH or DELETE, set for a PUT of the duration alone, list, or group
	id     int          // the number of the statistic, from 0 on
	writes edm.Duration // what POST, PUT, PATCH and set store; 0 for a PATCH of nothing
	match  edm.Duration // the duration whose entity tag If-Match has; 0 without If-Match
	parts  []request    // of an atomicity group: writes, each of another statistic
}

// response is the status of a response, 0 if it is unknown whether the request was done, and
// the durations in its body.
type response struct {
	status int
	shown  edm.Duration // of a statistic
	listed state        // of a list
	parts  []response   // of an atomicity group
}

// state is the duration of each statistic of an owner, 0 if the statistic does not exist.
type state [statistics]edm.Duration

// ownerModel is a server that does the requests about an owner one at a time.
var ownerModel = porcupine.Model{
	Init: func() any { return state{} },
	Step: func(before, input, output any) (bool, any) {
		return input.(request).explains(before.(state), output.(response))
	},
	DescribeOperation: func(input, output any) string { return fmt.Sprintf("%+v -> %+v", input, output) },
}

// explains reports whether the request has this response in a state, and returns the state
// afterwards. A request whose outcome is unknown may take effect at any time after its call. The
// last place also covers a request that never took effect, because no response depends on it.
func (r request) explains(before state, got response) (bool, state) {
	switch r.method {
	case "list":
		return got.listed == before, before
	case "group":
		return r.explainsGroup(before, got)
	}
	want, after := r.on(before)
	return got.status == 0 || got.status == want.status && got.shown == want.shown, after
}

// explainsGroup is explains for an atomicity group. A group that fails changes nothing. The
// request that failed then says what it met. It may have met that later than the requests before
// it met what they needed, so the response to a failed group is held against that request alone.
func (r request) explainsGroup(before state, got response) (bool, state) {
	for i, part := range got.parts {
		if part.status >= http.StatusBadRequest && part.status != http.StatusFailedDependency {
			ok, _ := r.parts[i].explains(before, part)
			return ok, before
		}
	}
	after := before
	for i, part := range r.parts {
		var want response
		if want, after = part.on(after); want.status >= http.StatusBadRequest {
			return got.status == 0, before
		}
		if got.status != 0 && (got.parts[i].status != want.status || got.parts[i].shown != want.shown) {
			return false, before
		}
	}
	return true, after
}

// on returns the response to a request about one statistic in a state, and the state afterwards.
func (r request) on(before state) (response, state) {
	stored := before[r.id]
	exists, meets := stored != 0, r.match == 0 || r.match == stored
	after := before
	switch {
	case r.method == "POST" && exists:
		return response{status: http.StatusConflict}, before
	case r.method == "POST", r.method == "PUT" && !exists && r.match == 0:
		after[r.id] = r.writes
		return response{status: http.StatusCreated, shown: r.writes}, after
	case r.method == "PUT" && !exists:
		return response{status: http.StatusPreconditionFailed}, before
	case !exists:
		return response{status: http.StatusNotFound}, before
	case !meets:
		return response{status: http.StatusPreconditionFailed}, before
	case r.method == "DELETE":
		after[r.id] = 0
		return response{status: http.StatusNoContent}, after
	case r.method == "set":
		after[r.id] = r.writes
		return response{status: http.StatusNoContent}, after
	case r.writes != 0:
		after[r.id] = r.writes
		return response{status: http.StatusOK, shown: r.writes}, after
	}
	return response{status: http.StatusOK, shown: stored}, before
}

// isRead reports whether the request changes nothing, whatever its response is.
func (r request) isRead() bool { return r.method == "GET" || r.method == "list" }
