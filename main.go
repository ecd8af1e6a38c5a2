// Afterhours is a self-hosted service for work-activity statistics, wire-compatible
// with Microsoft Graph's activityStatistics API. This package owns the command line
// and which parts make up the program; it leaves alone what they do.
package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"afterhours/store"
	"afterhours/store/memory"
	"afterhours/store/postgres"
	"afterhours/store/sqlite"
)

// contract is the text that the server shows; gen embeds the same for validation.
//
//go:embed openapi.yaml
var contract []byte

// ballast is memory that is never touched, and so takes none. The heap of this program is
// small beside what requests and rows leave behind as garbage, and the collector, which
// runs whenever the heap has doubled, would run all the time.
const ballast = 64 << 20

func main() {
	held := make([]byte, ballast)
	defer runtime.KeepAlive(held)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // from then on a second signal ends the process at once
	if err := run(ctx, os.Args[1:], os.Getenv, os.Stdin, os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "afterhours:", err)
		os.Exit(exitCode(err))
	}
}

// errUsage marks a command line that cannot be understood: exit code 2, not 1.
var errUsage = errors.New("see afterhours --help")

func exitCode(err error) int {
	if errors.Is(err, errUsage) {
		return 2
	}
	return 1
}

// run runs one command line until it is done or ctx is. Every flag that args
// leave out is taken from its environment variable: --public-url from
// AFTERHOURS_PUBLIC_URL, repeated ones separated by spaces.
func run(ctx context.Context, args []string, getenv func(string) string, stdin io.Reader, stdout, stderr io.Writer) error {
	root := &cobra.Command{
		Use:           "afterhours",
		Short:         "A server for work-activity statistics that Microsoft Graph's clients can read and write",
		SilenceErrors: true,
		SilenceUsage:  true,
		PersistentPreRunE: func(command *cobra.Command, _ []string) error {
			return fromEnvironment(command.Flags(), getenv)
		},
	}
	root.AddCommand(serveCommand(), tokenCommand(), userCommand(), importCommand(), exportCommand(), backupCommand(), restoreCommand(), doctorCommand(), healthCommand(), versionCommand())
	running := false
	watchRuns(root, &running)
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if err != nil && !running && !errors.Is(err, errUsage) {
		err = fmt.Errorf("%w; %w", err, errUsage)
	}
	return err
}

// watchRuns has running set when a command begins to run: an error before that is
// of the command line.
func watchRuns(command *cobra.Command, running *bool) {
	if work := command.RunE; work != nil {
		command.RunE = func(command *cobra.Command, args []string) error {
			*running = true
			return work(command, args)
		}
	}
	for _, below := range command.Commands() {
		watchRuns(below, running)
	}
}

func fromEnvironment(flags *pflag.FlagSet, getenv func(string) string) error {
	var err error
	flags.VisitAll(func(flag *pflag.Flag) {
		name := "AFTERHOURS_" + strings.ToUpper(strings.ReplaceAll(flag.Name, "-", "_"))
		value := getenv(name)
		if flag.Changed || value == "" || err != nil {
			return
		}
		values := []string{value}
		if flag.Value.Type() == "stringArray" { // a flag that may be repeated
			values = strings.Fields(value)
		}
		for _, one := range values {
			if setErr := flags.Set(flag.Name, one); setErr != nil {
				err = fmt.Errorf("environment variable %s=%q: %w; %w", name, value, setErr, errUsage)
			}
		}
	})
	return err
}

// place is where a command finds the data: the flags that all of them share.
type place struct {
	data       string // the data folder
	store      string // the kind of store, or the URL of its database
	durability string // of the sqlite store
}

func (p *place) addFlags(flags *pflag.FlagSet) {
	flags.StringVar(&p.data, "data", "./afterhours-data", "folder of the data and of the key that signs tokens")
	flags.StringVar(&p.store, "store", "sqlite", "sqlite, kept in the data folder; postgres://..., the URL of a database for several servers; or memory, forgotten at the end")
	flags.StringVar(&p.durability, "durability", "full", "of sqlite. full: an answered write is on disk. normal: kill -9 loses nothing, but a power cut may lose answered writes, the last ones first, back to when the journal was last put into the file, at most 31 MiB of it")
}

// open opens the store of the place.
func (p *place) open(ctx context.Context) (store.Store, error) {
	durability := sqlite.Durability(p.durability)
	if durability != sqlite.Full && durability != sqlite.Normal {
		return nil, fmt.Errorf("--durability %s: it must be full or normal; %w", p.durability, errUsage)
	}
	kind, _, _ := strings.Cut(p.store, "://") // what follows may hold a password
	var opened store.Store
	var err error
	switch kind {
	case "sqlite":
		opened, err = sqlite.Open(ctx, p.data, durability)
	case "postgres", "postgresql":
		opened, err = postgres.Open(ctx, p.store)
	case "memory":
		opened = memory.New()
	default:
		err = fmt.Errorf("--store %s: it must be sqlite, memory or a URL that begins with postgres://; %w", kind, errUsage)
	}
	if err != nil {
		return nil, err
	}
	return opened, nil
}
