package command

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"afterhours/command/generate"
	"afterhours/handlers/exchange"
	"afterhours/store/edm"
)

// generateUntil is the default of --until. It never changes, so that the same command line writes
// the same bytes on every day. It is a Saturday.
const generateUntil = "2026-10-31"

// generateCommand writes made-up statistics.
func generateCommand(contract []byte) *cobra.Command {
	plan := generate.Plan{Users: 10, Weeks: 4, Seed: 7}
	var until, format string
	command := &cobra.Command{
		Use:   "generate",
		Short: "Write believable statistics of users who do not exist to standard output",
		Long: `Write believable statistics of users who do not exist to standard output.

import and serve --seed take the output. Each user has five statistics for every day:
there are working days and weekends, holidays, part-time users, many meetings and few
calls, and work after hours on some days of some users. The same flags write the same
bytes, on every machine and on every day.`,
		Example: `  afterhours generate --users 100 --weeks 52 --seed 7 >year.jsonl
  afterhours generate --format csv --zone Europe/Berlin --until 2026-06-27
  afterhours generate | afterhours import -`,
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) (err error) {
			if plan.Until, err = edm.ParseDate(until); err != nil {
				return usagef("--until %s: it must be a date, YYYY-MM-DD, as in %s", until, generateUntil)
			}
			if err := errors.Join(checkGUID("--tenant", &plan.Tenant), plan.Check()); err != nil {
				return usagef("%w", err)
			}
			if format, err = fileFormat(format, ""); err != nil {
				return err
			}
			x, err := newExchange(contract)
			if err != nil {
				return err
			}
			if err := checkZone(x, &plan); err != nil {
				return err
			}
			out := command.OutOrStdout()
			bar := newRowBar(command.ErrOrStderr(), isTerminal(command.ErrOrStderr()) && !isTerminal(out), plan.Count(), "generating")
			defer func() { _ = bar.Clear() }()
			return writeItems(command.Context(), x, format, &plan, bar, out)
		},
	}
	flags := command.Flags()
	flags.IntVar(&plan.Users, "users", plan.Users, "how many users; with more, the statistics of the first ones are the same")
	flags.IntVar(&plan.Weeks, "weeks", plan.Weeks, "how many weeks of seven days; with more, the statistics of the last ones are the same")
	flags.Uint64Var(&plan.Seed, "seed", plan.Seed, "any number; with another one, the users and their days are others")
	flags.StringVar(&plan.Tenant, "tenant", demoTenant, "tenant (tid) of the users, a GUID")
	flags.StringVar(&plan.Zone, "zone", "", "time zone of all users, a name of Windows or of IANA (if it is not given: each user has one of eight)")
	flags.StringVar(&until, "until", generateUntil, "the last day; the default never changes")
	flags.StringVar(&format, "format", jsonLines, "jsonl or csv")
	return command
}

// checkZone returns an error if the contract refuses the time zone: no row could be imported.
func checkZone(x *exchange.Exchange, plan *generate.Plan) error {
	for item := range plan.Items() {
		next, err := x.JSONLines(bytes.NewReader(x.AppendJSON(nil, item)), 1)()
		if err != nil {
			return err
		}
		if row := next(); len(row.Faults) > 0 {
			return usagef("--zone: %s", strings.TrimSuffix(row.Faults[0].Reason, "."))
		}
		break
	}
	return nil
}

// writeItems writes the items of the plan until ctx is done.
func writeItems(ctx context.Context, x *exchange.Exchange, format string, plan *generate.Plan, bar *progressbar.ProgressBar, out io.Writer) error {
	write, flush := newRowWriter(x, format, out, true)
	for item := range plan.Items() {
		if err := errors.Join(ctx.Err(), write(item)); err != nil {
			return fmt.Errorf("the output ended early: %w", err)
		}
		_ = bar.Add(1) // an error if a terminal is gone
	}
	return flush()
}
