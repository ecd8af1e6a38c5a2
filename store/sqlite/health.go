package sqlite

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"afterhours/store"
)

// errStopped is the error of every write after writing has stopped.
var errStopped = errors.New("writing has stopped until the next start")

// passing is a trouble that may pass without a new start.
type passing int

const (
	full     passing = iota // the disk has no room
	readOnly                // the file or its file system
	passings
)

// over says that the trouble has passed.
var over = [passings]string{full: "the disk has room again", readOnly: "the data can be written again"}

// health has what is wrong with the store. Each trouble is told once, and once that it has
// passed.
type health struct {
	mu      sync.Mutex
	stopped error // why nothing is written until the next start
	damage  error // what the check of the file has found
	passing [passings]error
	lastTry time.Time // when it was last known whether the store can be written
	untold  []store.Notice
	notify  func(store.Notice) // nil before Watch
}

// stop stops writing until the next start. It returns the error for the callers.
func (h *health) stop(reason error) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.stopped == nil {
		h.stopped = fmt.Errorf("%w: %w", errStopped, reason)
		h.tell(store.Notice{Err: h.stopped, Stopped: true})
	}
	return h.stopped
}

// why returns why writing has stopped, or nil.
func (h *health) why() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.stopped
}

// say tells of what does not last: good news, or a trouble of the past.
func (h *health) say(notice store.Notice) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.tell(notice)
}

// damaged records damage that a check of the file has found.
func (h *health) damaged(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.damage == nil {
		h.damage = err
		h.tell(store.Notice{Err: err})
	}
}

// set records whether there is a trouble that may pass.
func (h *health) set(kind passing, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	was := h.passing[kind]
	h.passing[kind] = err
	if (was == nil) != (err == nil) {
		if err != nil {
			h.tell(store.Notice{Err: err})
		} else {
			h.tell(store.Notice{Message: over[kind]})
		}
	}
}

// tried records that a commit has succeeded, or has failed for want of room.
func (h *health) tried(err error) {
	h.set(full, err)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.lastTry = time.Now()
}

// tell must be called with the lock held, so that notices keep their order.
func (h *health) tell(notice store.Notice) {
	if h.notify == nil {
		h.untold = append(h.untold, notice)
		return
	}
	h.notify(notice)
}

func (h *health) tellTo(notify func(store.Notice)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.notify = notify
	for _, notice := range h.untold {
		notify(notice)
	}
	h.untold = nil
}

// mustTry reports whether it is unknown if the store can be written. It is true for one
// caller a second at most: anybody may ask whether a server is ready, and a try is a sync.
func (h *health) mustTry() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.stopped != nil || time.Since(h.lastTry) < time.Second {
		return false
	}
	h.lastTry = time.Now()
	return true
}

// trouble returns what is wrong now, or nil.
func (h *health) trouble() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, err := range append([]error{h.stopped, h.damage}, h.passing[:]...) {
		if err != nil {
			return err
		}
	}
	return nil
}

const (
	watchInterval = time.Second
	// checkPatience is how long Watch waits for the quick check.
	checkPatience = time.Second
)

// Watch implements store.Watcher.
func (s *Store) Watch(notify func(store.Notice)) {
	ctx, cancel := context.WithCancel(context.Background())
	s.watches.Go(func() { s.look(ctx) })
	checked := make(chan struct{})
	s.watches.Go(func() {
		defer close(checked)
		switch err := s.quickCheck(ctx); {
		case ctx.Err() != nil:
		case err != nil:
			s.health.damaged(err)
		default:
			s.health.say(store.Notice{Message: "the quick check of the database has found no damage"})
		}
	})
	s.health.tellTo(notify)
	s.endWatch = cancel
	select {
	case <-checked:
	case <-time.After(checkPatience):
	}
}

// look looks at the files every second: the writer does so only when it writes.
func (s *Store) look(ctx context.Context) {
	ticker := time.NewTicker(watchInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if err := s.writer.files.checkAll(); err != nil {
			_ = s.health.stop(err)
		}
		s.health.set(readOnly, refuseReadOnly(s.path))
	}
}
