// Package deploy owns the proof that the files of this folder fit the program and each other: the settings
// are ones that serve takes, and whatever ends a server waits for it. check/run holds the files against
// the formats of others.
package deploy
