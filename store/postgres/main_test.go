package postgres

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"testing"

	"go.uber.org/goleak"

	"afterhours/store/storetest/strace"
)

// asUpgrade is an environment variable with an address. If it is set, the test binary opens
// the store there instead of running tests. A test kills it meanwhile.
const asUpgrade = "AFTERHOURS_TEST_UPGRADE"

func TestMain(m *testing.M) {
	address := os.Getenv(asUpgrade)
	if address == "" {
		goleak.VerifyTestMain(m)
		return
	}
	runtime.LockOSThread() // so that the system calls come in the same order every time
	if _, err := Open(context.Background(), address); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// upgrading runs the upgrade of an address under strace.
func upgrading(t *testing.T, address string) strace.Run {
	return func(options ...string) *exec.Cmd {
		command := strace.Command(t, slices.Concat(options, os.Args[:1])...)
		command.Env = append(os.Environ(), asUpgrade+"="+address)
		return command
	}
}
