package history

import (
	"math/rand/v2"

	"afterhours/store/edm"
)

const (
	// epoch is how many requests are about the same owners. The next ones are about others, so
	// that the history of each owner stays short enough to be judged.
	epoch = 500
	// owners of each epoch.
	owners = 4
	// writes is how many durations are kept for each request.
	writes = 4
)

// draw draws a request. Its number, from 1 on, makes its durations different from all others.
func (r *Run) draw(number int) request {
	owner := number/epoch*owners + rand.IntN(owners)
	own := edm.Duration(number*writes) * edm.Second
	one := request{owner: owner, id: rand.IntN(statistics)}
	switch drawn := rand.IntN(26); {
	case drawn < 6:
		one.method = "GET"
	case drawn < 9:
		one.method = "list"
	case drawn < 12:
		return r.drawGroup(owner, own)
	case drawn < 13:
		one.method = "PATCH" // of nothing
	default:
		return r.drawWrite(owner, one.id, own)
	}
	return one
}

// drawGroup draws an atomicity group of two statistics or of all.
func (r *Run) drawGroup(owner int, own edm.Duration) request {
	group := request{owner: owner, method: "group"}
	for n, id := range rand.Perm(statistics)[:2+rand.IntN(statistics-1)] {
		group.parts = append(group.parts, r.drawWrite(owner, id, own+edm.Duration(n)*edm.Second))
	}
	return group
}

// drawWrite draws a request that changes one statistic, half of them with If-Match if it may have
// that.
func (r *Run) drawWrite(owner, id int, own edm.Duration) request {
	one := request{owner: owner, id: id, writes: own}
	switch drawn := rand.IntN(12); {
	case drawn < 3:
		one.method = "POST"
		return one
	case drawn < 8:
		one.method = "PATCH"
	case drawn < 10:
		one.method, one.writes = "DELETE", 0
	case drawn < 11:
		one.method = "PUT"
	default:
		one.method = "set"
	}
	if rand.IntN(2) == 0 {
		one.match = r.latest(owner, id)
	}
	return one
}
