package durability_test

import (
	"fmt"
	"slices"
	"time"

	"github.com/anishathalye/porcupine"

	"afterhours/store/edm"
)

// operation is a request about one statistic. Every write stores a duration that no other
// write stores. A duration therefore identifies a write, and stands for its entity tag.
type operation struct {
	method string // GET, POST, PUT, PATCH or DELETE, or set for a PUT of the duration alone
	id     string
	writes edm.Duration // what POST, PUT, PATCH and set store; 0 for a PATCH of nothing
	match  edm.Duration // the duration whose entity tag If-Match has; 0 without If-Match
}

// outcome is a response: its status, 0 if it is unknown whether the request was done, and the
// duration in its body.
type outcome struct {
	status int
	shown  edm.Duration
}

// state is the duration of a statistic, 0 if the statistic does not exist.
type state edm.Duration

// statisticModel is a server that does the requests about a statistic one at a time.
var statisticModel = porcupine.Model{
	Partition: byStatistic,
	Init:      func() any { return state(0) },
	Step: func(before, input, output any) (bool, any) {
		asked, answered := input.(operation), output.(outcome)
		want, after := asked.on(before.(state))
		return answered.status == 0 || answered == want, after
	},
	DescribeOperation: func(input, output any) string { return fmt.Sprintf("%+v -> %+v", input, output) },
}

// on returns the response to the operation in a state, and the state afterwards. An operation
// whose outcome is unknown may take effect at any time after its call. The last place also
// covers an operation that never took effect, because no response depends on it.
func (o operation) on(before state) (outcome, state) {
	there, meets := before != 0, o.match == 0 || state(o.match) == before
	switch {
	case o.method == "POST" && there:
		return outcome{409, 0}, before
	case o.method == "POST", o.method == "PUT" && !there && o.match == 0:
		return outcome{201, o.writes}, state(o.writes)
	case o.method == "PUT" && !there:
		return outcome{412, 0}, before
	case !there:
		return outcome{404, 0}, before
	case !meets:
		return outcome{412, 0}, before
	case o.method == "DELETE":
		return outcome{204, 0}, 0
	case o.method == "set":
		return outcome{204, 0}, state(o.writes)
	case o.writes != 0:
		return outcome{200, o.writes}, state(o.writes)
	}
	return outcome{200, edm.Duration(before)}, before
}

func byStatistic(history []porcupine.Operation) [][]porcupine.Operation {
	of := map[string][]porcupine.Operation{}
	for _, one := range history {
		id := one.Input.(operation).id
		of[id] = append(of[id], one)
	}
	parts := make([][]porcupine.Operation, 0, len(of))
	for _, part := range of {
		slices.SortFunc(part, func(a, b porcupine.Operation) int { return int(a.Call - b.Call) })
		parts = append(parts, part)
	}
	return parts
}

// judgeTimeout is how long each search for an order may take on a busy machine.
const judgeTimeout = 5 * time.Minute

// judge looks for an order of the requests about one statistic that explains all responses.
// It first leaves out requests of unknown outcome that no response shows. They may never have
// been done, and each of them multiplies the number of orders to search.
func judge(part []porcupine.Operation) porcupine.CheckResult {
	shown := map[edm.Duration]bool{}
	for _, one := range part {
		shown[one.Output.(outcome).shown] = true
	}
	traced := slices.DeleteFunc(slices.Clone(part), func(one porcupine.Operation) bool {
		asked := one.Input.(operation)
		return one.Output.(outcome).status == 0 && asked.method != "DELETE" && (asked.writes == 0 || !shown[asked.writes])
	})
	if porcupine.CheckOperationsTimeout(statisticModel, traced, judgeTimeout) == porcupine.Ok {
		return porcupine.Ok
	}
	return porcupine.CheckOperationsTimeout(statisticModel, part, judgeTimeout)
}
