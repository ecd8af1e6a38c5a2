// Package ring owns the proof that nothing is lost or out of order over a ring of three nodes of
// Cassandra whose nodes are killed, paused, cut off, restarted and replaced, under the built
// program. ring.md has the results of long runs. The package leaves alone what a store must
// promise, which storetest has.
package ring
