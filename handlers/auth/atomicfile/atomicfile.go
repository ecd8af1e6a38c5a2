// Package atomicfile owns files that are on disk complete or not at all, and those that
// only their owner may use. It leaves alone what they hold.
package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// Create makes a file that only its owner may read, unless there is a file already: then
// that one stays, and there is no error. Of several processes that create the same file,
// one does. The text is written under another name and then linked, because a link, unlike
// a rename, never replaces.
func Create(path string, text []byte) error {
	temporary, err := writeTemporary(path, text, 0o600)
	if err != nil {
		return err
	}
	defer os.Remove(temporary)
	if err := os.Link(temporary, path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// Replace puts a complete file in the place of the one that was there, if any.
func Replace(path string, text []byte, mode fs.FileMode) error {
	temporary, err := writeTemporary(path, text, mode)
	if err != nil {
		return err
	}
	if err := os.Rename(temporary, path); err != nil {
		return errors.Join(err, os.Remove(temporary))
	}
	return nil
}

// CheckOwnerOnly returns an error if users other than the owner may use the file. The
// error names the harm: what whoever reads the file can do. Windows has no such modes.
func CheckOwnerOnly(path string, info fs.FileInfo, harm string) error {
	if mode := info.Mode().Perm(); mode&0o077 != 0 && runtime.GOOS != "windows" {
		return fmt.Errorf("other users may use %s (its mode is %#o), and whoever reads it can %s: run chmod 600 %[1]s", path, mode, harm)
	}
	return nil
}

// writeTemporary writes the text to a new file in the folder of path, and returns the
// file's name once the text is on disk: no crash leaves an incomplete file.
func writeTemporary(path string, text []byte, mode fs.FileMode) (name string, err error) {
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new-*") // its mode is 0600
	if err != nil {
		return "", err
	}
	_, err = file.Write(text)
	err = errors.Join(err, file.Chmod(mode), file.Sync(), file.Close())
	if err != nil {
		return "", errors.Join(err, os.Remove(file.Name()))
	}
	return file.Name(), nil
}
