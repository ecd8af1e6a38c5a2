package traced

import (
	"context"
	"errors"

	"afterhours/store"
	"afterhours/traces"
)

// outcomes has the outcome of each error. The first row that errors.Is decides.
var outcomes = []struct {
	err error
	traces.Outcome
}{
	{store.ErrNotFound, traces.Outcome{Word: "not_found"}},
	{store.ErrExists, traces.Outcome{Word: "exists"}},
	{store.ErrConflict, traces.Outcome{Word: "conflict"}},
	{store.ErrNoResult, traces.Outcome{Word: "no_result"}},
	{store.ErrFull, traces.Outcome{Word: "full", IsFailed: true}},
	{store.ErrDamaged, traces.Outcome{Word: "damaged", IsFailed: true}},
	{store.ErrStopped, traces.Outcome{Word: "stopped", IsFailed: true}},
	{store.ErrUnavailable, traces.Outcome{Word: "unavailable", IsFailed: true}},
	{store.ErrClosed, traces.Outcome{Word: "closed", IsFailed: true}},
}

// outcome returns the outcome of a call with its context and error. If the context has ended, the error
// may be any, as it is the context's cause.
func outcome(ctx context.Context, err error) traces.Outcome {
	if err == nil {
		return traces.Outcome{Word: "ok"}
	}
	for _, row := range outcomes {
		if errors.Is(err, row.err) {
			return row.Outcome
		}
	}
	if ctx.Err() != nil {
		return traces.Outcome{Word: "ended"}
	}
	return traces.Outcome{Word: "other", IsFailed: true}
}
