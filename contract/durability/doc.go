// Package durability owns the proof that no answered write is lost: it kills servers,
// breaks their disks, attacks them, and compares what was answered with what is stored. The
// *.md beside the tests have the results of long runs. It leaves alone how fast the program
// is, which bench measures.
package durability
