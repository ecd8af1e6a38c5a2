package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"afterhours/store"
	"afterhours/store/sqlite"
)

// backupCommand copies the store of a place. A server may run on it meanwhile.
func backupCommand() *cobra.Command {
	var at place
	command := &cobra.Command{
		Use:   "backup FILE",
		Short: "Copy the sqlite store to a new file, while a server reads and writes it",
		Args:  cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) (err error) {
			opened, err := at.open(command.Context())
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, opened.Close()) }()
			source, can := opened.(store.FileBackup)
			if !can {
				return fmt.Errorf("--store: only sqlite is backed up in this way; a database server has its own; %w", errUsage)
			}
			if err := source.Backup(command.Context(), args[0]); err != nil {
				return err
			}
			_, err = fmt.Fprintln(command.OutOrStdout(), "backed up to", args[0])
			return err
		},
	}
	at.addFlags(command.Flags())
	return command
}

// restoreCommand puts a backup in the place of the sqlite store of a data folder.
func restoreCommand() *cobra.Command {
	var data string
	command := &cobra.Command{
		Use:   "restore FILE",
		Short: "Put a backup in the place of the sqlite store, which no server may use meanwhile",
		Args:  cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) (err error) {
			release, err := sqlite.Lock(data)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, release()) }()
			replaced, err := sqlite.Restore(command.Context(), data, args[0])
			if err != nil {
				return err
			}
			fmt.Fprintln(command.OutOrStdout(), "restored", args[0])
			if replaced != "" {
				fmt.Fprintln(command.OutOrStdout(), "what was there is now", replaced)
			}
			return nil
		},
	}
	command.Flags().StringVar(&data, "data", "./afterhours-data", "folder of the data")
	return command
}
