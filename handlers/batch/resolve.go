package batch

import (
	"slices"
	"strings"
)

// group is what is answered at one go: the items of an atomicityGroup, one after the
// other, or an item that is in none.
type group struct {
	name  string // "" for an item by itself
	items []*item
}

// maxFaults is how many faults are told: what an error of the contract has details for.
const maxFaults = 50

// resolver finds what the names in a batch stand for, and what is wrong with them.
// Names are told apart without regard to case.
type resolver struct {
	items  []*item
	byID   map[string]*item
	byName map[string]*group // without those of an item by itself
	faults []Fault
}

// resolve returns the items in their groups, each with those that must be done
// before it, or what is wrong with the batch.
func resolve(items []*item) ([]*group, error) {
	r := &resolver{items: items, byID: map[string]*item{}, byName: map[string]*group{}}
	r.findIDs()
	groups := r.findGroups()
	for _, i := range items {
		r.findBefore(i)
	}
	if len(r.faults) == 0 {
		r.findCircles()
	}
	if len(r.faults) > 0 {
		return nil, &Malformed{Faults: r.faults}
	}
	return groups, nil
}

func (r *resolver) fault(i *item, member, format string, values ...any) {
	if len(r.faults) < maxFaults {
		r.faults = append(r.faults, i.refuse(0, member, format, values...).Fault)
	}
}

// findIDs finds the items by their ids, and faults in the members that all must have.
func (r *resolver) findIDs() {
	for _, i := range r.items {
		for _, member := range []struct{ name, value string }{{"id", i.ID}, {"method", i.Method}, {"url", i.URL}} {
			if member.value == "" {
				r.fault(i, member.name, "Request %d of the batch must have a '%s', a string that is not empty.", i.place, member.name)
			}
		}
		if other, taken := r.byID[strings.ToLower(i.id)]; taken && i.id != "" {
			r.fault(i, "id", "The id %s was given to request %d already; ids differ in more than case.", quoted(i.id), other.place)
			continue
		}
		r.byID[strings.ToLower(i.id)] = i
	}
}

// findGroups puts every item in its group. The items of one must be adjacent, and its
// name must not be an id (OData JSON 19.1).
func (r *resolver) findGroups() []*group {
	var groups []*group
	var last *group
	for _, i := range r.items {
		name := strings.ToLower(i.AtomicityGroup)
		i.group = r.byName[name]
		if i.group != nil && i.group != last {
			r.fault(i, "atomicityGroup", "The requests of the group %s must stand one behind the other.", quoted(i.AtomicityGroup))
		}
		if i.group == nil {
			i.group = &group{name: name}
			groups = append(groups, i.group)
			if name != "" {
				r.byName[name] = i.group
			}
		}
		if other, taken := r.byID[name]; taken && name != "" {
			r.fault(i, "atomicityGroup", "%s is the id of request %d; name the group otherwise.", quoted(i.AtomicityGroup), other.place)
		}
		i.group.items = append(i.group.items, i)
		last = i.group
	}
	return groups
}

// findBefore finds what must be done before an item: what it names, of another group
// all, and what stands before it in its own.
func (r *resolver) findBefore(i *item) {
	for _, name := range slices.Concat(i.DependsOn, i.PythonDepends) {
		one, isItem := r.byID[strings.ToLower(name)]
		all, isGroup := r.byName[strings.ToLower(name)]
		switch {
		case name == "" || !isItem && !isGroup:
			r.fault(i, "dependsOn", "There is no request %s in the batch to depend on.", quoted(name))
		case isGroup:
			i.wait(all.items...)
		case one.group != i.group:
			i.wait(one.group.items...)
		case one.place > i.place:
			r.fault(i, "dependsOn", "Request %s stands behind this one, and those of a group are done in their order.", quoted(name))
		default:
			i.wait(one)
		}
	}
	at := slices.Index(i.group.items, i)
	i.wait(i.group.items[:at]...)
}

func (i *item) wait(others ...*item) {
	for _, before := range others {
		if !slices.Contains(i.after, before) {
			i.after = append(i.after, before)
		}
	}
}

// findCircles finds each item that would wait for itself, or for one that does. What
// is left is free of deadlock.
func (r *resolver) findCircles() {
	settled := make(map[*item]bool, len(r.items))
	for range r.items { // each round settles one more at least, if one can be
		for _, i := range r.items {
			waits := slices.ContainsFunc(i.after, func(before *item) bool { return !settled[before] })
			settled[i] = settled[i] || !waits
		}
	}
	for _, i := range r.items {
		if !settled[i] {
			r.fault(i, "dependsOn",
				"Request %s depends on itself, or on one that does, if not directly then through others.", quoted(i.id))
		}
	}
}
