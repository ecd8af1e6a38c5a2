package sqlite

import (
	"os"
	"path/filepath"
)

// Find returns the path of the folder's database and its length in bytes, which is -1 if
// there is no file and 0 if the file has no database. traces are the names of files that a
// folder has only if it once had a database. Find changes nothing.
func Find(dir string) (path string, length int64, traces []string) {
	path, length = filepath.Join(dir, fileName), -1
	if info, err := os.Stat(path); err == nil {
		length = info.Size()
	}
	for _, name := range []string{lockName, countName, fileName + "-wal"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			traces = append(traces, name)
		}
	}
	return path, length, traces
}
