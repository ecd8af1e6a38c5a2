package command

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"afterhours/store"
	"afterhours/store/sqlite"
)

// backupCommand copies the store. A server may run on it meanwhile.
func backupCommand() *cobra.Command {
	var flags StoreFlags
	command := &cobra.Command{
		Use:   "backup FILE",
		Short: "Copy the sqlite store to a new file, while a server reads and writes it",
		Example: `  afterhours backup /backups/2026-11-24.db
  afterhours backup --data /var/lib/afterhours /backups/2026-11-24.db`,
		Args: needFile,
		RunE: func(command *cobra.Command, args []string) error {
			err := flags.withStore(command.Context(), func(opened store.Store) error {
				source, ok := opened.(store.FileBackup)
				if !ok {
					return usagef("--store: backup copies sqlite only; use the backup of the database server for another store")
				}
				progress, end := showSteps(command.ErrOrStderr())
				err := source.Backup(command.Context(), args[0], progress)
				end()
				if err != nil {
					return explainFile(err)
				}
				return flags.sayIfEmpty(command.Context(), opened, command.ErrOrStderr())
			})
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(command.OutOrStdout(), "backed up to", args[0])
			return err
		},
	}
	flags.add(command.Flags())
	return command
}

// restoreCommand replaces the sqlite store of a data folder by a backup.
func restoreCommand() *cobra.Command {
	var data string
	command := &cobra.Command{
		Use:   "restore FILE",
		Short: "Replace the sqlite store by a backup; no server may use the store meanwhile",
		Example: `  afterhours restore /backups/2026-11-24.db
  afterhours restore --data /var/lib/afterhours /backups/2026-11-24.db`,
		Args: needFile,
		RunE: func(command *cobra.Command, args []string) (err error) {
			if err := needName(data); err != nil {
				return err
			}
			file, err := openFile(args[0])
			if err != nil {
				return err
			}
			defer func() { _ = file.Close() }()
			if err := createFolderAndSay(data, command.ErrOrStderr()); err != nil {
				return err
			}
			unlock, err := sqlite.Lock(data)
			if errors.Is(err, sqlite.ErrInUse) {
				return fmt.Errorf("a server runs on the data folder %s, and would go on with the store that is replaced: stop the server, restore, and start it again", data)
			}
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, unlock()) }()
			progress, end := showSteps(command.ErrOrStderr())
			replaced, err := sqlite.Restore(command.Context(), data, args[0], progress)
			end()
			if err != nil {
				return err
			}
			fmt.Fprintln(command.OutOrStdout(), "restored", args[0])
			if replaced != "" {
				fmt.Fprintln(command.OutOrStdout(), "the replaced store is now", replaced)
			}
			return nil
		},
	}
	command.Flags().StringVar(&data, "data", dataFolder, "folder of the data")
	return command
}
