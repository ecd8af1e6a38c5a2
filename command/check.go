package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"afterhours/traces"
)

// A diagnosis is what serve --check finds out. It changes nothing.
type diagnosis struct {
	config   Config
	flags    *pflag.FlagSet
	faults   []error  // why a server would not start, or would be of no use to its clients
	warnings []string // what is worth a look, and may pass
}

// checkServe prints each setting of a server with where it comes from, and everything that is wrong. The
// faults are those of single flags.
func checkServe(command *cobra.Command, config Config, faults []error, environ []string) error {
	d := &diagnosis{config: config, flags: command.Flags(), faults: faults}
	for _, unknown := range unknownVariables(command.Root(), environ) {
		d.warn("environment variable %s: no flag has it%s", unknown.name, unknown.suggestion)
	}
	d.config.leaveOutFolder(d.flags)
	d.fault(d.config.settle()...)
	tracer, err := traces.Start(command.Context(), environ, slog.New(slog.DiscardHandler))
	d.fault(err)
	tracer.Stop()
	d.checkFiles(command.Context())
	d.checkNetworks(command.Context())
	return d.print(command.OutOrStdout())
}

// fault keeps those of the errors that are not nil, with the place of the flag that is to blame.
func (d *diagnosis) fault(errs ...error) {
	for _, err := range errs {
		if err != nil {
			d.faults = append(d.faults, nameOrigin(d.flags, err))
		}
	}
}

func (d *diagnosis) warn(format string, args ...any) {
	d.warnings = append(d.warnings, fmt.Sprintf(format, args...))
}

// print prints the settings, then what is wrong. The error is not nil if something is.
func (d *diagnosis) print(out io.Writer) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	d.flags.VisitAll(func(flag *pflag.Flag) {
		if flag.Name != "check" && flag.Name != "help" {
			fmt.Fprintf(table, "%s\t%s\t%s\n", flag.Name, d.shown(flag), origin(flag))
		}
	})
	if err := table.Flush(); err != nil {
		return err
	}
	for _, warning := range d.warnings {
		fmt.Fprintf(out, "warning: %s\n", warning)
	}
	for _, fault := range d.faults {
		fmt.Fprintf(out, "wrong: %v\n", fault)
	}
	if len(d.faults) > 0 {
		return exitError{1, counted(len(d.faults), "problem") + "; nothing was started"}
	}
	_, err := fmt.Fprintln(out, "ok")
	return err
}

// shown returns the value that a server would use, without a password.
func (d *diagnosis) shown(flag *pflag.Flag) string {
	value := flag.Value.String()
	switch flag.Name {
	case "addr":
		value = d.config.Addr
	case "control":
		value = string(d.config.Control)
	case "data":
		value = d.config.Data
	case "store":
		value = d.config.address()
	}
	if list, isList := flag.Value.(pflag.SliceValue); isList {
		value = strings.Join(list.GetSlice(), ", ")
	}
	if value == "" {
		return "-"
	}
	return hideUser(value)
}

// origin returns where the value of a flag comes from.
func origin(flag *pflag.Flag) string {
	given, _ := flag.Value.(*once)
	switch {
	case len(flag.Annotations[originOf]) > 0:
		return flag.Annotations[originOf][0]
	case given != nil && given.refused:
		return "default, as the flag is wrong"
	case flag.Changed:
		return "flag"
	}
	return "default"
}

// hideUser leaves the user and the password out of a URL.
func hideUser(text string) string {
	scheme, rest, isURL := strings.Cut(text, "://")
	if at := strings.LastIndexByte(rest, '@'); isURL && at >= 0 {
		return scheme + "://...@" + rest[at+1:]
	}
	return text
}

// explainReach puts the error of something that does not answer into words.
func explainReach(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("it does not answer within %v", reachTimeout)
	}
	return err
}
