//go:build !unix

package command

import "math"

// openFiles returns how many files and connections the process may have open. Such systems set no
// limit.
func openFiles() int { return math.MaxInt32 }
