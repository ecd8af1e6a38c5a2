package command

import (
	"context"
	"fmt"

	"afterhours/store"
	"afterhours/store/metered"
	"afterhours/store/sqlite"
)

// openStore opens the store as the one server of its folder, and watches it.
func (a *App) openStore(ctx context.Context) (err error) {
	if a.config.isSQLite() {
		if err := a.lockFolder(); err != nil {
			return err
		}
	}
	if a.store, err = a.config.open(ctx); err != nil {
		return err
	}
	a.closers = append(a.closers, a.store.Close)
	if isUnfinished(a.store) {
		a.config.Logger.Warn(unfinished)
	}
	a.measureStore()
	if a.config.Tracer != nil {
		a.store = metered.New(a.store, a.config.Tracer)
	}
	if watcher, ok := a.store.(store.Watcher); ok {
		watcher.Watch(a.notice)
	}
	return nil
}

// checkNew returns an error if --new is given for a store that has no file.
func (c *Config) checkNew() error {
	if c.New && !c.isSQLite() {
		return usagef("--new is for sqlite only")
	}
	return nil
}

// lockFolder makes this server the one of its folder, unless the folder and --new do not agree.
func (a *App) lockFolder() error {
	if !a.config.New { // before there is a lock, which would look like that of an earlier server
		if err := refuseMissingStore(a.config.Data); err != nil {
			return err
		}
	}
	unlock, err := sqlite.Lock(a.config.Data)
	if err != nil {
		return err
	}
	a.closers = append(a.closers, unlock)
	if !a.config.New {
		return nil
	}
	if err := refuseStore(a.config.Data); err != nil {
		return err
	}
	return sqlite.AcceptLoss(a.config.Data)
}

// refuseStore returns an error if the data folder has a sqlite store, which --new would replace.
func refuseStore(data string) error {
	if path, length, _ := sqlite.Find(data); length > 0 {
		return fmt.Errorf("--new: there is a store already, %s: start without --new, or move that file away", path)
	}
	return nil
}

// notice logs what the store has noticed. If the server can no longer write, a person at the
// terminal must see it, too.
func (a *App) notice(notice store.Notice) {
	if notice.Err == nil {
		a.config.Logger.Info(notice.Message)
		return
	}
	a.config.Logger.Error("trouble with the store", "error", notice.Err.Error())
	if notice.Stopped {
		fmt.Fprintf(a.config.Stderr, "afterhours: %v. Nothing is written from now on. Stop the server, put the files of %s back or restore a backup, and start it again.\n",
			notice.Err, a.config.Data)
	}
}
