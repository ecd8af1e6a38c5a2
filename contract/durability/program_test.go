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
