package control

import (
	"time"

	api "afterhours/control"
	"afterhours/gen"
	"afterhours/handlers/problem"
	"afterhours/store/edm"
)

// GetClock returns the time that the clock shows.
func (s *Service) GetClock() *api.Clock { return &api.Clock{Now: s.Clock.Now().UTC()} }

// SetClock stops the clock, or lets it show real time.
func (s *Service) SetClock(body *api.ClockUpdate) (*api.Clock, error) {
	now, err := body.Now.Get()
	switch {
	case err != nil: // null, as the contract requires the property
		s.Clock.showRealTime()
	case !isValid(now):
		return nil, outOfRange("now")
	default:
		s.Clock.stop(now)
	}
	return s.movedClock(), nil
}

// AdvanceClock moves the clock.
func (s *Service) AdvanceClock(body *api.ClockAdvance) (*api.Clock, error) {
	by, ok := nanoseconds(body.By)
	if !ok || !s.Clock.advance(by) {
		return nil, outOfRange("by")
	}
	return s.movedClock(), nil
}

func (s *Service) movedClock() *api.Clock {
	for _, moved := range s.clockMoved {
		moved()
	}
	return s.GetClock()
}

func outOfRange(property string) *problem.Problem {
	return problem.Invalid(problem.Fault(gen.InvalidValue, property, "'%s' must lead to a time in the years %d to %d.", property, firstYear, lastYear))
}

// tick is the unit of edm.Duration.
const tick = 100 * time.Nanosecond

// nanoseconds returns the duration in Go's unit, and reports whether that can hold it: about 292 years.
func nanoseconds(d edm.Duration) (time.Duration, bool) {
	converted := time.Duration(d) * tick
	return converted, converted/tick == time.Duration(d)
}
