package simulation

// rounds of a transaction: prepare (with a read), propose, commit.
const rounds = 3

// longestTry is after how many seconds Cassandra gives up a transaction that others always meet.
const longestTry = 1.8

// partition is what the replicas of an owner know while a transaction runs.
type partition struct {
	promised []uint64 // the newest ballot that each replica has seen
	running  int
}

// transaction is a conditional batch of one partition.
type transaction struct {
	*ring
	*partition
	key      uint64
	replicas []int32
	size     float64 // its work, in transactions of one call
	began    float64
	tries    int
	done     func(written bool)
}

// write runs a transaction of some calls. The caller is a server. done gets false if others were always faster.
func (r *ring) write(key uint64, calls int, done func(written bool)) {
	p := r.partitions[key]
	if p == nil {
		p = &partition{promised: make([]uint64, r.placement.replicas)}
		r.partitions[key] = p
	}
	p.running++
	t := &transaction{ring: r, partition: p, key: key, replicas: r.placement.of(key), size: 1 + r.Costs.More*float64(calls-1), began: r.now, done: done}
	r.at(r.now+r.Network, t.try)
}

// try begins all rounds anew, with a newer ballot than any before.
func (t *transaction) try() {
	t.tries++
	t.ballots++
	ballot := t.ballots
	prepare := func(n int) bool {
		if t.promised[n] > ballot {
			return false
		}
		t.promised[n] = ballot
		return true
	}
	propose := func(n int) bool { return t.promised[n] <= ballot }
	t.round(prepare, func() { t.round(propose, func() { t.round(always, func() { t.end(true) }) }) })
}

// round asks all replicas. It goes on once a quorum has agreed, and tries again once a quorum cannot agree any more.
func (t *transaction) round(agrees func(replica int) bool, then func()) {
	coordinator := t.replicas[0]
	t.after(t.nodes[coordinator], t.size*t.Costs.Write.Coordinator/rounds, 0, func() {
		yes, no := 0, 0
		t.ask(coordinator, t.replicas, t.size*t.Costs.Write.Replica/rounds, t.Costs.WriteWait, agrees, func(agreed bool) {
			if agreed {
				if yes++; yes == t.quorum() {
					then()
				}
			} else if no++; no == len(t.replicas)-t.quorum()+1 {
				t.again()
			}
		})
	})
}

// again tries again after a random pause, unless the transaction has lasted too long.
func (t *transaction) again() {
	if t.now-t.began > longestTry {
		t.end(false)
		return
	}
	t.at(t.now+t.random.Float64()*t.Costs.Backoff*float64(t.tries), t.try)
}

// end tells the server.
func (t *transaction) end(written bool) {
	if t.running--; t.running == 0 {
		delete(t.partitions, t.key)
	}
	t.at(t.now+t.Network, func() { t.done(written) })
}
