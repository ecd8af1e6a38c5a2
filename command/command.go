// Package command owns the command line: the flags and their environment variables,
// what each command does, and the running server as a value (App). It leaves alone what
// the API answers, which is the work of handlers, and how data is kept, which is that
// of store.
//
//	command.go    one command line, from its arguments to its error
//	flags.go      where the data is
//	settings.go   flags that are not given: environment.go and config_file.go have where they come from
//	usage.go      errors of command lines that cannot be understood; suggest.go has suggestions
//	app.go        the running server: New, Start, Addr; stop.go ends it; open_store.go opens and watches its store
//	connections.go, streams.go  bounds of connections and HTTP/2 streams; log.go has lines of the log, log_format.go their format
//	serve.go      serve; check.go, check_files.go and check_networks.go have serve --check
//	              tls.go, tls_dev.go, demo.go, seed.go and ready.go have its options
//	tracing.go    the client that carries traces; traces.Start reads the OTEL_ variables for serve
//	exec.go       exec: a server for the time that another program runs
//	builtin.go    help and completion; completion.go has the values of flags, man.go the manual pages
//	exchange.go   what export.go and import.go share
//	folder.go     which data folders are refused
package command

import (
	"context"
	"io"
	"slices"

	"github.com/spf13/cobra"
)

// Environment has all that a command line may read and write besides files and networks.
type Environment struct {
	Contract []byte   // openapi.yaml, which the server shows and enforces
	Args     []string // without the name of the program
	Environ  []string // the variables, as NAME=value
	Stdin    io.Reader
	Stdout   io.Writer
	Stderr   io.Writer
}

// Run runs one command line until it is done or ctx is. The error has no words if all is said: the
// command of exec has failed, and ExitCode returns how. A flag that is not among the
// arguments is taken from its environment variable, if that is set: --public-url from
// AFTERHOURS_PUBLIC_URL. The values of a flag that may be repeated are separated by spaces there.
// A flag that is in neither is taken from the file of --config.
func Run(ctx context.Context, environment Environment) error {
	root := newRoot(environment)
	running := false
	markRuns(root, &running)
	command, err := root.ExecuteContextC(ctx)
	if err != nil && !running {
		err = explainCommand(root, environment.Args, err)
	}
	if err != nil {
		err = nameOrigin(command.Flags(), err)
	}
	if err != nil && (!running || isUsage(err)) {
		if command.Name() == "help" {
			command = root
		}
		return usagef("%w; see %s --help", err, command.CommandPath())
	}
	return err
}

// newRoot returns the command line without its commands having run.
func newRoot(environment Environment) *cobra.Command {
	given := &settings{keepFaults: slices.Contains(environment.Args, "--check")}
	root := &cobra.Command{
		Use:   "afterhours",
		Short: "A server for work-activity statistics that Microsoft Graph's clients can read and write",
		Example: `  afterhours serve --demo
  afterhours exec -- npm test
  afterhours token --upn megan@example.com
  afterhours generate --users 100 | afterhours import -`,
		SilenceErrors: true,
		SilenceUsage:  true,
		PersistentPreRunE: func(command *cobra.Command, _ []string) error {
			if !command.HasParent() {
				return nil // --version is no setting
			}
			return given.complete(command, environment.Environ)
		},
	}
	root.AddCommand(serveCommand(environment, given), execCommand(environment), tokenCommand(), userCommand(environment.Contract), importCommand(environment.Contract), exportCommand(environment.Contract),
		generateCommand(environment.Contract), backupCommand(), restoreCommand(), doctorCommand(), healthCommand(), versionCommand(environment.Contract), manCommand())
	for _, command := range root.Commands() {
		nameVariables(command)
	}
	addVersionFlag(root, environment.Contract)
	if !isCompletion(environment.Args) { // cobra then sets each flag twice
		given.refuseRepeats(root)
	}
	completeFlags(root)
	root.SetFlagErrorFunc(explainFlag)
	root.SetUsageTemplate(root.UsageTemplate() + `
A flag that is not given is taken from its environment variable, which is in brackets, or else
from the file of --config.
`)
	root.SetArgs(environment.Args)
	root.SetIn(environment.Stdin)
	root.SetOut(environment.Stdout)
	root.SetErr(environment.Stderr)
	addBuiltins(root)
	return root
}

// markRuns has every command set running when it begins to run. An error before that
// moment is an error of the command line.
func markRuns(command *cobra.Command, running *bool) {
	if run := command.RunE; run != nil {
		command.RunE = func(command *cobra.Command, args []string) error {
			*running = true
			return run(command, args)
		}
	}
	for _, child := range command.Commands() {
		markRuns(child, running)
	}
}
