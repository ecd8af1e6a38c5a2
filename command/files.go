package command

import (
	"cmp"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// explainFile puts the error of the system about a file into words that name the file. It returns
// any other error as it is.
func explainFile(err error) error {
	var failed *fs.PathError
	if !errors.As(err, &failed) {
		return err
	}
	path, folder := failed.Path, filepath.Dir(failed.Path)
	switch {
	case errors.Is(err, fs.ErrExist):
		return fmt.Errorf("%s exists; name a new file", path)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("the rights of %s do not let this user %s it", path, failed.Op)
	case errors.Is(err, syscall.ENOTDIR):
		return fmt.Errorf("%s is a file; a folder must be there", nearestThere(path))
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if _, missing := os.Stat(folder); errors.Is(missing, fs.ErrNotExist) {
		return fmt.Errorf("there is no folder %s", folder)
	}
	return fmt.Errorf("there is no file %s%s", path, suggestFile(path))
}

// nearestThere returns the path, or else the nearest folder above it that is there.
func nearestThere(path string) string {
	for {
		if _, err := os.Stat(path); err == nil || path == filepath.Dir(path) {
			return path
		}
		path = filepath.Dir(path)
	}
}

// suggestFile returns words that suggest the file of the same folder with the nearest name, "" for none.
func suggestFile(path string) string {
	folder, name := filepath.Split(path)
	open, err := os.Open(cmp.Or(folder, "."))
	if err != nil {
		return ""
	}
	defer func() { _ = open.Close() }()
	names, _ := open.Readdirnames(manyFiles) // with an error for an empty folder
	return didYouMean(name, folder, names)
}

// manyFiles is how many names of a folder are compared with a mistyped one.
const manyFiles = 10_000

// explainCertificate puts the error of a certificate and its key into words that name the file.
func explainCertificate(cert, key string, err error) error {
	for _, file := range []struct{ flag, path, kind, what string }{
		{"--tls-cert", cert, "CERTIFICATE", "certificate"}, {"--tls-key", key, "PRIVATE KEY", "private key"},
	} {
		text, unread := os.ReadFile(file.path)
		if unread != nil {
			return fmt.Errorf("%s: %w", file.flag, explainFile(unread))
		}
		if !hasBlock(text, file.kind) {
			return fmt.Errorf("%s %s: it has no %s in PEM", file.flag, file.path, file.what)
		}
	}
	return fmt.Errorf("--tls-cert %s, --tls-key %s: %w", cert, key, err)
}

// hasBlock reports whether the text has a PEM block of the kind, as EC PRIVATE KEY is of PRIVATE KEY.
func hasBlock(text []byte, kind string) bool {
	for {
		block, rest := pem.Decode(text)
		if block == nil {
			return false
		}
		if strings.HasSuffix(block.Type, kind) {
			return true
		}
		text = rest
	}
}
