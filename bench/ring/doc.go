// Package ring measures the built program over a ring of Apache Cassandra, on one node and on three, and writes
// ring.md: rates, the processor time of a server and of each node for a request, and what a statistic takes on disk. From
// those figures it simulates larger rings, and writes simulation.md. It leaves alone what the store must not lose, and
// how the simulation works, which package simulation owns.
//
//	go test ./bench/ring -v -timeout 2h -nodes 1,3 -write -rings 10,100,1000
package ring
