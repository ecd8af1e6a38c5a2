package history

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"afterhours/store/edm"
)

// TestSearchAgreesWithPorcupine: the search finds an order for a random history if, and only if,
// porcupine does.
func TestSearchAgreesWithPorcupine(t *testing.T) {
	verdicts := map[porcupine.CheckResult]int{}
	for seed := range uint64(500) {
		recorded := randomHistory(rand.New(rand.NewPCG(seed, 0)))
		want := porcupine.CheckOperationsTimeout(ownerModel, recorded, time.Minute)
		verdicts[want]++
		ordered, ok := orderOf(recorded)
		if ok != (want == porcupine.Ok) {
			t.Errorf("seed %d: the search finds an order: %v; porcupine says %s", seed, ok, want)
		}
		if ok && porcupine.CheckOperationsTimeout(ownerModel, ordered, time.Minute) != porcupine.Ok {
			t.Errorf("seed %d: the order explains nothing: %v", seed, ordered)
		}
	}
	if verdicts[porcupine.Ok] < 50 || verdicts[porcupine.Illegal] < 50 {
		t.Errorf("the histories are too much alike: %v", verdicts)
	}
}

// randomHistory returns requests that overlap, each done at a moment between its call and its
// response. The outcome of some is unknown. In half of the histories one response is not that of
// the model.
func randomHistory(random *rand.Rand) []porcupine.Operation {
	type moment struct {
		operation porcupine.Operation
		at        int64
	}
	all := make([]moment, 14)
	for i := range all {
		call, duration := random.Int64N(100), random.Int64N(40)
		all[i] = moment{porcupine.Operation{Input: randomRequest(random, i), Call: call, Return: call + duration}, call + random.Int64N(duration+1)}
	}
	slices.SortFunc(all, func(a, b moment) int { return cmp.Compare(a.at, b.at) })
	now, recorded := state{}, []porcupine.Operation{}
	for _, one := range all {
		asked := one.operation.Input.(request)
		got := response{status: 200, listed: now}
		if asked.method != "list" {
			got, now = asked.on(now)
		}
		if !asked.isRead() && random.IntN(6) == 0 {
			got, one.operation.Return = response{}, math.MaxInt64
		}
		one.operation.Output = got
		recorded = append(recorded, one.operation)
	}
	if random.IntN(2) == 0 {
		wrong := &recorded[random.IntN(len(recorded))]
		wrong.Output = response{status: 200, shown: edm.Duration(random.IntN(len(all))) * edm.Second}
	}
	return recorded
}

func randomRequest(random *rand.Rand, number int) request {
	one := request{id: random.IntN(2), writes: edm.Duration(number+1) * edm.Second}
	one.method = []string{"GET", "list", "POST", "PUT", "PATCH", "DELETE", "set"}[random.IntN(7)]
	switch {
	case one.isRead():
		one.writes = 0
	case one.method == "DELETE":
		one.writes = 0
		fallthrough
	case one.method != "POST" && random.IntN(3) == 0:
		one.match = edm.Duration(random.IntN(number+1)) * edm.Second
	}
	return one
}
