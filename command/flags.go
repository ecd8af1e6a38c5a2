package command

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"github.com/google/uuid"
	"github.com/spf13/pflag"

	"afterhours/store"
	"afterhours/store/memory"
	"afterhours/store/postgres"
	"afterhours/store/sqlite"
)

const dataFolder = "./afterhours-data" // the default of --data

// StoreFlags are the flags that say where the data is.
type StoreFlags struct {
	Data       string // the data folder
	Store      string // the kind of store, or the URL of its database
	Durability string // of the sqlite store: full or normal
}

func (f *StoreFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&f.Data, "data", dataFolder, "folder of the data and of the key that signs tokens")
	flags.StringVar(&f.Store, "store", "sqlite", "sqlite: a file in the data folder. postgres://...: the URL of a database, which several servers may share. memory: gone when the process ends")
	flags.StringVar(&f.Durability, "durability", "full", "for sqlite only. full: an answered write is on disk. normal: kill -9 loses nothing, but a power cut may lose the latest answered writes, at most 31 MiB of the journal")
}

// open opens the store that the flags name.
func (f *StoreFlags) open(ctx context.Context) (store.Store, error) {
	durability := sqlite.Durability(f.Durability)
	if durability != sqlite.Full && durability != sqlite.Normal {
		return nil, usagef("--durability %s: it must be full or normal", f.Durability)
	}
	var opened store.Store
	var err error
	kind, _, isURL := strings.Cut(f.Store, "://")
	switch {
	case isURL && kind == "sqlite":
		err = usagef("--store sqlite takes no address: --data names its folder")
	case isURL && kind == "memory":
		err = usagef("--store memory takes no address")
	case kind == "sqlite":
		opened, err = sqlite.Open(ctx, f.Data, durability)
	case kind == "memory":
		opened = memory.New()
	case kind == "postgres", kind == "postgresql":
		if !isURL {
			return nil, usagef("--store %s: give the URL of the database, as in postgres://USER@HOST/DATABASE", kind)
		}
		if _, err := url.Parse(f.Store); err != nil { // err may have the password
			return nil, usagef("--store: the URL of the database cannot be read; special characters of a password must be percent-encoded")
		}
		opened, err = postgres.Open(ctx, f.Store)
	default: // only the kind is shown, as the rest of a URL may hold a password
		err = usagef("--store %s: it must be sqlite, memory or a URL that begins with postgres://", kind)
	}
	if err != nil {
		return nil, err // and no store: a nil *sqlite.Store in the interface would not be nil
	}
	return opened, nil
}

// isSQLite reports whether the store is in the data folder.
func (f *StoreFlags) isSQLite() bool { return f.Store == "sqlite" }

// withStore opens the store that a server has created, calls work with it and closes it. The
// memory store makes no sense for a command: it is gone when the command ends.
func (f *StoreFlags) withStore(ctx context.Context, work func(store.Store) error) error {
	if f.isSQLite() {
		if err := needFolder(f.Data); err != nil {
			return err
		}
	}
	return f.withNewStore(ctx, work)
}

// withNewStore is withStore for a store that need not exist yet.
func (f *StoreFlags) withNewStore(ctx context.Context, work func(store.Store) error) (err error) {
	if f.Store == "memory" {
		return usagef("--store memory keeps nothing after the process ends; name another store")
	}
	opened, err := f.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	return work(opened)
}

// checkGUID checks that the value of a flag is a GUID, and puts it in lower case.
func checkGUID(flag string, value *string) error {
	parsed, err := uuid.Parse(*value)
	if err != nil {
		return usagef("%s %q is no GUID; a GUID looks like %s", flag, *value, demoUser)
	}
	*value = parsed.String()
	return nil
}
