package sqlite

import (
	"fmt"
	"os"
	osexec "os/exec" // the package has an exec of its own
	"slices"
	"testing"

	"go.uber.org/goleak"

	"afterhours/store/storetest/strace"
)

// asChild is an environment variable with the name of one of children. If it is set, the
// test binary runs that instead of the tests. Tests trace or kill such a process.
const asChild = "AFTERHOURS_TEST_AS_CHILD"

var children = map[string]func(args []string) error{
	"write":   writeLoad,
	"upgrade": upgrade,
	"batches": commitBatches,
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

// straced returns the command that runs a child under strace.
func straced(t *testing.T, options []string, child string, args ...string) *osexec.Cmd {
	t.Helper()
	command := strace.Command(t, slices.Concat(options, []string{os.Args[0]}, args)...)
	command.Env = append(os.Environ(), asChild+"="+child)
	return command
}
