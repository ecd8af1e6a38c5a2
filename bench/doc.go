// Package bench measures the built program from outside, and compares stores with each
// other and with pgbench in one run. The *.md beside it have the results of long runs. It
// leaves alone what one part of the program costs, which the benchmarks beside that part
// measure, and what the program must not lose, which contract/durability proves.
package bench
