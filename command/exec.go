package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"afterhours/handlers"
)

func execCommand(environment Environment) *cobra.Command {
	config := Config{Contract: environment.Contract, QueryTime: handlers.DefaultQueryTime}
	logFile := ""
	command := &cobra.Command{
		Use:   "exec [flags] -- COMMAND [ARGUMENT]...",
		Short: "Run a command with a server of its own, and end with the exit code of the command",
		Long: `Run a command with a server of its own, and end with the exit code of the command.

The server listens on a free port, keeps its data in memory, and has the API by which
tests steer it (serve --control). It ends when the command does. The command has the
standard streams, gets SIGINT and SIGTERM passed on, and finds in its environment:

  AFTERHOURS_URL             scheme, host and port of the server
  AFTERHOURS_TOKEN           a token of the demo user for 24 hours
  AFTERHOURS_TENANT          the tenant of that user
  AFTERHOURS_USER            the object id of that user
  AFTERHOURS_CONTROL_TOKEN   a token for the API below /control, which a server over
                             Cassandra does not have
  AFTERHOURS_CA_FILE         with --tls-dev, the certificate to trust; also as
                             NODE_EXTRA_CA_CERTS, for Node

The exit code is 127 if the command is not found, 126 if it cannot be executed, and 128
and the number of the signal if a signal has ended it.`,
		Example: `  afterhours exec -- npm test
  afterhours exec --demo -- pytest tests
  afterhours exec --seed weeks.jsonl --tls-dev --log-file server.log -- go test ./...`,
		Args: needCommand,
		RunE: func(command *cobra.Command, args []string) (err error) {
			child, err := findCommand(args)
			if err != nil {
				return err
			}
			child.Stdin, child.Stdout, child.Stderr = command.InOrStdin(), command.OutOrStdout(), command.ErrOrStderr()
			closeLog, err := config.openLog(logFile, command.ErrOrStderr(), environment.Environ)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, closeLog()) }()
			config.setUp(command.Root(), environment.Environ)
			if config.isCassandra() && !command.Flags().Changed("control") {
				config.Control = controlOff // such a ring cannot be reset
			}
			if config.Data == "" && (config.Store == "sqlite" || config.TLS.Dev) {
				if config.Data, err = os.MkdirTemp("", "afterhours-exec-"); err != nil {
					return err
				}
				defer func() { err = errors.Join(err, os.RemoveAll(config.Data)) }()
			}
			return runWithServer(command.Context(), config, child, environment.Environ)
		},
	}
	flags := command.Flags()
	flags.SetInterspersed(false) // the flags of COMMAND are its own
	config.addFlags(flags)
	for name, value := range map[string]string{"addr": "127.0.0.1:0", "store": "memory", "control": string(controlLocal), "data": ""} {
		flag := flags.Lookup(name)
		_ = flag.Value.Set(value) // a valid one
		flag.DefValue = value
	}
	flags.Lookup("data").Usage = "folder of the data and of the key that signs tokens; if it is not given and one is needed, a new one, which is removed at the end"
	flags.Lookup("demo").Usage = "store a week of statistics for a demo user"
	flags.StringVar(&logFile, "log-file", "", "file for the log of the server, a line for each request; if it is not given, only warnings and errors are logged, to standard error")
	return command
}

// needCommand checks the arguments of exec.
func needCommand(command *cobra.Command, args []string) error {
	if len(args) == 0 || args[0] == "" {
		return usagef("name the COMMAND, as in %s", firstExample(command))
	}
	return nil
}

// openLog has the server log to the file, or warnings and errors to stderr if its name is "". The
// caller must call the function that it returns when the server has ended.
func (c *Config) openLog(name string, stderr io.Writer, environ []string) (closeLog func() error, err error) {
	to, level, closeFile := stderr, slog.LevelWarn, func() error { return nil }
	if name != "" {
		file, err := os.OpenFile(name, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
		if err != nil {
			return nil, fmt.Errorf("--log-file: %w", explainFile(err))
		}
		to, level, closeFile = file, slog.LevelInfo, file.Close
	}
	out := c.logTo(to, level, environ)
	return func() error {
		out.Close(flushTimeout)
		return closeFile()
	}, nil
}

// runWithServer starts a server in this process, runs the command and ends the server. The server
// thus ends with this process, whatever ends that.
func runWithServer(ctx context.Context, config Config, child *exec.Cmd, environ []string) error {
	app, err := New(ctx, config)
	if err != nil {
		return err
	}
	if err := app.Start(ctx); err != nil {
		return errors.Join(err, app.Stop())
	}
	if err := app.announce(); err != nil {
		return errors.Join(err, app.Stop())
	}
	r, err := app.Ready()
	if err != nil {
		return errors.Join(err, app.Stop())
	}
	child.Env = withServer(environ, r)
	ended := runChild(ctx, child)
	err = app.Stop()
	select {
	case failed := <-app.Failed():
		err = errors.Join(failed, err)
	default:
	}
	if err != nil {
		return exitError{max(ExitCode(ended), 1), err.Error()}
	}
	return ended
}

// withServer returns the environment with the variables that lead to the server, and without
// those that lead to another one.
func withServer(environ []string, r Ready) []string {
	kept := slices.DeleteFunc(slices.Clone(environ), func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		return name != "AFTERHOURS_BIN" && slices.Contains(clientVariables, name)
	})
	kept = append(kept, "AFTERHOURS_URL="+r.URL, "AFTERHOURS_TOKEN="+r.Token, "AFTERHOURS_TENANT="+r.Tenant, "AFTERHOURS_USER="+r.User)
	if r.ControlToken != "" {
		kept = append(kept, "AFTERHOURS_CONTROL_TOKEN="+r.ControlToken)
	}
	if r.CAFile != "" {
		kept = append(kept, "AFTERHOURS_CA_FILE="+r.CAFile, "NODE_EXTRA_CA_CERTS="+r.CAFile)
	}
	return kept
}
