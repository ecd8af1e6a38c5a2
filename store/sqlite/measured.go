package sqlite

import (
	"os"
	"time"

	"afterhours/store"
)

// Measure implements store.Measured.
func (s *Store) Measure(to *store.Measurements) {
	s.writer.queue.Observe(func(calls int, waited time.Duration) { to.Batch("writes", calls, waited) })
	s.writer.measurements.Store(to)
}

// Size implements store.Measured.
func (s *Store) Size() store.Size {
	return store.Size{
		Pools: []store.Pool{s.singles.stats(), s.readers.stats(), s.probe.stats()},
		Files: []store.File{fileSize("database", s.path), fileSize("journal", s.path+"-wal")},
	}
}

// fileSize returns the size of a file, 0 if it is not there.
func fileSize(name, path string) store.File {
	file := store.File{Name: name}
	if info, err := os.Stat(path); err == nil {
		file.Bytes = info.Size()
	}
	return file
}

// timed runs a part of the writer's work and tells how long it took, if somebody measures.
func (w *writer) timed(take func(*store.Measurements, time.Duration), run func() error) error {
	to := w.measurements.Load()
	if to == nil {
		return run()
	}
	begun := time.Now()
	err := run()
	take(to, time.Since(begun))
	return err
}
