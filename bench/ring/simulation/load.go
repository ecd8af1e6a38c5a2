package simulation

import (
	"math"
	"math/rand/v2"
	"slices"
	"sort"
)

// Load is who asks for what.
type Load struct {
	Rate    float64 // requests a second that arrive whether or not responses come; 0 for Clients
	Clients int     // each sends a request once it has the response to the one before

	Reads      float64 // the part of the requests that are GETs; all others are PATCHes
	Remembered float64 // the part of the PATCHes whose statistic the server remembers

	Users     int     // of all tenants
	Tenants   int     // their sizes follow Zipf's law; 0 is one tenant
	HotTenant float64 // the part of the requests that are for one tenant of HotUsers users more
	HotUsers  int
	HotUser   float64 // the part of the requests that are for one user more
	ByTenant  bool    // all users of a tenant are one partition, as in a design that this program does not have
	ByUser    bool    // all requests for a user go to one server; else each goes to any
}

// keys that no other user or tenant has.
const (
	hotUserKey   = math.MaxUint64
	hotTenantKey = math.MaxUint64 - 1
	hotUsersFrom = 1 << 62
)

// population draws users.
type population struct {
	Load
	upTo []float64 // the part of all users that the tenants up to each one have
}

func newPopulation(load Load) *population {
	p := &population{Load: load}
	total := 0.0
	for n := range max(load.Tenants, 1) {
		total += 1 / float64(n+1)
		p.upTo = append(p.upTo, total)
	}
	for n := range p.upTo {
		p.upTo[n] /= total
	}
	return p
}

// draw returns the key of the partition of any user.
func (p *population) draw(random *rand.Rand) uint64 {
	switch hot := random.Float64(); {
	case hot < p.HotUser:
		return hotUserKey
	case hot < p.HotUser+p.HotTenant:
		if p.ByTenant {
			return hotTenantKey
		}
		return hotUsersFrom + random.Uint64N(uint64(p.HotUsers))
	}
	user := random.Float64()
	if p.ByTenant {
		return uint64(sort.SearchFloat64s(p.upTo, user))
	}
	return uint64(user * float64(p.Users)) // tenants follow each other
}

// Result is what a simulation has seen after its warm-up.
type Result struct {
	Arrived, Served, Refused int
	Waiting                  int     // requests without a response at the end
	Rate                     float64 // requests a second that were served
	Mean, P50, P99           float64 // seconds
	InFlight                 float64 // requests under way, over time
	Fullest, Use             float64 // the part of the time that the cores of the busiest node, and of all nodes, work
	ServerUse                float64 // the same for all servers
}

// run is a simulation under way.
type run struct {
	*ring
	*population
	times   []float64
	flying  int
	area    float64 // of requests under way, over time
	areaTo  float64
	started int // requests of the warm-up that had no response at its end
	result  Result
}

// Run simulates the ring for some seconds, after a warm-up of others.
func Run(of Ring, load Load, warmUp, seconds float64) Result {
	r := &run{ring: newRing(of), population: newPopulation(load)}
	if load.Rate > 0 {
		r.at(0, r.arrive)
	}
	for range load.Clients {
		r.at(0, r.send)
	}
	r.clock.run(warmUp)
	before := r.begin()
	r.clock.run(warmUp + seconds)
	return r.end(before, seconds)
}

// arrive sends a request and schedules the next arrival of a Poisson process.
func (r *run) arrive() {
	r.request(func() {})
	r.at(r.now+r.random.ExpFloat64()/r.Rate, r.arrive)
}

// send sends a request of a client, and the next one after the response.
func (r *run) send() {
	prepare := 0.0
	if r.OneMachine {
		prepare = r.Costs.Client
	}
	r.after(r.servers[0].station, prepare, 0, func() { r.request(r.send) })
}

// request sends a request to a server. then is called after the response.
func (r *run) request(then func()) {
	key := r.population.draw(r.random)
	s := r.servers[r.random.IntN(len(r.servers))]
	if r.ByUser {
		s = r.servers[scatter(key^1)%uint64(len(r.servers))]
	}
	began := r.now
	r.fly(1)
	r.result.Arrived++
	done := func(served bool) {
		r.fly(-1)
		if served {
			r.result.Served++
			r.times = append(r.times, r.now-began)
		} else {
			r.result.Refused++
		}
		then()
	}
	if r.random.Float64() < r.Reads {
		s.get(key, done)
	} else {
		s.patch(key, r.random.Float64() < r.Remembered, done)
	}
}

// fly counts the requests under way.
func (r *run) fly(change int) {
	r.area += float64(r.flying) * (r.now - r.areaTo)
	r.areaTo = r.now
	r.flying += change
}

// busy returns the work of all nodes and of all servers so far.
func (r *run) busy() (nodes, servers []float64) {
	for _, n := range r.nodes {
		nodes = append(nodes, n.busy)
	}
	for _, s := range r.servers {
		servers = append(servers, s.station.busy)
	}
	return nodes, servers
}

// before is what a run had counted when its warm-up ended.
type before struct{ nodes, servers []float64 }

func (r *run) begin() before {
	r.fly(0)
	r.times, r.area, r.started = nil, 0, r.flying
	r.result = Result{}
	nodes, servers := r.busy()
	return before{nodes, servers}
}

func (r *run) end(was before, seconds float64) Result {
	r.fly(0)
	got := r.result
	got.Arrived += r.started
	got.Waiting, got.Rate, got.InFlight = r.flying, float64(got.Served)/seconds, r.area/seconds
	slices.Sort(r.times)
	for _, one := range r.times {
		got.Mean += one / float64(len(r.times))
	}
	if len(r.times) > 0 {
		got.P50, got.P99 = r.times[len(r.times)/2], r.times[len(r.times)*99/100]
	}
	nodes, servers := r.busy()
	for n := range nodes {
		use := (nodes[n] - was.nodes[n]) / seconds / float64(r.Cores)
		got.Fullest, got.Use = max(got.Fullest, use), got.Use+use/float64(len(nodes))
	}
	for n := range servers {
		got.ServerUse += (servers[n] - was.servers[n]) / seconds / float64(max(r.ServerCores, 1)) / float64(len(servers))
	}
	return got
}
