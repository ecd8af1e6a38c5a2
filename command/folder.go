package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"afterhours/handlers/auth"
	"afterhours/store"
	"afterhours/store/sqlite"
)

// needName returns an error if the name of the data folder is empty, which would mean the current folder.
func needName(data string) error {
	if data == "" {
		return usagef("--data is empty: name a folder, as in --data %s", dataFolder)
	}
	return nil
}

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
	return refuseOpenFolder(path, info)
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
		return "", fmt.Errorf("--data: %w", explainFile(err))
	}
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("--data: %w", err)
	}
	return created, refuseOpenFolder(path, info)
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

// refuseMissingStore returns an error if the data folder has no sqlite store, but once had one
// or still has a key. A new store there would hide that the old one was lost.
func refuseMissingStore(data string) error {
	data, err := filepath.Abs(data)
	if err != nil {
		return fmt.Errorf("--data: %w", err)
	}
	path, length, traces := sqlite.Find(data)
	if length > 0 {
		return nil
	}
	if _, err := os.Stat(filepath.Join(data, auth.KeyFile)); err == nil {
		traces = append(traces, auth.KeyFile)
	}
	if len(traces) == 0 {
		return nil
	}
	state := "missing"
	if length == 0 {
		state = "empty"
	}
	return fmt.Errorf("%s is %s, but the folder has %s: put the file back, or run afterhours restore with a backup; to begin with an empty store, run afterhours serve --new",
		path, state, strings.Join(traces, ", "))
}

// refuseOpenFolder returns an error if users other than the owner and the group may write in
// the folder: they could put files of their own in the place of the database and the key.
func refuseOpenFolder(path string, info fs.FileInfo) error {
	if mode := info.Mode().Perm(); mode&0o002 != 0 && runtime.GOOS != "windows" {
		return fmt.Errorf("--data: other users may write in the folder %s (its mode is %#o), and whoever does can replace the database and the key: run chmod o-w %[1]s, or give a folder inside of it", path, mode)
	}
	return nil
}
