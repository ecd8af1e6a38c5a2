//go:build unix

package command

import (
	"math"
	"syscall"
)

// openFiles returns how many files and connections the process may have open. Go has raised the soft
// limit to the hard one.
func openFiles() int {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return math.MaxInt32
	}
	return int(min(uint64(limit.Cur), math.MaxInt32))
}
