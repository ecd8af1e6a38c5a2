package history

import (
	"slices"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"afterhours/store/edm"
)

// judgeTimeout is how long each search for an order may take on a busy machine.
const judgeTimeout = 5 * time.Minute

// Check fails the test if no order of the requests explains all responses, or if an owner's
// history takes more than five minutes to judge.
func Check(t testing.TB, recorded []porcupine.Operation) {
	t.Helper()
	for _, part := range byOwner(recorded) {
		if result := judge(part); result != porcupine.Ok {
			for _, one := range part {
				t.Logf("%d to %d: %s", one.Call, one.Return, ownerModel.DescribeOperation(one.Input, one.Output))
			}
			t.Errorf("the operations above are not linearizable (%s)", result)
		}
	}
}

func byOwner(recorded []porcupine.Operation) [][]porcupine.Operation {
	of := map[int][]porcupine.Operation{}
	for _, one := range recorded {
		owner := one.Input.(request).owner
		of[owner] = append(of[owner], one)
	}
	parts := make([][]porcupine.Operation, 0, len(of))
	for _, part := range of {
		slices.SortFunc(part, func(a, b porcupine.Operation) int { return int(a.Call - b.Call) })
		parts = append(parts, part)
	}
	return parts
}

// judge looks for an order of the requests about one owner that explains all responses. porcupine
// has the last word, but it may take long. It therefore is first asked about an order that search
// has found, as if the requests had been sent one after the other.
func judge(part []porcupine.Operation) porcupine.CheckResult {
	traced := withTrace(part)
	if ordered, ok := orderOf(traced); ok && porcupine.CheckOperationsTimeout(ownerModel, ordered, judgeTimeout) == porcupine.Ok {
		return porcupine.Ok
	}
	return porcupine.CheckOperationsTimeout(ownerModel, part, judgeTimeout)
}

// withTrace returns the requests without those of unknown outcome that no response shows. They may
// never have been done, and each of them multiplies the number of orders to search.
func withTrace(part []porcupine.Operation) []porcupine.Operation {
	shown := map[edm.Duration]bool{}
	for _, one := range part {
		one.Output.(response).show(shown)
	}
	return slices.DeleteFunc(slices.Clone(part), func(one porcupine.Operation) bool {
		return one.Output.(response).status == 0 && !one.Input.(request).leavesTrace(shown)
	})
}

// show adds the durations in the response.
func (r response) show(shown map[edm.Duration]bool) {
	shown[r.shown] = true
	for _, duration := range r.listed {
		shown[duration] = true
	}
	for _, part := range r.parts {
		part.show(shown)
	}
}

// leavesTrace reports whether a response shows what the request wrote, or whether it deletes,
// which no response shows.
func (r request) leavesTrace(shown map[edm.Duration]bool) bool {
	return r.method == "DELETE" || r.writes != 0 && shown[r.writes] ||
		slices.ContainsFunc(r.parts, func(part request) bool { return part.leavesTrace(shown) })
}
