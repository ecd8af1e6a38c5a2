// Package durability_test owns the proof that no answered write is lost: it kills servers,
// breaks their disks, attacks them, and compares what was answered with what is stored. The
// *.md beside the tests have the results of long runs. It leaves alone how fast the program
// is, which bench measures.
package durability_test

import (
	"os"
	"testing"

	_ "afterhours/command" // go test repeats a passed test only if a package that it imports has changed
	"afterhours/contract/program"
)

func TestMain(m *testing.M) { os.Exit(program.Main(m)) }

// TestTheProgramIsBuiltFromTheContract makes go test repeat the tests of this package when
// openapi.yaml or main.go has changed, since it remembers the files that tests read.
func TestTheProgramIsBuiltFromTheContract(t *testing.T) {
	for _, file := range []string{"../../openapi.yaml", "../../main.go"} {
		if _, err := os.ReadFile(file); err != nil {
			t.Error(err)
		}
	}
}
