package bulk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"

	"afterhours/store"
)

// batchSize is how many rows are written in one step. With more, the writers of a server
// on the same store would wait longer, for little gain.
const batchSize = 1000

// Source returns a function that reads the next row of a text. Several goroutines call
// such functions at once, for different rows, so the costly part of reading belongs there.
// At the end of the text the error is io.EOF.
type Source func() (read func() Row, err error)

// Counts has how many rows had each outcome.
type Counts struct {
	Created   int // new to the store
	Replaced  int // replaced a different value
	Unchanged int // the store had the same value
	Refused   int
	// Line is the last line up to which every row is stored or refused.
	Line int
}

// Import stores the items of the source, in their order. A statistic replaces the one
// stored under its key, and settings and aliases likewise. A statistic that is the same
// already keeps its revision. It is therefore safe to import a text again, all of it or
// from any row on, after an import has ended early. The statistics of a batch of rows are
// stored in one step, or, if that fails, not at all. Rows with faults are counted and
// given to refuse, which one goroutine calls; the other rows are stored. The error is that
// of the source, of refuse or of the store. The counts are right even with an error.
func Import(ctx context.Context, to store.Store, source Source, refuse func(Row) error) (Counts, error) {
	w := &writer{to: to, refuse: refuse}
	err := eachBatch(ctx, source, func(rows []Row) error { return w.write(ctx, rows) })
	return w.counts, err
}

// ReadAll returns all rows of the source in their order, those with faults too. The error is that
// of the source or of ctx.
func ReadAll(ctx context.Context, source Source) (rows []Row, err error) {
	err = eachBatch(ctx, source, func(batch []Row) error {
		rows = append(rows, batch...)
		return nil
	})
	return rows, err
}

// SourceOf returns a source of rows that have been read.
func SourceOf(rows []Row) Source {
	return func() (func() Row, error) {
		if len(rows) == 0 {
			return nil, io.EOF
		}
		row := rows[0]
		rows = rows[1:]
		return func() Row { return row }, nil
	}
}

// eachBatch calls do with the rows of each batch of the source, in their order, up to the first
// error: that of do, of the source or of ctx.
func eachBatch(ctx context.Context, source Source, do func([]Row) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for batch := range readBatches(ctx, source) {
		select {
		case <-batch.read:
		case <-ctx.Done():
			return ctx.Err()
		}
		if err := do(batch.rows); err != nil {
			return err
		}
		if batch.err != nil {
			return batch.err
		}
	}
	return ctx.Err()
}

// batch is a part of a text.
type batch struct {
	unread []func() Row
	rows   []Row         // valid once read is closed
	read   chan struct{} // closed when all rows are read
	err    error         // of the source, after these rows
}

// readBatches returns the batches of the source in their order. Several goroutines read
// batches while the caller writes others. They end with the context.
func readBatches(ctx context.Context, source Source) <-chan *batch {
	readers := runtime.GOMAXPROCS(0)
	ordered, toRead := make(chan *batch, readers), make(chan *batch, readers)
	for range readers {
		go func() {
			for batch := range toRead {
				for _, read := range batch.unread {
					batch.rows = append(batch.rows, read())
				}
				close(batch.read)
			}
		}()
	}
	go func() {
		defer close(ordered)
		defer close(toRead)
		for more := true; more; {
			next := &batch{read: make(chan struct{})}
			more = next.fill(source)
			select {
			case ordered <- next:
				toRead <- next
			case <-ctx.Done():
				return
			}
		}
	}()
	return ordered
}

// fill takes rows from the source, and reports whether there may be more.
func (b *batch) fill(source Source) bool {
	for len(b.unread) < batchSize {
		read, err := source()
		if errors.Is(err, io.EOF) {
			return false
		}
		if err != nil {
			b.err = err
			return false
		}
		b.unread = append(b.unread, read)
	}
	return true
}

// errRaced means that others changed the statistics of a batch again and again.
var errRaced = fmt.Errorf("%w: other writers keep changing the same statistics", store.ErrUnavailable)
