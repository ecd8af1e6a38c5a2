package history

import (
	"math"
	"testing"

	"github.com/anishathalye/porcupine"

	"afterhours/store/edm"
)

// TestJudge: what a correct server may answer is explained, and each kind of fault is not.
func TestJudge(t *testing.T) {
	const a, b, c = edm.Second, 2 * edm.Second, 3 * edm.Second
	var (
		postA     = request{method: "POST", writes: a}
		patchB    = request{method: "PATCH", writes: b}
		patchC    = request{method: "PATCH", writes: c, match: a}
		get       = request{method: "GET"}
		list      = request{method: "list"}
		remove    = request{method: "DELETE"}
		postBoth  = request{method: "group", parts: []request{{method: "POST", writes: a}, {method: "POST", id: 1, writes: b}}}
		madeA     = response{status: 201, shown: a}
		madeBoth  = response{status: 200, parts: []response{{status: 201, shown: a}, {status: 201, shown: b}}}
		showsA    = response{status: 200, shown: a}
		showsB    = response{status: 200, shown: b}
		gone      = response{status: 404}
		deleted   = response{status: 204}
		refused   = response{status: 412}
		unknown   = response{}
		groupFail = response{status: 200, parts: []response{{status: 409}, {status: 424}}}
	)
	for name, test := range map[string]struct {
		history []porcupine.Operation
		want    porcupine.CheckResult
	}{
		"one after the other":                   {calls(postA, madeA, patchB, showsB, get, showsB), porcupine.Ok},
		"a stale read":                          {calls(postA, madeA, patchB, showsB, get, showsA), porcupine.Illegal},
		"a lost write":                          {calls(postA, madeA, get, gone), porcupine.Illegal},
		"a write that met another":              {calls(postA, madeA, patchB, showsB, patchC, refused), porcupine.Ok},
		"a lost update":                         {calls(postA, madeA, patchB, showsB, patchC, response{status: 200, shown: c}), porcupine.Illegal},
		"made twice":                            {calls(postA, madeA, postA, madeA), porcupine.Illegal},
		"an own delete that says not found":     {calls(postA, madeA, remove, gone), porcupine.Illegal},
		"an unknown write that is shown":        {calls(postA, madeA, patchB, unknown, get, showsA, get, showsB), porcupine.Ok},
		"an unknown write that comes and goes":  {calls(postA, madeA, patchB, unknown, get, showsB, get, showsA), porcupine.Illegal},
		"an unknown write that is never shown":  {calls(postA, madeA, patchB, unknown, get, showsA), porcupine.Ok},
		"an unknown delete":                     {calls(postA, madeA, remove, unknown, get, showsA, get, gone), porcupine.Ok},
		"a delete that comes back":              {calls(postA, madeA, remove, deleted, get, showsA), porcupine.Illegal},
		"a list":                                {calls(postA, madeA, list, response{status: 200, listed: state{a}}), porcupine.Ok},
		"a list without one":                    {calls(postA, madeA, list, response{status: 200}), porcupine.Illegal},
		"a group":                               {calls(postBoth, madeBoth, list, response{status: 200, listed: state{a, b}}), porcupine.Ok},
		"half a group":                          {calls(postBoth, madeBoth, list, response{status: 200, listed: state{a}}), porcupine.Illegal},
		"half an unknown group":                 {calls(postBoth, unknown, list, response{status: 200, listed: state{0, b}}), porcupine.Illegal},
		"a whole unknown group":                 {calls(postBoth, unknown, list, response{status: 200}, list, response{status: 200, listed: state{a, b}}), porcupine.Ok},
		"a group that fails":                    {calls(postA, madeA, postBoth, groupFail, list, response{status: 200, listed: state{a}}), porcupine.Ok},
		"a group that fails and changes":        {calls(postA, madeA, postBoth, groupFail, list, response{status: 200, listed: state{a, b}}), porcupine.Illegal},
		"a group that fails without a reason":   {calls(postBoth, groupFail), porcupine.Illegal},
		"a group that says it was made and not": {calls(postA, madeA, postBoth, madeBoth), porcupine.Illegal},
	} {
		if got := judge(test.history); got != test.want {
			t.Errorf("%s: the judge says %s; want %s", name, got, test.want)
		}
	}
}

// calls returns a history of requests and their responses in turn, each sent after the response
// before it.
func calls(all ...any) (recorded []porcupine.Operation) {
	for n := 0; n < len(all); n += 2 {
		one := porcupine.Operation{Input: all[n], Output: all[n+1], Call: int64(n), Return: int64(n + 1)}
		if all[n+1].(response).status == 0 {
			one.Return = math.MaxInt64
		}
		recorded = append(recorded, one)
	}
	return recorded
}
