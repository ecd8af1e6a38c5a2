package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"afterhours/store"
)

// doctorCommand looks at the store of a place. A server may run on it meanwhile.
func doctorCommand() *cobra.Command {
	var at place
	command := &cobra.Command{
		Use:   "doctor",
		Short: "Say whether the store can be read and written and is undamaged; exit 1 if not",
		Args:  cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) (err error) {
			opened, err := at.open(command.Context())
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, opened.Close()) }()
			if err := opened.Check(command.Context()); err != nil {
				return err
			}
			// A database server looks after its own files.
			if whole, can := opened.(store.IntegrityChecker); can {
				if err := whole.Integrity(command.Context()); err != nil {
					return err
				}
			}
			_, err = fmt.Fprintln(command.OutOrStdout(), "ok")
			return err
		},
	}
	at.addFlags(command.Flags())
	return command
}
