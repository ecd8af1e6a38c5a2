package command

import (
	"context"
	"errors"
	"io"
	"net/url"
	"strings"

	"github.com/google/uuid"
	"github.com/spf13/pflag"

	"afterhours/handlers/auth"
	"afterhours/store"
	"afterhours/store/cassandra"
	"afterhours/store/memory"
	"afterhours/store/postgres"
	"afterhours/store/sqlite"
)

const dataFolder = "./afterhours-data" // the default of --data

// StoreFlags are the flags that say where the data is.
type StoreFlags struct {
	Data       string // the data folder; "" for none, which only the memory store can do without
	Store      string // the kind of store, or the URL of its database
	Durability string // of the sqlite store: full or normal
}

func (f *StoreFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&f.Data, "data", dataFolder, "folder of the data and of the key that signs tokens")
	flags.StringVar(&f.Store, "store", "sqlite", "sqlite: a file in the data folder. postgres://...: the URL of a database, which several servers may share. cassandra://...: the URL of a ring, for more than one database can hold. memory: gone when the process ends")
	flags.StringVar(&f.Durability, "durability", "full", "full or normal, for sqlite only; see afterhours serve --help")
	addConfig(flags)
}

// check returns an error if the flags name no store.
func (f *StoreFlags) check() error {
	if durability := sqlite.Durability(f.Durability); durability != sqlite.Full && durability != sqlite.Normal {
		return usagef("--durability %s: %s", f.Durability, mustBe(f.Durability, string(sqlite.Full), string(sqlite.Normal)))
	}
	kind, _, isURL := strings.Cut(f.Store, "://")
	switch {
	case isURL && kind == "sqlite":
		return usagef("--store sqlite takes no address: --data names its folder")
	case isURL && kind == "memory":
		return usagef("--store memory takes no address")
	case kind == "sqlite":
		return needName(f.Data)
	case kind == "memory":
		return nil
	case isURL && kind == cassandra.Scheme:
		if _, err := cassandra.ParseAddress(f.Store); err != nil {
			return usagef("--store %s: %v", kind, err)
		}
		return nil
	case kind == cassandra.Scheme:
		return usagef("--store %s: give the URL of the ring, as in cassandra://HOST,HOST/KEYSPACE", kind)
	case kind != "postgres" && kind != "postgresql": // the rest of a URL may hold a password
		return usagef("--store %s: it must be sqlite, memory or a URL that begins with postgres:// or cassandra://%s", f.kind(), didYouMean(f.kind(), "", []string{"sqlite", "memory", "postgres", cassandra.Scheme}))
	case !isURL:
		return usagef("--store %s: give the URL of the database, as in postgres://USER@HOST/DATABASE", kind)
	}
	if _, err := url.Parse(f.Store); err != nil { // err may have the password
		return usagef("--store: the URL of the database cannot be read; special characters of a password must be percent-encoded")
	}
	return nil
}

// open opens the store that the flags name. They must have passed check.
func (f *StoreFlags) open(ctx context.Context) (opened store.Store, err error) {
	switch {
	case f.isSQLite():
		opened, err = sqlite.Open(ctx, f.Data, sqlite.Durability(f.Durability))
	case f.Store == "memory":
		opened = memory.New()
	case f.isCassandra():
		opened, err = cassandra.Open(ctx, f.Store)
	default:
		opened, err = postgres.Open(ctx, f.Store)
	}
	if err != nil {
		return nil, err // and no store: a nil *sqlite.Store in the interface would not be nil
	}
	return opened, nil
}

// openIssuer opens the local issuer, whose key is in the data folder, or in memory if there is none.
func (f *StoreFlags) openIssuer() (*auth.LocalIssuer, error) {
	if f.Data == "" {
		return auth.NewLocalIssuer()
	}
	return auth.OpenLocalIssuer(f.Data)
}

// isSQLite reports whether the store is in the data folder.
func (f *StoreFlags) isSQLite() bool { return f.Store == "sqlite" }

// isCassandra reports whether the store is in a ring of Apache Cassandra.
func (f *StoreFlags) isCassandra() bool { return strings.HasPrefix(f.Store, cassandra.Scheme+"://") }

// address returns the kind of store, or the URL of its database without user, password and options.
func (f *StoreFlags) address() string {
	if ring, err := cassandra.ParseAddress(f.Store); err == nil {
		return ring.String()
	}
	parsed, err := url.Parse(f.Store)
	if err != nil || !strings.HasPrefix(f.Store, "postgres") || !strings.Contains(f.Store, "://") {
		return f.kind()
	}
	return f.kind() + "://" + parsed.Host + parsed.Path
}

// kind returns the kind of store without anything that could be a password, as in the connection string
// host=db password=secret.
func (f *StoreFlags) kind() string {
	kind, _, _ := strings.Cut(f.Store, "://")
	if before, _, found := strings.Cut(kind, ":"); found {
		kind = before
	}
	if strings.ContainsAny(kind, "=@ ") {
		return "..."
	}
	return kind
}

// withStore opens the store that a server has created, calls work with it and closes it. The
// memory store makes no sense for a command: it is gone when the command ends.
func (f *StoreFlags) withStore(ctx context.Context, work func(store.Store) error) error {
	return f.withStoreIn(ctx, needFolder, work)
}

// withNewStore is withStore for a store that need not exist yet. It says on stderr if it
// creates the data folder.
func (f *StoreFlags) withNewStore(ctx context.Context, stderr io.Writer, work func(store.Store) error) error {
	return f.withStoreIn(ctx, func(data string) error { return createFolderAndSay(data, stderr) }, work)
}

// withStoreIn is withStore with what is to be done first about the data folder of sqlite.
func (f *StoreFlags) withStoreIn(ctx context.Context, prepare func(data string) error, work func(store.Store) error) (err error) {
	if err := f.check(); err != nil {
		return err
	}
	if f.Store == "memory" {
		return usagef("--store memory keeps nothing after the process ends; name another store")
	}
	if f.isSQLite() {
		if err := prepare(f.Data); err != nil {
			return err
		}
		if err := refuseMissingStore(f.Data); err != nil {
			return err
		}
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
		return usagef("%s %s: it must be a GUID, as in %s", flag, *value, demoUser)
	}
	*value = parsed.String()
	return nil
}
