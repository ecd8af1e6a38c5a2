package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os/signal"
	"syscall"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"afterhours/handlers"
	"afterhours/traces"
)

// flushTimeout is how long the end of the server waits for the reader of its log.
const flushTimeout = time.Second

func serveCommand(environment Environment, given *settings) *cobra.Command {
	config := Config{Contract: environment.Contract, QueryTime: handlers.DefaultQueryTime}
	exitWithParent, check := false, false
	command := &cobra.Command{
		Use:   "serve",
		Short: "Serve the API until SIGTERM or SIGINT, then finish the requests under way and exit 0",
		Example: `  afterhours serve --demo
  afterhours serve --addr 127.0.0.1:0 --store memory
  afterhours serve --store memory --control
  afterhours serve --store memory --seed weeks.jsonl --ready-file ready.json --exit-with-parent
  afterhours serve --tls-dev
  afterhours serve --admin-addr 127.0.0.1:9090
  afterhours serve --query-time 5s
  afterhours serve --limit 100
  afterhours serve --config /etc/afterhours/config.yaml --check
  afterhours serve --issuer https://login.microsoftonline.com/TENANT/v2.0 --audience CLIENT-ID
  afterhours serve --issuer https://id.example.com/realms/work --audience api --claim tenant==GUID --claim user=sub`,
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) (err error) {
			if check {
				return checkServe(command, config, given.faults, environment.Environ)
			}
			out := config.logTo(command.ErrOrStderr(), slog.LevelInfo, environment.Environ)
			defer out.Close(flushTimeout)
			signal.Ignore(syscall.SIGPIPE) // the server goes on if the reader of its log is gone
			config.setUp(command.Root(), environment.Environ)
			if config.Tracer, err = traces.Start(command.Context(), environment.Environ, config.Logger); err != nil {
				return err
			}
			defer config.Tracer.Stop()
			config.leaveOutFolder(command.Flags())
			if !exitWithParent {
				return serve(command, config, nil)
			}
			return serve(command, config, command.InOrStdin())
		},
	}
	flags := command.Flags()
	config.addFlags(flags)
	flags.Lookup("durability").Usage = "for sqlite only. full: an answered write is on disk. normal: kill -9 loses nothing, but a power cut may lose the latest answered writes, at most 31 MiB of the journal"
	flags.BoolVar(&exitWithParent, "exit-with-parent", false, "end as after SIGTERM when standard input is closed: give a pipe that ends with the process that starts the server")
	flags.Var((*drainTime)(&config.Drain), "drain", "how long, after SIGTERM, /readyz is 503 while the server still serves, so that proxies and load balancers stop sending requests, as in 10s; then it finishes the requests under way and ends")
	flags.BoolVar(&check, "check", false, "start nothing: print each setting with where it comes from, and all that is wrong; exit 0 if nothing is, else 1")
	return command
}

// leaveOutFolder has a server without need for a data folder do without one. With --data, afterhours
// token finds the key there.
func (c *Config) leaveOutFolder(flags *pflag.FlagSet) {
	if c.Store == "memory" && !c.TLS.Dev && !flags.Changed("data") {
		c.Data = ""
	}
}

// addFlags adds the flags that fill the configuration.
func (c *Config) addFlags(flags *pflag.FlagSet) {
	c.StoreFlags.add(flags)
	flags.StringVar(&c.Addr, "addr", "127.0.0.1:8080", "address to listen on, or a port of this machine; port 0 picks a free one")
	flags.BoolVar(&c.Demo, "demo", false, "store a week of statistics for a demo user, and print a token and commands to try")
	c.Control.add(flags)
	flags.StringVar(&c.Clients, "clients", "", "with --control: file of the clients that may sign in as with Entra ID, a JSON list of objects with id, secret, roles and redirectUris. Without it any client may, with any secret")
	flags.StringVar(&c.Seed, "seed", "", "file of statistics, settings and names to begin with, JSON Lines or CSV as import takes them; a row replaces the stored one, and if one row is refused, none is stored and the server does not start")
	flags.StringVar(&c.ReadyFile, "ready-file", "", "file to write as soon as the server serves, and to remove when it ends: JSON with url, token, tenant, user, pid and, with --tls-dev, caFile")
	flags.StringVar(&c.PublicURL, "public-url", "", "URL by which clients reach the server, if it is not the one they connect to")
	flags.BoolVar(&c.SDKQuirks, "sdk-quirks", true, "accept and send what official Microsoft Graph SDKs need beyond OData")
	flags.Var((*queryTime)(&c.QueryTime), "query-time", "how long a list or a count may take, as in 500ms or 5s, at most "+maxQueryTime.String()+"; one that takes longer is stopped, and its answer is 400")
	flags.IntVar(&c.Limit, "limit", 0, "requests a second that each caller may send, 20 at once at least; a caller is the tenant, user and application of a token. 0 is no limit")
	flags.BoolVar(&c.Strict, "strict", false, "refuse what Graph leaves open and is nearly always a mistake: endDate before startDate, afterHours longer than duration, an activity that is not the type's, an empty or unknown time zone. Without it, the log has a hint once an hour")
	flags.Var(&c.LogLevel, "log-level", "lines of this level and above it are logged: debug, info, warn or error (default: info; with exec and no --log-file: warn)")
	c.AdminFlags.add(flags)
	flags.Var(&c.LogFormat, "log-format", "text: lines for people. json: an object on each line. auto: text on a terminal, json otherwise")
	c.IssuerFlags.add(flags)
	flags.BoolVar(&c.New, "new", false, "begin with an empty sqlite store in a folder whose store is missing; refused if there is one")
	c.TLS.add(flags)
}

// setUp limits the memory of the process, and warns of variables that look like those of flags.
func (c *Config) setUp(root *cobra.Command, environ []string) {
	for _, unknown := range unknownVariables(root, environ) {
		c.Logger.Warn("no flag has this environment variable"+unknown.suggestion, "name", unknown.name)
	}
	if limit := limitMemory(environ, "/"); limit > 0 {
		c.Logger.Info("memory is limited", "bytes", limit)
	}
}

// checkLimit returns an error if --limit is not a number of requests.
func checkLimit(limit int) error {
	if limit < 0 {
		return usagef("--limit %d: write the requests a second of each caller, as in --limit 100, or 0 for no limit", limit)
	}
	return nil
}

// serve runs the server until the context of the command is done or, unless parent is nil, until
// parent is at its end.
func serve(command *cobra.Command, config Config, parent io.Reader) error {
	ctx, stop := context.WithCancel(command.Context())
	defer stop()
	out := command.OutOrStdout()
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
	if parent != nil { // after the start, so that it has one meaning: the server ran, and was ended
		go func() {
			_, _ = io.Copy(io.Discard, parent) // an error is an end, too
			config.Logger.Info("standard input is closed, so the server ends")
			stop()
		}()
	}
	go releaseWhenIdle(ctx)
	notify(config.Logger, daemon.SdNotifyReady)
	fmt.Fprintln(out, "listening on", app.URL())
	if url := app.adminURL(); url != "" {
		fmt.Fprintln(out, "admin listening on", url)
	}
	if app.caFile != "" {
		printTrust(out, app.URL(), app.caFile)
	}
	if config.Demo || isTerminal(out) {
		if err := app.introduce(out); err != nil {
			return errors.Join(err, app.Stop())
		}
	}
	select {
	case <-ctx.Done():
		notify(config.Logger, daemon.SdNotifyStopping)
		app.sayStopping(command.ErrOrStderr())
		return errors.Join(app.drain(), app.Stop())
	case err := <-app.Failed():
		return errors.Join(err, app.Stop())
	}
}
