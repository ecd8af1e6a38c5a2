//go:build unix

package command

import "syscall"

// writable returns why this user cannot make files in the folder, without making one.
func writable(folder string) error {
	const write, search = 2, 1
	return syscall.Access(folder, write|search)
}
