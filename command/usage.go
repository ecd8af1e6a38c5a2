package command

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// usageError is the error of a command line that cannot be understood.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// usagef is fmt.Errorf for a command line that cannot be understood.
func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

func isUsage(err error) bool {
	var usage usageError
	return errors.As(err, &usage)
}

// exitError is an error with an exit code of its own.
type exitError struct {
	code    int    // not 0
	message string // "" if all is said
}

func (e exitError) Error() string { return e.message }

// ExitCode returns the exit code of the program for an error of Run: 2 if the command line
// cannot be understood, that of the command that exec has run, else 1.
func ExitCode(err error) int {
	var exit exitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.code
	case isUsage(err):
		return 2
	}
	return 1
}

// needFile checks the arguments of a command that takes one file.
func needFile(command *cobra.Command, args []string) error {
	if len(args) == 0 {
		return usagef("name the FILE, as in %s", firstExample(command))
	}
	return atMostOneFile(command, args)
}

// needFlags checks that those of the flags that the command has are given and not empty.
func needFlags(command *cobra.Command, names ...string) error {
	for _, name := range names {
		if flag := command.Flags().Lookup(name); flag != nil && flag.Value.String() == "" {
			return usagef("--%s is missing, as in %s", name, firstExample(command))
		}
	}
	return nil
}

// firstExample returns the first line of the command's examples.
func firstExample(command *cobra.Command) string {
	example, _, _ := strings.Cut(strings.TrimSpace(command.Example), "\n")
	return example
}

// atMostOneFile checks the arguments of a command that takes one file or none.
func atMostOneFile(_ *cobra.Command, args []string) error {
	if len(args) > 1 {
		return usagef("one FILE only, not %d; put a name with spaces in quotes", len(args))
	}
	return nil
}
