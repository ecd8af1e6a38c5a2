package traces

import (
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/go-logr/logr"
)

// quietTime is the least time between two lines about traces that could not be sent. A collector may be
// away for days.
const quietTime = time.Minute

// complaintMax is how many bytes of a complaint are logged. It may hold the body of a response.
const complaintMax = 300

// complaints takes the errors of the SDK, which has no other way to tell them. It implements
// otel.ErrorHandler and logr.LogSink.
type complaints struct {
	log *slog.Logger

	mu         sync.Mutex // protects all below
	hasStarted bool
	atStart    error     // all complaints before hasStarted
	quietUntil time.Time // no line before this time
	leftOut    int       // complaints without a line since the last line
}

// Handle implements otel.ErrorHandler.
func (c *complaints) Handle(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch now := time.Now(); {
	case !c.hasStarted:
		c.atStart = errors.Join(c.atStart, err)
	case now.Before(c.quietUntil):
		c.leftOut++
	default:
		text := err.Error()
		c.log.Warn("traces were not sent", "error", text[:min(len(text), complaintMax)], "lines_left_out", c.leftOut)
		c.quietUntil, c.leftOut = now.Add(quietTime), 0
	}
}

// start ends the time in which a complaint is an error of the start, and returns these errors.
func (c *complaints) start() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.hasStarted = true
	return c.atStart
}

// Error implements logr.LogSink. It drops the values, because one may be a secret of OTEL_EXPORTER_OTLP_HEADERS.
func (c *complaints) Error(err error, message string, _ ...any) {
	c.Handle(fmt.Errorf("%s: %w", message, err))
}

// Enabled implements logr.LogSink: errors come without being asked for, and the rest is of no use here.
func (c *complaints) Enabled(int) bool { return false }

// Init implements logr.LogSink.
func (c *complaints) Init(logr.RuntimeInfo) {}

// Info implements logr.LogSink.
func (c *complaints) Info(int, string, ...any) {}

// WithValues implements logr.LogSink.
func (c *complaints) WithValues(...any) logr.LogSink { return c }

// WithName implements logr.LogSink.
func (c *complaints) WithName(string) logr.LogSink { return c }
