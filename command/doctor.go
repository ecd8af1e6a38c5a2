package command

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"afterhours/store"
)

// doctorCommand checks the store. A server may run on it meanwhile.
func doctorCommand() *cobra.Command {
	var flags StoreFlags
	command := &cobra.Command{
		Use:   "doctor",
		Short: "Check that the store can be read and written and is undamaged; exit 1 if not",
		Example: `  afterhours doctor
  afterhours doctor --data /var/lib/afterhours`,
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			err := flags.withStore(command.Context(), func(opened store.Store) error {
				if err := checkStore(command.Context(), opened); err != nil {
					return err
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
	return command
}

// checkStore reads and writes the store and, if it is a file, reads all of it. A
// database server checks its own files.
func checkStore(ctx context.Context, opened store.Store) error {
	if err := opened.Check(ctx); err != nil {
		return err
	}
	if file, ok := opened.(store.IntegrityChecker); ok {
		return file.Integrity(ctx)
	}
	return nil
}
