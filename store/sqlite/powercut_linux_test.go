package sqlite

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A disk that loses its power keeps what was synced: whatever ended before a sync of the
// same file began that ended before the cut. For a name that is the sync of the folder.
// What was not synced it may keep or lose, in any order, and of a write some sectors.

const sector = 512

// cut is one moment of a recording at which the power fails, and the chance of an unsynced
// write to be on disk.
type cut struct {
	*recording
	position int
	chance   float64     // that something that was not synced is kept
	torn     bool        // whether writes are kept by the sector
	synced   map[int]int // by file, where the last of its syncs began that ended
}

// cut draws the n-th of many moments. Every second one is at any call. The others are at
// each kind of call in turn, because most calls are writes to the journal.
func (r *recording) cut(n int) *cut {
	among := r.calls
	if n%2 == 1 {
		sorts := map[string][]call{}
		for _, call := range r.calls {
			sort := fmt.Sprint(call.kind, call.name, call.offset == 0)
			sorts[sort] = append(sorts[sort], call)
		}
		names := slices.Sorted(maps.Keys(sorts))
		among = sorts[names[n/2%len(names)]]
	}
	at := among[rand.IntN(len(among))]
	c := &cut{recording: r, torn: rand.IntN(2) == 0, synced: map[int]int{}}
	c.position = []int{at.begun + 1, at.ended + 1}[rand.IntN(2)]
	c.chance = []float64{0, 0.1, 0.5, 0.9, 1}[rand.IntN(5)]
	for _, call := range r.calls {
		if call.kind == synced && call.ended < c.position {
			c.synced[call.file] = max(c.synced[call.file], call.begun)
		}
	}
	return c
}

// durable reports whether the effect of a call is certainly on disk.
func (c *cut) durable(call call) bool {
	at := call.file
	if call.kind == created || call.kind == removed {
		at = 0
	}
	return call.ended < c.synced[at]
}

func (c *cut) kept() bool { return rand.Float64() < c.chance }

// folder returns the files that the disk has afterwards.
func (c *cut) folder() map[string][]byte {
	names, contents := map[string]int{}, map[int][]byte{}
	for _, call := range c.calls {
		if call.begun >= c.position {
			continue
		}
		durable := c.durable(call)
		switch call.kind {
		case created:
			if durable || c.kept() {
				names[call.name] = call.file
			}
		case removed:
			if durable || c.kept() {
				delete(names, call.name)
			}
		case truncated:
			if durable || c.kept() {
				contents[call.file] = extended(contents[call.file], call.offset)[:call.offset]
			}
		case written:
			contents[call.file] = c.write(contents[call.file], call, durable)
		}
	}
	folder := map[string][]byte{}
	for name, file := range names {
		folder[name] = contents[file]
	}
	return folder
}

// write returns the content with the part of a write that reached the disk.
func (c *cut) write(content []byte, call call, durable bool) []byte {
	piece := int64(len(call.bytes))
	if c.torn && !durable {
		piece = sector - call.offset%sector
	}
	for rest, at := call.bytes, call.offset; len(rest) > 0; piece = sector {
		part := rest[:min(piece, int64(len(rest)))]
		if durable || c.kept() {
			content = extended(content, at+int64(len(part)))
			copy(content[at:], part)
		}
		rest, at = rest[len(part):], at+int64(len(part))
	}
	return content
}

// extended returns the content with zeros up to the length, if it is shorter.
func extended(content []byte, length int64) []byte {
	return append(content, make([]byte, max(0, length-int64(len(content))))...)
}

func (r *recording) end() (position int) { return r.calls[len(r.calls)-1].ended }

// returnedBefore returns the last step of each writer that had returned before a position.
func (r *recording) returnedBefore(position int) (steps [loadWriters]int) {
	for _, call := range r.calls {
		var writer, step int
		if call.kind != returned || call.begun >= position {
			continue
		}
		if _, err := fmt.Fscan(bytes.NewReader(call.bytes), &writer, &step); err != nil {
			panic(err)
		}
		steps[writer] = step
	}
	return steps
}

// promised returns the last step of each writer that must be stored: with Full, the last
// that had returned, with Normal, the last that had returned when the journal was synced.
func (c *cut) promised(durability Durability) [loadWriters]int {
	if durability == Full {
		return c.returnedBefore(c.position)
	}
	return c.returnedBefore(c.syncedJournal())
}

func (c *cut) syncedJournal() (position int) {
	for _, call := range c.calls {
		if call.kind == synced && strings.HasSuffix(call.name, "-wal") && call.ended < c.position {
			position = max(position, call.begun)
		}
	}
	return position
}

// during counts cuts at two hard moments: while a checkpoint copies pages from the journal
// into the file, and while the journal restarts.
func (c *cut) during() (checkpoint, restart int) {
	for _, call := range c.calls {
		switch {
		case call.kind != written || call.begun >= c.position || c.durable(call):
		case call.name == fileName:
			checkpoint = 1
		case call.offset == 0 && strings.HasSuffix(call.name, "-wal"):
			restart = 1
		}
	}
	return checkpoint, restart
}

// restore writes the files that the disk has to a new folder.
func (c *cut) restore(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for name, content := range c.folder() {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
