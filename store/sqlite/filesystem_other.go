//go:build !linux

package sqlite

// File systems are known only on Linux.

func refuseNetwork(string) error { return nil }

func refuseReadOnlySystem(string) error { return nil }
