package faults

import (
	"cmp"
	"math"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	api "afterhours/control"
	"afterhours/handlers/problem"
	"afterhours/store"
)

// maxRules is how many rules there may be, as the contract states.
const maxRules = 1000

// Rules are the rules of a server, the oldest first. Its methods may be called concurrently.
type Rules struct {
	now               func() time.Time
	operations, lists []string

	mu        sync.Mutex
	rules     []*rule
	simulated *challenges // of requests that bring their own fault

	ended chan struct{} // closed by EndWaits
	end   func()
}

// New returns no rules. The time is that of the server's clock.
func New(now func() time.Time) *Rules {
	r := &Rules{now: now, simulated: simulatedChallenges(), ended: make(chan struct{})}
	r.end = sync.OnceFunc(func() { close(r.ended) })
	return r
}

// Know tells which operations there are, and which of them are lists. It must not be called once requests are served.
func (r *Rules) Know(operations, lists []string) { r.operations, r.lists = operations, lists }

// rule is a rule with its counts.
type rule struct {
	id     string
	preset api.PresetName // "" for none
	api.FaultRule
	source *rand.PCG

	matched, applied int
	buckets          *buckets // nil without throttle
	challenges       *challenges
}

// Add adds a rule. The preset is that of the rule, "" for none. The error is a problem that names what
// of the rule is wrong, or store.ErrFull.
func (r *Rules) Add(given api.FaultRule, preset api.PresetName) (*api.Fault, error) {
	if faults := r.check(&given); len(faults) > 0 {
		return nil, problem.Invalid(faults...)
	}
	added := &rule{
		id: uuid.Must(uuid.NewV7()).String(), preset: preset, FaultRule: given,
		source: rand.NewPCG(uint64(value(given.Seed)), 0), challenges: newChallenges(r.now()),
	}
	if given.Throttle != nil {
		added.buckets = newBuckets(given.Throttle)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.rules) == maxRules {
		return nil, problem.Refuse(store.ErrFull, "", "There are %d rules already. Remove some, or reset.", maxRules)
	}
	r.rules = append(r.rules, added)
	described := added.describe()
	return &described, nil
}

// List returns all rules with their counts.
func (r *Rules) List() []api.Fault {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := []api.Fault{}
	for _, one := range r.rules {
		all = append(all, one.describe())
	}
	return all
}

// Remove removes a rule. The error is a problem if there is none with the id.
func (r *Rules) Remove(id string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	was := len(r.rules)
	if r.rules = slices.DeleteFunc(r.rules, func(one *rule) bool { return one.id == id }); len(r.rules) == was {
		return problem.Refuse(store.ErrNotFound, "id", "There is no rule '%s'; there are %d others.", id, was)
	}
	return nil
}

// Clear removes the rules that match a tenant alone, or all rules if the tenant is "".
func (r *Rules) Clear(tenant string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if tenant == "" {
		r.simulated = simulatedChallenges()
	}
	r.rules = slices.DeleteFunc(r.rules, func(one *rule) bool {
		return tenant == "" || one.Match != nil && strings.EqualFold(value(one.Match.Tenant), tenant)
	})
}

// Decide returns what happens to a request, nil if nothing does. The first rule that applies decides;
// a rule with throttle that lets the request pass adds its headers to the response.
func (r *Rules) Decide(q *Request) *Fault {
	r.mu.Lock()
	defer r.mu.Unlock()
	var passed http.Header
	for _, one := range r.rules {
		fault := one.decide(q)
		if fault == nil {
			continue
		}
		fault.addMissing(passed)
		if fault.Rule != "" {
			return fault
		}
		passed = fault.Header
	}
	if passed == nil {
		return nil
	}
	return &Fault{Header: passed}
}

// addMissing adds the headers that the fault does not have itself.
func (f *Fault) addMissing(header http.Header) {
	for name, values := range header {
		if f.Header == nil {
			f.Header = http.Header{}
		}
		if _, has := f.Header[name]; !has {
			f.Header[name] = values
		}
	}
}

// decide returns the fault that the rule has for a request, nil for none. The fault has no Rule if the
// request passes and only gets headers.
func (r *rule) decide(q *Request) *Fault {
	if !r.matches(q) {
		return nil
	}
	r.matched++
	isChallenge := r.Answer != nil && value(r.Answer.Claims)
	if isChallenge && r.challenges.passes(q) || !r.choose() {
		return nil
	}
	fault := &Fault{}
	switch {
	case r.buckets != nil:
		if fault = r.buckets.take(q); fault == nil || fault.Status == 0 {
			return fault
		}
	case r.Answer != nil:
		fault = answer(r.Answer)
		if isChallenge {
			fault.Challenge = r.challenges.issue(q)
		} else if fault.Status == http.StatusUnauthorized {
			fault.Challenge = challenge(q.Origin)
		}
	}
	r.applied++
	fault.Rule, fault.Delay, fault.Connection = r.id, r.delay(), value(r.Connection)
	return fault
}

// choose reports whether the rule applies to a request that matches: not to the first skip of them, and
// then to those that rate chooses, until it has applied as often as times says.
func (r *rule) choose() bool {
	return r.matched > int(value(r.Skip)) && (r.Times == nil || r.applied < int(*r.Times)) && r.draw()
}

// draw reports whether rate chooses the next request. It takes the output of the source as it is,
// because that of rand.Rand may differ between versions of Go.
func (r *rule) draw() bool {
	const bits = 53 // of a float64
	return r.Rate == nil || *r.Rate == 1 || float64(r.source.Uint64()>>(64-bits))/(1<<bits) < *r.Rate
}

// describe returns the rule as the contract has it.
func (r *rule) describe() api.Fault {
	described := api.Fault{ID: r.id, Rule: r.FaultRule, Matched: count(r.matched), Applied: count(r.applied)}
	if r.preset != "" {
		described.Preset = &r.preset
	}
	return described
}

func count(n int) int32 { return int32(min(n, math.MaxInt32)) }

// matches reports whether a request has all that the rule asks for.
func (r *rule) matches(q *Request) bool {
	if r.Answer != nil && isList(r.Answer.Body) && !q.IsList {
		return false
	}
	m := cmp.Or(r.Match, &api.FaultMatch{})
	return isAny(m.Operation, func(name string) bool { return q.Operation == name }) &&
		isAny(m.Method, func(method api.FaultMatchMethod) bool { return q.Method == string(method) }) &&
		isAny(m.Tenant, func(tenant string) bool { return strings.EqualFold(q.Tenant, tenant) }) &&
		isAny(m.User, func(user string) bool { return strings.EqualFold(q.User, user) }) &&
		isAny(m.Application, func(application string) bool { return strings.EqualFold(q.Application, application) }) &&
		isAny(m.Header, func(header api.HeaderMatch) bool { return hasHeader(q.Header, header) })
}

// isAny reports whether the property is absent or is as asked for.
func isAny[T any](property *T, is func(T) bool) bool { return property == nil || is(*property) }

// hasHeader reports whether a header was sent, with the value if there is one.
func hasHeader(sent http.Header, asked api.HeaderMatch) bool {
	values := sent.Values(asked.Name)
	return len(values) > 0 && isAny(asked.Value, func(value string) bool { return slices.Contains(values, value) })
}
