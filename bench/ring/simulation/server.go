package simulation

// mostCalls is how many calls of one owner share a transaction at most, as in store/cassandra.
const mostCalls = 128

// server is one server of the program.
type server struct {
	*ring
	station *station
	owners  map[uint64]*queue // those with calls under way
}

// queue has the calls of an owner that wait while a step of others runs.
type queue struct{ waiting []func(bool) }

// get reads a statistic. done gets true: a read is never refused.
func (s *server) get(key uint64, done func(bool)) {
	s.after(s.station, s.Costs.ServerRead, 0, func() { s.read(key, func() { done(true) }) })
}

// patch changes a statistic. A server that does not remember it reads it first. done gets false if the write was
// refused.
func (s *server) patch(key uint64, remembered bool, done func(bool)) {
	s.after(s.station, s.Costs.Server, 0, func() {
		if remembered {
			s.enqueue(key, done)
			return
		}
		s.read(key, func() { s.enqueue(key, done) })
	})
}

// enqueue adds a call to the owner's queue.
func (s *server) enqueue(key uint64, done func(bool)) {
	if q, busy := s.owners[key]; busy {
		q.waiting = append(q.waiting, done)
		return
	}
	q := &queue{waiting: []func(bool){done}}
	s.owners[key] = q
	s.step(key, q)
}

// step makes the calls that wait: a read, and a transaction.
func (s *server) step(key uint64, q *queue) {
	if len(q.waiting) == 0 {
		delete(s.owners, key)
		return
	}
	n := min(len(q.waiting), mostCalls)
	calls := q.waiting[:n]
	q.waiting = q.waiting[n:]
	s.read(key, func() {
		s.write(key, n, func(written bool) {
			for _, done := range calls {
				done(written)
			}
			s.step(key, q)
		})
	})
}
