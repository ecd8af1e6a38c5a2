package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"afterhours/store"
)

// needFolder returns an error if there is no data folder. The commands that call it work on
// what a server has stored. If they created a missing folder, a mistyped --data would look
// like an empty store.
func needFolder(data string) error {
	path, err := filepath.Abs(data)
	if err != nil {
		return fmt.Errorf("--data: %w", err)
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("--data: there is no folder %s: give the folder of a server, or let afterhours serve create this one", path)
	case err != nil:
		return fmt.Errorf("--data: %w", err)
	case !info.IsDir():
		return fmt.Errorf("--data: %s is not a folder", path)
	}
	return nil
}

// createFolder creates the data folder if there is none. created is then its absolute path,
// otherwise "".
func createFolder(data string) (created string, err error) {
	path, err := filepath.Abs(data)
	if err != nil {
		return "", fmt.Errorf("--data: %w", err)
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		created = path
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return "", fmt.Errorf("--data: %w", err)
	}
	return created, nil
}

// createFolderAndSay is createFolder for commands without a log.
func createFolderAndSay(data string, stderr io.Writer) error {
	created, err := createFolder(data)
	if created != "" {
		fmt.Fprintln(stderr, "created the data folder", created)
	}
	return err
}

// sayIfEmpty says on standard error that the store is empty, if it is. Somebody who checks or
// copies an empty store has probably named the wrong one.
func (f *StoreFlags) sayIfEmpty(ctx context.Context, opened store.Store, stderr io.Writer) error {
	tenants, err := opened.Tenants(ctx)
	if err != nil || len(tenants) > 0 {
		return err
	}
	if !f.isSQLite() {
		fmt.Fprintln(stderr, "the store is empty; is it the right one?")
		return nil
	}
	path, err := filepath.Abs(f.Data)
	fmt.Fprintf(stderr, "the store in %s is empty; is it the right folder?\n", path)
	return err
}
