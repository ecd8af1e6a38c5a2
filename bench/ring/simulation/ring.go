package simulation

import "math/rand/v2"

// Work is the processor time of one step, in seconds: of the node that coordinates it, and of each replica that takes
// part.
type Work struct{ Coordinator, Replica float64 }

// Costs are the measured times of which a simulation is made, all in seconds.
type Costs struct {
	Client     float64 // processor time of the client for a request; it counts only if all is on one machine
	Server     float64 // processor time of the server for a PATCH
	ServerRead float64 // the same for a GET
	Read       Work    // of one read
	Write      Work    // of one transaction, all of its rounds
	ReadWait   float64 // what a replica's answer to a read takes besides the processor: hand-over between threads
	WriteWait  float64 // the same for each round of a transaction, with the sync of the log
	More       float64 // the part of a transaction's work that each further call in it adds
	Backoff    float64 // the longest pause before the second try of a transaction that met another; the third waits twice as long
	Spread     Spread  // of all of these
}

// Ring is what is simulated.
type Ring struct {
	Nodes, Cores         int // Cores of each node
	Replicas             int
	Servers, ServerCores int
	OneMachine           bool    // nodes, servers and clients share the cores of one node
	Network              float64 // seconds that a message takes
	Costs                Costs
	Seed                 uint64
}

// ring is a Ring while it runs.
type ring struct {
	Ring
	clock
	random     *rand.Rand
	nodes      []*station
	servers    []*server
	placement  *placement
	partitions map[uint64]*partition
	ballots    uint64
}

func newRing(of Ring) *ring {
	r := &ring{Ring: of, random: rand.New(rand.NewPCG(of.Seed, 1)), partitions: map[uint64]*partition{}}
	r.placement = newPlacement(of.Nodes, of.Replicas, r.random)
	machine := newStation(of.Cores)
	for range of.Nodes {
		if of.OneMachine {
			r.nodes = append(r.nodes, machine)
		} else {
			r.nodes = append(r.nodes, newStation(of.Cores))
		}
	}
	for range of.Servers {
		s := &server{ring: r, station: machine, owners: map[uint64]*queue{}}
		if !of.OneMachine {
			s.station = newStation(of.ServerCores)
		}
		r.servers = append(r.servers, s)
	}
	return r
}

func (r *ring) draw(mean float64) float64 { return mean * r.Costs.Spread.draw(r.random) }

// quorum is how many replicas must answer.
func (r *ring) quorum() int { return r.placement.replicas/2 + 1 }

// after runs an event when a station has done work that arrives now, and then some time has passed.
func (r *ring) after(s *station, work, wait float64, run func()) {
	r.at(s.serve(r.now, r.draw(work))+wait, run)
}

// distance is what a message takes.
func (r *ring) distance(from, to int32) float64 {
	if from == to {
		return 0
	}
	return r.Network
}

// ask has replicas do work. answered is called at the coordinator for each answer.
func (r *ring) ask(coordinator int32, replicas []int32, work, wait float64, answer func(replica int) bool, answered func(bool)) {
	for n, replica := range replicas {
		distance := r.distance(coordinator, replica)
		r.at(r.now+distance, func() {
			yes := answer(n)
			r.after(r.nodes[replica], work, r.draw(wait)+distance, func() { answered(yes) })
		})
	}
}

// read reads a partition: the coordinator, which is the first replica, and as many others as a quorum needs. The caller is
// a server.
func (r *ring) read(key uint64, done func()) {
	replicas := r.placement.of(key)
	coordinator, need := replicas[0], r.quorum()
	asked := append([]int32{}, replicas[:need]...)
	if need > 1 && need < len(replicas) { // the driver of Cassandra asks those that were fast; here, any
		asked[need-1] = replicas[need-1+r.random.IntN(len(replicas)-need+1)]
	}
	half := r.Costs.Read.Coordinator / 2
	r.at(r.now+r.Network, func() {
		r.after(r.nodes[coordinator], half, 0, func() {
			answers := 0
			r.ask(coordinator, asked, r.Costs.Read.Replica, r.Costs.ReadWait, always, func(bool) {
				if answers++; answers == need {
					r.after(r.nodes[coordinator], half, r.Network, done)
				}
			})
		})
	})
}

func always(int) bool { return true }
