package memory

import (
	"cmp"
	"slices"

	"afterhours/store"
)

// statistics are the statistics of one owner. Nil is an owner without statistics. They are
// replaced, never changed, so that a query may read them without the lock.
type statistics struct {
	byID map[string]*store.Statistic
	// inOrder has the statistics in the byte order of their ids, so that a page of a list
	// costs a binary search. An insert moves those after it: some ten microseconds with
	// 100,000, and nothing for ids that come in their order.
	inOrder ordered
}

// get returns the statistic of the id, nil if the id is free.
func (s *statistics) get(id string) *store.Statistic {
	if s == nil {
		return nil
	}
	return s.byID[id]
}

// revision returns the revision of the id, or NoRevision if the id is free.
func (s *statistics) revision(id string) store.Revision {
	if statistic := s.get(id); statistic != nil {
		return statistic.Revision
	}
	return store.NoRevision
}

func (s *statistics) set(statistic *store.Statistic) {
	at, replaced := s.inOrder.find(statistic.ID)
	if replaced {
		s.inOrder[at] = statistic
	} else {
		s.inOrder = slices.Insert(s.inOrder, at, statistic)
	}
	s.byID[statistic.ID] = statistic
}

func (s *statistics) remove(id string) {
	at, _ := s.inOrder.find(id)
	s.inOrder = slices.Delete(s.inOrder, at, at+1)
	delete(s.byID, id)
}

// all returns all statistics in their order. The caller needs the lock while it uses them,
// unless it clones them.
func (s *statistics) all() ordered {
	if s == nil {
		return nil
	}
	return s.inOrder
}

// ordered are statistics in the byte order of their ids.
type ordered []*store.Statistic

// find returns where the id is or would be, and whether it is there.
func (o ordered) find(id string) (at int, found bool) {
	return slices.BinarySearchFunc(o, id, func(s *store.Statistic, id string) int { return cmp.Compare(s.ID, id) })
}
