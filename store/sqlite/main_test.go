package sqlite

import (
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"
)

// asChild makes the test binary do one of children instead of the tests, for tests that
// need a process to trace or to kill.
const asChild = "AFTERHOURS_TEST_AS_CHILD"

var children = map[string]func(args []string) error{
	"write": writeLoad,
}

func TestMain(m *testing.M) {
	child, is := children[os.Getenv(asChild)]
	if !is {
		goleak.VerifyTestMain(m)
		return
	}
	if err := child(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
