package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

// drain makes the server not ready and serves on for the time of --drain. It returns early with the
// error that ends the server meanwhile.
func (a *App) drain() error {
	a.draining.Store(true)
	select {
	case <-time.After(a.config.Drain):
		return nil
	case err := <-a.Failed():
		return err
	}
}

// sayStopping says what the end waits for: to a person on a terminal, otherwise in the log.
func (a *App) sayStopping(stderr io.Writer) {
	finishing := "finishing " + counted(int(a.active.Load()), "request")
	if a.config.Drain > 0 {
		finishing = fmt.Sprintf("serving for another %v while /readyz is 503, then finishing the requests under way", a.config.Drain)
	}
	if isTerminal(stderr) {
		fmt.Fprintln(stderr, finishing+"; Ctrl-C again to stop now")
		return
	}
	a.config.Logger.Info(finishing + "; a second signal stops now")
}

// Stop ends the server. Requests under way may finish, for finishTimeout at most; then
// all parts are closed, the last opened first. Stop may be called before Start, more than
// once and by several goroutines; each call returns when all is closed.
func (a *App) Stop() error { return a.stop() }

func (a *App) shutDown() error {
	a.mu.Lock() // waits for a Start under way
	a.stopped = true
	closers := a.closers
	a.mu.Unlock()
	var err error
	for _, closePart := range slices.Backward(closers) {
		err = errors.Join(err, closePart())
	}
	return err
}

// finish closes the listener and waits for the requests under way.
func (a *App) finish() error {
	ctx, cancel := context.WithTimeout(context.Background(), finishTimeout)
	defer cancel()
	err := a.server.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		a.config.Logger.Warn("connections were cut off that did not end in time", "after", finishTimeout)
		err = a.server.Close()
	}
	return err
}
