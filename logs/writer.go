package logs

import (
	"bytes"
	"io"
	"log/slog"
	"runtime"
	"sync"
	"time"
)

// bufferSize is how many bytes of lines wait for the reader of the log: about a second of a busy
// server.
const bufferSize = 4 << 20

// Writer passes lines of the log to another writer, in their order. Write never blocks: a goroutine
// writes, and lines are dropped while the buffer is full or the other writer fails. Once lines can be
// written again, a line of its own tells how many were dropped.
type Writer struct {
	out    io.Writer
	format Format        // of the line that tells how many were dropped
	ended  chan struct{} // closed after the last line

	mu      sync.Mutex // protects the fields below
	arrived sync.Cond  // signalled when pending or closed changes
	pending []byte
	spare   []byte // the buffer that was written last
	dropped int    // lines that came while pending was full
	closed  bool
}

// NewWriter returns a writer of lines to out, which have the format. The caller must close it.
func NewWriter(out io.Writer, format Format) *Writer {
	w := &Writer{out: out, format: format, ended: make(chan struct{})}
	w.arrived.L = &w.mu
	go w.run()
	return w
}

// Handler returns a handler that writes lines of the level and above it, in the writer's format.
func (w *Writer) Handler(level slog.Leveler) slog.Handler { return w.format(w, level) }

// Write queues a line, or drops it. It never returns an error. After Close it does nothing.
func (w *Writer) Write(line []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.closed:
	case w.dropped > 0 && len(w.pending) > 0, len(w.pending)+len(line) > bufferSize: // to keep the order, none after a dropped one
		w.dropped++
	default:
		w.pending = append(w.pending, line...)
		w.arrived.Signal()
	}
	return len(line), nil
}

// Close waits until the queued lines are written, but not longer than the timeout: the reader of the
// log may have stopped to read.
func (w *Writer) Close(timeout time.Duration) {
	w.mu.Lock()
	w.closed = true
	w.arrived.Signal()
	w.mu.Unlock()
	select {
	case <-w.ended:
	case <-time.After(timeout):
	}
}

// run writes what is queued, until the writer is closed and nothing is left.
func (w *Writer) run() {
	defer close(w.ended)
	lost := 0 // lines since the other writer began to fail
	for {
		lines := w.take()
		if len(lines) == 0 {
			return
		}
		count := bytes.Count(lines, []byte("\n"))
		if lost > 0 {
			lines = append(w.droppedLine(lost), lines...)
		}
		if _, err := w.out.Write(lines); err != nil {
			lost += count
		} else {
			lost = 0
		}
	}
}

// take waits for lines and takes all of them, with the number of those that were dropped after them.
// It returns none at the end.
func (w *Writer) take() []byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	for len(w.pending) == 0 && !w.closed {
		w.arrived.Wait()
		w.mu.Unlock()
		runtime.Gosched() // requests that are ready go first, so that one call of the system writes the lines of many
		w.mu.Lock()
	}
	lines := w.pending
	if w.dropped > 0 {
		lines = append(lines, w.droppedLine(w.dropped)...)
	}
	w.pending, w.spare, w.dropped = w.spare[:0], lines, 0
	return lines
}

// droppedLine returns the line that tells how many are missing.
func (w *Writer) droppedLine(count int) []byte {
	var line bytes.Buffer
	slog.New(w.format(&line, slog.LevelInfo)).Warn("lines were dropped, as the reader of the log was too slow", "lines", count)
	return line.Bytes()
}
