package command

import (
	"context"
	"fmt"
	"strings"

	"afterhours/store/bulk"
)

// maxSeedFaults is how many refused rows an error names; a person mends these first.
const maxSeedFaults = 5

// readSeed reads the file of --seed. It is an error if a row is refused: tests that begin with
// another state than they think are worse than a server that does not start.
func (a *App) readSeed(ctx context.Context) error {
	name := a.config.Seed
	if name == "" {
		return nil
	}
	format, err := fileFormat("", name)
	if err != nil {
		return usagef("--seed %s: it must be JSON Lines or CSV; end the name in .jsonl or .csv", name)
	}
	file, err := openFile(name)
	if err != nil {
		return fmt.Errorf("--seed: %w", err)
	}
	defer func() { _ = file.Close() }()
	x, err := newExchange(a.config.Contract)
	if err != nil {
		return err
	}
	text := interruptible(ctx, file)
	defer func() { _ = text.Close() }()
	source := x.JSONLines(text, 1)
	if format == csvRows {
		if source, err = x.CSV(text, demoTenant, 1); err != nil {
			return fmt.Errorf("--seed %s: %w", name, err)
		}
	}
	if a.seed, err = bulk.ReadAll(ctx, source); err != nil {
		return fmt.Errorf("--seed %s: %w", name, err)
	}
	if err := refuseFaults(a.seed); err != nil {
		return fmt.Errorf("--seed %s: %w", name, err)
	}
	return nil
}

// refuseFaults returns an error that names the first rows with faults, if there are any.
func refuseFaults(rows []bulk.Row) error {
	var faults []string
	for _, row := range rows {
		if len(row.Faults) > 0 {
			faults = append(faults, fmt.Sprintf("line %d: %s", row.Line, faultText(row.Faults[0])))
		}
	}
	if len(faults) == 0 {
		return nil
	}
	shown := faults[:min(len(faults), maxSeedFaults)]
	return fmt.Errorf("%d of %d rows are refused, so none is stored: %s", len(faults), len(rows), strings.Join(shown, " "))
}

// storeSeed stores the rows of --seed as import does, and says how many.
func (a *App) storeSeed(ctx context.Context) error {
	if a.config.Seed == "" {
		return nil
	}
	counts, err := bulk.Import(ctx, a.store, bulk.SourceOf(a.seed), nil)
	if err != nil {
		return err
	}
	a.config.Logger.Info("loaded the seed", "file", a.config.Seed, "created", counts.Created, "replaced", counts.Replaced, "unchanged", counts.Unchanged)
	return nil
}
