package cassandra

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"
)

// checks is how many random sequences and queries the suite tries, unless -rapid.checks says otherwise. Each is
// hundreds of calls, and a call takes a ring longer than a file.
const checks = "30"

func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", checks); err != nil { // before the flags are parsed
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	goleak.VerifyTestMain(m)
}
