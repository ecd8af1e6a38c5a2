package sqlite

import (
	"cmp"
	"errors"
	flags "flag" // the package has a flag of its own
	"fmt"
	"os"
	"slices"
	"testing"

	"afterhours/store"
)

var cuts = flags.Int("cuts", 40, "how many power cuts TestPowerLoss makes with each durability")

// cutsPerRecording is after how many cuts a new process is recorded.
const cutsPerRecording = 100

// TestPowerLoss records the system calls of a process that writes, builds the folder that
// a disk may have after a power cut in the middle, and opens it.
func TestPowerLoss(t *testing.T) {
	for _, durability := range []Durability{Full, Normal} {
		t.Run(string(durability), func(t *testing.T) {
			var all results
			for left := *cuts; left > 0; left -= cutsPerRecording {
				all.add(t, recordLoad(t, durability), durability, min(left, cutsPerRecording))
			}
			for _, fault := range all.faults {
				t.Error(fault)
			}
			t.Logf("%d power cuts, %d during a checkpoint and %d while the journal restarted: %d faults; of %d writes that returned before a cut %d are lost, at most %d at once",
				all.cuts, all.duringCheckpoint, all.duringRestart, len(all.faults), all.returned, all.gone, all.mostGone)
			if all.duringCheckpoint == 0 || all.duringRestart == 0 || all.returned == 0 || (all.gone > 0) != (durability == Normal) {
				t.Error("the cuts miss a hard moment, or lose writes that they must keep")
			}
		})
	}
}

// TestPowerLossIsSeen checks that the simulation finds lost writes if syncs are missing.
func TestPowerLossIsSeen(t *testing.T) {
	full, normal := recordLoad(t, Full), recordLoad(t, Normal)
	for name, recorded := range map[string]*recording{
		"returns before the sync": normal,
		"no sync of the journal":  full.without(fileName + "-wal"),
		"no sync of the file":     full.without(fileName),
		"no sync of the folder":   full.without(""),
	} {
		var fault error
		tries := 0
		for ; fault == nil && tries < 100; tries++ {
			_, fault = recorded.cut(tries).open(t, Full)
		}
		if fault == nil {
			t.Errorf("%s: no fault", name)
		}
		t.Logf("%s: after %d cuts %v", name, tries, fault)
	}
	if oneAfterTheOther([][loadWriters]int{{0, 1}, {1, 0}}) == nil {
		t.Error("commits that are lost while later ones are kept are no fault")
	}
}

// without returns the recording as if the file had never been synced.
func (r *recording) without(file string) *recording {
	less := *r
	less.calls = slices.DeleteFunc(slices.Clone(r.calls), func(c call) bool { return c.kind == synced && c.name == file })
	return &less
}

// results has the counts of many cuts.
type results struct {
	cuts, duringCheckpoint, duringRestart int
	returned, gone, mostGone              int
	faults                                []error
}

// add cuts the power in the middle of the recording, many times.
func (all *results) add(t *testing.T, recorded *recording, durability Durability, cuts int) {
	t.Helper()
	var found [][loadWriters]int
	for i := range cuts {
		c := recorded.cut(i)
		steps, fault := c.open(t, durability)
		all.cuts++
		if fault != nil {
			all.faults = append(all.faults, fmt.Errorf("at %d of %d, chance %v, torn %t: %w", c.position, recorded.end(), c.chance, c.torn, fault))
			continue
		}
		found = append(found, steps)
		all.count(c, steps)
	}
	if err := oneAfterTheOther(found); err != nil {
		all.faults = append(all.faults, err)
	}
}

// count counts the writes that had returned, those of them that are lost, and the cuts at
// the hardest moments.
func (all *results) count(c *cut, steps [loadWriters]int) {
	gone := 0
	for writer, step := range c.returnedBefore(c.position) {
		all.returned += step
		gone += max(0, step-steps[writer])
	}
	all.gone += gone
	all.mostGone = max(all.mostGone, gone)
	checkpoint, restart := c.during()
	all.duringCheckpoint += checkpoint
	all.duringRestart += restart
}

// oneAfterTheOther returns an error unless all found states belong to one sequence of
// commits.
func oneAfterTheOther(found [][loadWriters]int) error {
	sum := func(steps [loadWriters]int) (sum int) {
		for _, step := range steps {
			sum += step
		}
		return sum
	}
	slices.SortFunc(found, func(a, b [loadWriters]int) int { return cmp.Compare(sum(a), sum(b)) })
	for i := 1; i < len(found); i++ {
		for writer, step := range found[i] {
			if step < found[i-1][writer] {
				return fmt.Errorf("the steps %v and %v were both found, but neither comes before the other", found[i-1], found[i])
			}
		}
	}
	return nil
}

// open opens the folder as the next start does, and returns the stored step of each writer.
func (c *cut) open(t *testing.T, durability Durability) (steps [loadWriters]int, err error) {
	t.Helper()
	dir := c.restore(t)
	defer func() { _ = os.RemoveAll(dir) }() // a long run would keep too many until its end
	s, err := Open(background, dir, durability)
	if err != nil {
		return steps, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := errors.Join(s.Check(background), s.Integrity(background)); err != nil {
		return steps, err
	}
	promised, returned := c.promised(durability), c.returnedBefore(c.position)
	for writer := range steps {
		step, err := findStep(s, writer)
		if err != nil {
			return steps, err
		}
		if step < promised[writer] || step > returned[writer]+1 {
			return steps, fmt.Errorf("writer %d is at step %d, after %d was promised and %d had returned", writer, step, promised[writer], returned[writer])
		}
		steps[writer] = step
	}
	return steps, nil
}

// findStep returns the step of a writer whose state the store holds.
func findStep(s *Store, writer int) (int, error) {
	load := newLoad(writer)
	page, err := s.List(background, load.owner, store.Query{Limit: 1000})
	if err != nil {
		return 0, err
	}
	stored := map[string]store.Record{}
	for _, statistic := range page {
		stored[statistic.ID] = statistic.Record
	}
	for load.step < loadStarts*loadSteps {
		if load.holds(stored) {
			return load.step, nil
		}
		load.next()
	}
	if load.holds(stored) {
		return load.step, nil
	}
	return 0, fmt.Errorf("no step of writer %d leaves the stored records: %v", writer, stored)
}

// holds reports whether the records are those of the step.
func (l *load) holds(stored map[string]store.Record) bool {
	for id, record := range stored {
		if l.kept[id].Record != record {
			return false
		}
	}
	return len(stored) == len(l.kept)
}
