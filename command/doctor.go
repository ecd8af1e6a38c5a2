package command

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"afterhours/store"
	"afterhours/store/postgres"
	"afterhours/store/sqlite"
)

// doctorCommand checks the store. A server may run on it meanwhile.
func doctorCommand() *cobra.Command {
	var flags StoreFlags
	var acceptLoss, finishUpgrade bool
	command := &cobra.Command{
		Use:   "doctor",
		Short: "Check that the store can be read and written and is undamaged; exit 1 if not",
		Example: `  afterhours doctor
  afterhours doctor --data /var/lib/afterhours
  afterhours doctor --data /var/lib/afterhours --accept-loss
  afterhours doctor --store postgres://USER:PASSWORD@HOST/DATABASE --finish-upgrade`,
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			if acceptLoss {
				if err := flags.acceptLoss(command.ErrOrStderr()); err != nil {
					return err
				}
			}
			if finishUpgrade {
				if err := flags.finishUpgrade(command); err != nil {
					return err
				}
			}
			err := flags.withStore(command.Context(), func(opened store.Store) error {
				if err := checkStore(command, opened); err != nil {
					return err
				}
				if isUnfinished(opened) {
					fmt.Fprintln(command.ErrOrStderr(), unfinished)
				}
				return flags.sayIfEmpty(command.Context(), opened, command.ErrOrStderr())
			})
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(command.OutOrStdout(), "ok")
			return err
		},
	}
	flags.add(command.Flags())
	command.Flags().BoolVar(&acceptLoss, "accept-loss", false, "go on without the commits that are missing from the sqlite store; no server may use the store meanwhile")
	command.Flags().BoolVar(&finishUpgrade, "finish-upgrade", false, "drop what only servers of the version before need in a PostgreSQL store; no such server may run")
	return command
}

// unfinished says what to do about a store that still serves servers of the version before.
const unfinished = "the upgrade of the database is not finished: run afterhours doctor --finish-upgrade when no server of an older version runs"

func isUnfinished(opened store.Store) bool {
	database, ok := opened.(*postgres.Store)
	return ok && database.Unfinished()
}

// finishUpgrade drops what only servers of the version before need.
func (f *StoreFlags) finishUpgrade(command *cobra.Command) error {
	if err := f.check(); err != nil {
		return err
	}
	if f.isSQLite() || f.Store == "memory" || f.isCassandra() {
		return usagef("--finish-upgrade is for PostgreSQL only")
	}
	if err := postgres.FinishUpgrade(command.Context(), f.Store); err != nil {
		return err
	}
	_, err := fmt.Fprintln(command.ErrOrStderr(), "finished: the store has only what servers of this version need")
	return err
}

// acceptLoss lets the next start go on without the commits that are missing.
func (f *StoreFlags) acceptLoss(stderr io.Writer) (err error) {
	if err := f.check(); err != nil {
		return err
	}
	if !f.isSQLite() {
		return usagef("--accept-loss is for sqlite only")
	}
	if err := errors.Join(needFolder(f.Data), refuseMissingStore(f.Data)); err != nil {
		return err
	}
	unlock, err := sqlite.Lock(f.Data)
	if errors.Is(err, sqlite.ErrInUse) {
		return fmt.Errorf("the data folder %s is %w: stop that server first", f.Data, sqlite.ErrInUse)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	if err := sqlite.AcceptLoss(f.Data); err != nil {
		return err
	}
	_, err = fmt.Fprintln(stderr, "accepted: the next start goes on without the missing commits")
	return err
}

// checkStore reads and writes the store and, if it is a file, reads all of it. A
// database server checks its own files.
func checkStore(command *cobra.Command, opened store.Store) error {
	progress, end := showSteps(command.ErrOrStderr())
	defer end()
	progress("reading and writing", 0, -1)
	if err := opened.Check(command.Context()); err != nil {
		return err
	}
	if file, ok := opened.(store.IntegrityChecker); ok {
		progress("checking all that is stored", 0, -1)
		return file.Integrity(command.Context())
	}
	return nil
}
