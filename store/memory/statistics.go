package memory

import (
	"slices"

	"afterhours/store"
)

// statistics are those of one owner. Nil stands for those of an owner without any.
type statistics struct {
	byID map[string]store.Statistic
	// ids are the keys of byID in byte order, so that a page of a list costs a
	// binary search. Inserting moves what lies behind, some ten microseconds with
	// 100,000 ids, and nothing for ids that come in their order.
	ids []string
}

func (s *statistics) get(id string) (store.Statistic, error) {
	if s != nil {
		if statistic, ok := s.byID[id]; ok {
			return statistic, nil
		}
	}
	return store.Statistic{}, store.ErrNotFound
}

// expect returns the error of a Put that wants the revision was under the id.
func (s *statistics) expect(id string, was store.Revision) error {
	statistic, err := s.get(id)
	switch {
	case was == store.NoRevision && err == nil:
		return store.ErrExists
	case was == store.NoRevision:
		return nil
	case err != nil:
		return err
	case statistic.Revision != was:
		return store.ErrConflict
	}
	return nil
}

func (s *statistics) set(statistic store.Statistic) {
	if _, replaced := s.byID[statistic.ID]; !replaced {
		at, _ := slices.BinarySearch(s.ids, statistic.ID)
		s.ids = slices.Insert(s.ids, at, statistic.ID)
	}
	s.byID[statistic.ID] = statistic
}

func (s *statistics) remove(id string) {
	at, _ := slices.BinarySearch(s.ids, id)
	s.ids = slices.Delete(s.ids, at, at+1)
	delete(s.byID, id)
}

func (s *statistics) page(query store.Query) []store.Statistic {
	if s == nil {
		return nil
	}
	// No id lies between an id and the same id with a zero byte behind it.
	start := 0
	if query.After != "" {
		start, _ = slices.BinarySearch(s.ids, query.After+"\x00")
	}
	ids := s.ids[start:]
	ids = ids[:min(query.Limit, len(ids))]
	page := make([]store.Statistic, len(ids))
	for i, id := range ids {
		page[i] = s.byID[id]
	}
	return page
}

func (s *statistics) count() int {
	if s == nil {
		return 0
	}
	return len(s.ids)
}
