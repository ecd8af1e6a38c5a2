package sqlite

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"afterhours/store"
	"afterhours/store/edm"
)

const (
	loadWriters = 8
	loadStarts  = 2  // how often the store is opened
	loadSteps   = 40 // of each writer, after each start
)

// load is the sequence of writes of one writer, to statistics of an owner of its own. The
// number of a step determines the state after it.
type load struct {
	owner store.Owner
	pairs bool // whether each step changes two statistics at once
	step  int
	kept  map[string]store.Statistic
}

func newLoad(writer int) *load {
	owner := store.Owner{Tenant: "t", User: strconv.Itoa(writer)}
	return &load{owner: owner, pairs: writer%2 == 1, kept: map[string]store.Statistic{}}
}

// next goes to the next step and returns its changes.
func (l *load) next() []store.Change {
	l.step++
	ids := []string{strconv.Itoa(l.step * 5 % 12)}
	if l.pairs {
		ids = append(ids, ids[0]+" too")
	}
	var changes []store.Change
	for _, id := range ids {
		written := store.Statistic{ID: id, Revision: store.NewRevision(), Record: recordOf(l.step)}
		change := store.Change{Key: store.Key{Owner: l.owner, ID: id}, Was: l.kept[id].Revision, Revision: written.Revision, Record: written.Record}
		l.kept[id] = written
		if l.step%3 == 0 && change.Was != store.NoRevision {
			change.Revision = store.NoRevision
			delete(l.kept, id)
		}
		changes = append(changes, change)
	}
	return changes
}

// recordOf returns a record whose values depend on the step, and mostly its length, too.
func recordOf(step int) store.Record {
	return store.Record{
		Type: store.Call, Activity: "Call", StartDate: store.Of(edm.MinDate.AddDays(step)),
		TimeZoneUsed: store.Of(strings.Repeat(strconv.Itoa(step), 1+step*13%400)),
		Duration:     store.Of(edm.Duration(step)),
	}.With("afterHours", edm.Duration(-step))
}

// write makes the changes of one step.
func (l *load) write(s *Store, changes []store.Change) error {
	only := changes[0]
	switch {
	case l.pairs:
		return s.Apply(background, changes)
	case only.Revision == store.NoRevision:
		return s.Delete(background, only.Key, only.Was)
	}
	revision, _, err := s.Put(background, only.Key, only.Record, only.Was)
	l.kept[only.Key.ID] = store.Statistic{ID: only.Key.ID, Revision: revision, Record: only.Record}
	return err
}

// writeLoad opens the store in a folder, writes to it and closes it, several times. For each
// write that has returned it writes a line to another file, with the writer and the step.
// The arguments are the folder, the durability and the file.
func writeLoad(args []string) error {
	returned, err := os.Create(args[2])
	if err != nil {
		return err
	}
	defer func() { _ = returned.Close() }()
	loads := make([]*load, loadWriters)
	for i := range loads {
		loads[i] = newLoad(i)
	}
	for range loadStarts {
		s, err := Open(background, args[0], Durability(args[1]))
		if err != nil {
			return err
		}
		s.writer.bounds = bounds{step: 40, pending: 60, all: 150}
		if err := writeAll(s, loads, returned); err != nil {
			return err
		}
		if err := s.Close(); err != nil {
			return err
		}
	}
	return nil
}

// writeAll runs all loads while a reader reads.
func writeAll(s *Store, loads []*load, returned *os.File) error {
	var writers, readers sync.WaitGroup
	failed := make(chan error, len(loads))
	written := make(chan struct{})
	for i, load := range loads {
		writers.Go(func() {
			for range loadSteps {
				err := load.write(s, load.next())
				if err == nil {
					_, err = fmt.Fprintln(returned, i, load.step)
				}
				if err != nil {
					failed <- fmt.Errorf("writer %d, step %d: %w", i, load.step, err)
					return
				}
			}
		})
	}
	readers.Go(func() {
		for {
			_, _ = s.List(background, loads[0].owner, store.Query{Limit: 1000}) // keeps the journal from restarting
			select {
			case <-written:
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	})
	writers.Wait()
	close(written)
	readers.Wait()
	close(failed)
	return <-failed
}
