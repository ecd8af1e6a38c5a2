package command

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// createFile creates a file that only its owner may read, with all of its text at once.
// It leaves an existing file alone: a link, unlike a rename, never replaces.
func createFile(path string, text []byte) error {
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

// replaceFile creates or replaces a file, with all of its text at once.
func replaceFile(path string, text []byte, mode fs.FileMode) error {
	temporary, err := writeTemporary(path, text, mode)
	if err != nil {
		return err
	}
	if err := os.Rename(temporary, path); err != nil {
		return errors.Join(err, os.Remove(temporary))
	}
	return nil
}

// writeTemporary writes the text to a file in the folder of path, syncs it and returns its
// name.
func writeTemporary(path string, text []byte, mode fs.FileMode) (name string, err error) {
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new-*")
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
