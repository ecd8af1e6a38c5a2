package memory

import (
	"cmp"
	"context"
	"slices"
	"time"

	"afterhours/store"
	"afterhours/store/track"
)

// feed is what Track has found of one owner (see package track).
type feed struct {
	position int64
	tracked  map[string]tracked
	marks    []mark // in the order of their numbers
}

// tracked is the last state of an id. The revision is NoRevision if it was deleted.
type tracked struct {
	revision store.Revision
	position int64
}

type mark struct {
	store.Mark
	position int64
	madeAt   time.Time
}

// Track implements store.Store. It has the lock meanwhile, for which every write waits.
func (s *Store) Track(ctx context.Context, owner store.Owner, now time.Time) (store.Mark, error) {
	if err := s.writing(ctx); err != nil {
		return store.Mark{}, err
	}
	defer s.mu.Unlock()
	of := s.feeds[owner]
	if of == nil {
		if s.owned[owner] == nil {
			return store.Mark{}, nil
		}
		of = &feed{tracked: make(map[string]tracked)}
		s.feeds[owner] = of
	}
	of.compare(s.owned[owner])
	return of.mark(now), nil
}

// compare gives each id whose revision differs the next position.
func (f *feed) compare(with *statistics) {
	record := func(id string, revision store.Revision) {
		f.position++
		f.tracked[id] = tracked{revision, f.position}
	}
	for _, statistic := range with.all() {
		if f.tracked[statistic.ID].revision != statistic.Revision {
			record(statistic.ID, statistic.Revision)
		}
	}
	for id, was := range f.tracked {
		if was.revision != store.NoRevision && with.revision(id) == store.NoRevision {
			record(id, store.NoRevision)
		}
	}
}

// mark returns a mark of the last position, and forgets marks that are too old or too many.
func (f *feed) mark(now time.Time) store.Mark {
	var newest mark
	if len(f.marks) > 0 {
		newest = f.marks[len(f.marks)-1]
	}
	if newest.position == f.position {
		return newest.Mark
	}
	made := mark{track.Next(newest.Mark), f.position, now}
	f.marks = append(f.marks, made)
	if track.Due(f.marks[0].madeAt, now, made.Mark, made.position-newest.position) {
		f.forget(made, now)
	}
	return made.Mark
}

func (f *feed) forget(newest mark, now time.Time) {
	var deleted []int64
	for _, one := range f.tracked {
		if one.revision == store.NoRevision {
			deleted = append(deleted, one.position)
		}
	}
	oldest := int64(0)
	if len(deleted) > store.MaxDeleted {
		slices.SortFunc(deleted, func(a, b int64) int { return cmp.Compare(b, a) })
		oldest = deleted[store.MaxDeleted]
	}
	f.marks = slices.DeleteFunc(f.marks, func(one mark) bool {
		return one.Number < newest.Number &&
			(one.Number <= newest.Number-store.MaxMarks || one.madeAt.Before(now.Add(-store.MarkRetention)) || one.position < oldest)
	})
	for id, one := range f.tracked {
		if one.revision == store.NoRevision && one.position <= f.marks[0].position {
			delete(f.tracked, id)
		}
	}
}

// positionOf returns the position of a mark. A feed of nil is that of an owner without marks.
func (f *feed) positionOf(wanted store.Mark) (int64, error) {
	if wanted == (store.Mark{}) {
		return 0, nil
	}
	if f != nil {
		at, found := slices.BinarySearchFunc(f.marks, wanted.Number, func(m mark, number int64) int { return cmp.Compare(m.Number, number) })
		if found && f.marks[at].Stamp == wanted.Stamp {
			return f.marks[at].position, nil
		}
	}
	return 0, store.ErrForgotten
}

// Changes implements store.Store.
func (s *Store) Changes(ctx context.Context, owner store.Owner, span store.Span, limit int) ([]store.Tracked, error) {
	if err := s.reading(ctx); err != nil {
		return nil, err
	}
	defer s.mu.RUnlock()
	of := s.feeds[owner]
	since, err := of.positionOf(span.Since)
	if err != nil {
		return nil, err
	}
	until, err := of.positionOf(span.Until)
	if err != nil || of == nil {
		return nil, err
	}
	var found []store.Tracked
	for id, one := range of.tracked {
		deleted := one.revision == store.NoRevision
		if one.position > max(since, span.After) && one.position <= until && !(deleted && since == 0) {
			change := store.Tracked{Position: one.position, ID: id}
			if !deleted { // what is stored again has not been tracked yet
				if statistic := s.owned[owner].get(id); statistic != nil {
					change.Statistic = *statistic
				}
			}
			found = append(found, change)
		}
	}
	slices.SortFunc(found, func(a, b store.Tracked) int { return cmp.Compare(a.Position, b.Position) })
	return found[:min(limit, len(found))], nil
}
