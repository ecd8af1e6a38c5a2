package bulk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"

	"afterhours/store"
)

// batchSize is how many rows are written in one step. More would keep the writers of a
// server beside waiting for longer, and win little.
const batchSize = 1000

// Source returns the next row of a text, still to be read: what is costly about that is
// done by read, which several goroutines call for different rows. At the end of the
// text the error is io.EOF.
type Source func() (read func() Row, err error)

// Counts say what became of the rows.
type Counts struct {
	Created   int // were stored where there was nothing
	Replaced  int // were stored in the place of something else
	Unchanged int // were there already
	Refused   int
	// Line is the last one of which all is stored or refused, with those before it.
	Line int
}

// Import stores the items of the source, in their order. A statistic replaces what is
// stored under its key, settings and aliases likewise; what is stored as the row says
// already stays as it is, with its revision. So it does no harm to import a text again,
// all of it or from any row on, after an import has ended early. The statistics of a
// batch of rows are stored in one step, or, if that fails, not at all. Rows with faults
// are counted and given to refuse, which one goroutine calls; the others are stored all the
// same. The counts are right even with an error, which is that of the source, of refuse
// or of the store.
func Import(ctx context.Context, to store.Store, source Source, refuse func(Row) error) (Counts, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w := &writer{to: to, refuse: refuse}
	for batch := range readBatches(ctx, source) {
		select {
		case <-batch.read:
		case <-ctx.Done():
			return w.counts, ctx.Err()
		}
		if err := w.write(ctx, batch.rows); err != nil {
			return w.counts, err
		}
		if batch.err != nil {
			return w.counts, batch.err
		}
	}
	return w.counts, ctx.Err()
}

// batch is a part of a text.
type batch struct {
	unread []func() Row
	rows   []Row         // for who waited for read
	read   chan struct{} // closed when they are
	err    error         // of the source, behind these rows
}

// readBatches returns the batches of the source in their order, each being read by one
// of several goroutines while others are written. It ends with the context.
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

// fill takes rows from the source; false says that there are no more.
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

// errRaced says that the statistics of a batch were changed by others again and again.
var errRaced = fmt.Errorf("%w: others write the same statistics all the time", store.ErrUnavailable)
