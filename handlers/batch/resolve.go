package batch

import (
	"slices"
	"strings"
)

// atomicityGroup holds items that are served one after the other. An item that names no
// group has an unnamed group of its own.
type atomicityGroup struct {
	name  string // in lower case, "" if unnamed
	items []*item
	// failed is the item on account of which no request of a named group has taken effect, nil if all succeeded.
	failed *item
}

// maxFaults is how many faults a Malformed holds: the contract's error has room for as
// many details.
const maxFaults = 50

// resolver finds the items and groups that the names in a batch refer to. Names that
// differ only in case are the same, so the maps have names in lower case.
type resolver struct {
	items  []*item
	byID   map[string]*item
	byName map[string]*atomicityGroup // without unnamed groups
	faults []Fault
}

// resolve returns the items in their groups and sets the dependencies of each, or
// returns a *Malformed error.
func resolve(items []*item) ([]*atomicityGroup, error) {
	r := &resolver{items: items, byID: make(map[string]*item, len(items)), byName: map[string]*atomicityGroup{}}
	r.findIDs()
	groups := r.findGroups()
	for _, i := range items {
		r.findDependencies(i)
	}
	if len(r.faults) == 0 {
		r.findCycles()
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

// findIDs fills byID, and checks the members that every item must have.
func (r *resolver) findIDs() {
	for _, i := range r.items {
		for _, member := range []struct{ name, value string }{{"id", i.id}, {"method", i.Method}, {"url", i.URL}} {
			if member.value == "" {
				r.fault(i, member.name, "Request %d of the batch must have a '%s', a text that is not empty.", i.index, member.name)
			}
		}
		if other, taken := r.byID[strings.ToLower(i.id)]; taken && i.id != "" {
			r.fault(i, "id", "Request %[2]d has the id %[1]s already; two ids must differ in more than case.", quoted(i.id), other.index)
			continue
		}
		r.byID[strings.ToLower(i.id)] = i
	}
}

// findGroups puts every item in its group. The items of a group must be adjacent, and its
// name must not be an item's id (OData JSON 19.1).
func (r *resolver) findGroups() []*atomicityGroup {
	groups := make([]*atomicityGroup, 0, len(r.items))
	all := make([]atomicityGroup, len(r.items)) // one for each item is enough
	var last *atomicityGroup
	for _, i := range r.items {
		name := strings.ToLower(i.AtomicityGroup)
		i.group = r.byName[name]
		if i.group != nil && i.group != last {
			r.fault(i, "atomicityGroup", "The requests of the atomicity group %s must be adjacent.", quoted(i.AtomicityGroup))
		}
		if i.group == nil {
			i.group = &all[len(groups)]
			i.group.name, i.group.items = name, r.items[i.index:i.index:i.index+1] // which has room for the item alone
			groups = append(groups, i.group)
			if name != "" {
				r.byName[name] = i.group
			}
		}
		if other, taken := r.byID[name]; taken && name != "" {
			r.fault(i, "atomicityGroup", "%s is the id of request %d; give the atomicity group another name.", quoted(i.AtomicityGroup), other.index)
		}
		i.group.items = append(i.group.items, i)
		last = i.group
	}
	return groups
}

// findDependencies sets the dependencies of an item: the items before it in its own
// group, the items that it names, and all items of their groups if these are other groups.
func (r *resolver) findDependencies(i *item) {
	for _, name := range slices.Concat(i.DependsOn, i.PythonDepends) {
		one, isItem := r.byID[strings.ToLower(name)]
		all, isGroup := r.byName[strings.ToLower(name)]
		switch {
		case name == "" || !isItem && !isGroup:
			r.fault(i, "dependsOn", "There is no request %s in the batch to depend on.", quoted(name))
		case isGroup:
			i.dependOn(all.items...)
		case one.group != i.group:
			i.dependOn(one.group.items...)
		case one.index > i.index:
			r.fault(i, "dependsOn", "Request %s comes after this one, and the requests of an atomicity group run in their order.", quoted(name))
		default:
			i.dependOn(one)
		}
	}
	at := slices.Index(i.group.items, i)
	i.dependOn(i.group.items[:at]...)
}

func (i *item) dependOn(others ...*item) {
	for _, other := range others {
		if !slices.Contains(i.dependencies, other) {
			if other.done == nil {
				other.done = make(chan struct{})
			}
			i.dependencies = append(i.dependencies, other)
		}
	}
}

// findCycles adds a fault for each item that would wait for itself, or for such an item.
// A batch without one cannot deadlock.
func (r *resolver) findCycles() {
	if !slices.ContainsFunc(r.items, func(i *item) bool { return len(i.dependencies) > 0 }) {
		return
	}
	settled := make(map[*item]bool, len(r.items))
	for range r.items { // each round settles at least one more item, until only cycles are left
		for _, i := range r.items {
			waits := slices.ContainsFunc(i.dependencies, func(dependency *item) bool { return !settled[dependency] })
			settled[i] = settled[i] || !waits
		}
	}
	for _, i := range r.items {
		if !settled[i] {
			r.fault(i, "dependsOn",
				"Request %s depends on itself or on a request that does, directly or through others.", quoted(i.id))
		}
	}
}
