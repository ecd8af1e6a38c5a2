package sqlite

import (
	"fmt"
	"os"
)

// refuseReadOnly returns an error if a file can only be read. A process that has the file
// open may still be able to write it, but the next start could not.
func refuseReadOnly(path string) error {
	if info, err := os.Stat(path); err == nil && info.Mode().Perm()&0o200 == 0 {
		return fmt.Errorf("%s is read-only (its mode is %#o): run chmod u+w %[1]s", path, info.Mode().Perm())
	}
	return refuseReadOnlySystem(path)
}
