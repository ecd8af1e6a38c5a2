// Package durability_test owns the proof that no answered write is lost: it kills servers,
// breaks their disks, attacks them, and compares what was answered with what is stored. The
// *.md beside the tests have the results of long runs. It leaves alone how fast the program
// is, which bench measures.
package durability_test

import (
	"fmt"
	"os"
	"testing"

	_ "afterhours/command" // so that go test repeats these tests when the program changes
	"afterhours/contract/program"
)

func TestMain(m *testing.M) {
	if order := os.Getenv(floodVariable); order != "" { // this process was started by TestStreams
		if err := runFlood(order); err != nil {
			fmt.Fprintln(os.Stderr, "flood:", err)
			os.Exit(1)
		}
		return
	}
	os.Exit(program.Main(m))
}
