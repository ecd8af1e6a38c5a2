package history

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/anishathalye/porcupine"
)

// search looks for an order of the requests about one owner that explains all responses. It is
// faster than porcupine because it knows which requests change nothing: such a request never
// needs to wait once the state explains its response.
type search struct {
	all    []porcupine.Operation
	done   []bool
	order  []int           // of the requests that are done
	failed map[string]bool // the sets of done requests, with their state, that lead nowhere
}

// orderOf returns the requests in an order that explains all responses, each before the next one,
// and whether there is one. It leaves out requests of unknown outcome that have not been done.
func orderOf(all []porcupine.Operation) ([]porcupine.Operation, bool) {
	s := search{all: all, done: make([]bool, len(all)), failed: map[string]bool{}}
	if !s.from(state{}) {
		return nil, false
	}
	ordered, now := make([]porcupine.Operation, len(s.order)), int64(0)
	for i, n := range s.order {
		ordered[i] = all[n]
		if now = max(now, all[n].Call); now > all[n].Return {
			return nil, false // a request before it was sent after it had its response
		}
		ordered[i].Call, ordered[i].Return = int64(2*i), int64(2*i+1)
	}
	return ordered, true
}

// from reports whether the requests that are not done can follow in the state.
func (s *search) from(now state) bool {
	before := len(s.order)
	for s.takeReads(now) {
		continue
	}
	next, isOver := s.next()
	key := s.key(now)
	if isOver {
		return true
	}
	if !s.failed[key] {
		for _, n := range next {
			if ok, after := s.explains(n, now); ok && after != now {
				s.take(n)
				if s.from(after) {
					return true
				}
				s.undo(len(s.order) - 1)
			}
		}
	}
	s.failed[key] = true
	s.undo(before)
	return false
}

// takeReads takes the requests that may come next, change nothing, and have the response that the state
// gives. It reports whether there was one.
func (s *search) takeReads(now state) (found bool) {
	next, _ := s.next()
	for _, n := range next {
		if ok, after := s.explains(n, now); ok && after == now && s.all[n].Output.(response).status != 0 {
			s.take(n)
			found = true
		}
	}
	return found
}

// next returns the requests that may come next: they were sent before any other that is not done
// had its response. The first ones had theirs first. It also reports whether all requests of known outcome are done.
func (s *search) next() (next []int, isOver bool) {
	first, isOver := int64(0), true
	for n, one := range s.all {
		if s.done[n] {
			continue
		}
		if one.Output.(response).status != 0 && (isOver || one.Return < first) {
			first, isOver = one.Return, false
		}
	}
	for n, one := range s.all {
		if !s.done[n] && one.Call <= first {
			next = append(next, n)
		}
	}
	slices.SortFunc(next, func(a, b int) int { return cmp.Compare(s.all[a].Return, s.all[b].Return) })
	return next, isOver
}

// key returns a text that is another one for another set of done requests, and for another state.
func (s *search) key(now state) string {
	text := make([]byte, len(s.done))
	for n, done := range s.done {
		if done {
			text[n] = 1
		}
	}
	return string(fmt.Append(text, now))
}

func (s *search) explains(n int, now state) (bool, state) {
	return s.all[n].Input.(request).explains(now, s.all[n].Output.(response))
}

func (s *search) take(n int) { s.done[n], s.order = true, append(s.order, n) }

// undo leaves so many requests done.
func (s *search) undo(count int) {
	for _, n := range s.order[count:] {
		s.done[n] = false
	}
	s.order = slices.Clip(s.order[:count])
}
