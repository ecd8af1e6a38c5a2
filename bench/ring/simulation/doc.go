// Package simulation simulates servers of the program over a ring of Apache Cassandra, event by event, from measured
// processor times. Nothing runs: its figures are those of a model. The same seed gives the same figures. The package
// leaves alone where the costs come from.
//
//	request -> a core of a server -> a read of the owner's partition, unless the server remembers the statistic
//	        -> the owner's queue in the server -> a read -> prepare, propose, commit -> response
//
// Every step asks the owner's first replica, which asks the replicas and waits for most of them. Work waits for a core of
// its node, first come first served. A message takes the time of the network.
package simulation
