package operations

import (
	"fmt"
	"strings"

	"afterhours/gen"
	"afterhours/handlers/problem"
	"afterhours/handlers/timezone"
	"afterhours/handlers/wire"
	"afterhours/store"
	"afterhours/store/edm"
)

// strictRule is one of the contract's x-strict-rules. It judges what Graph leaves open and what is
// nearly always a client's mistake. Its functions take records and no pointers: pointers would move the
// records of every write to the heap.
type strictRule struct {
	name   string
	target store.PropertyName
	// unchanged reports whether two records are the same in all that the rule judges.
	unchanged func(a, b store.Record) bool
	// broken reports whether the record, of the type, breaks the rule.
	broken func(t *wire.Type, record store.Record) bool
	// message says what is wrong in a record that breaks the rule.
	message func(t *wire.Type, record store.Record) string
}

var strictRules = []strictRule{
	{"endBeforeStart", "endDate", sameDates, endBeforeStart, endBeforeStartMessage},
	{"afterHoursExceedDuration", "afterHours", sameHours, afterHoursExceedDuration, afterHoursMessage},
	{"activityOfAnotherType", "activity", sameActivity, activityOfAnotherType, activityMessage},
	{"emptyTimeZone", "timeZoneUsed", sameTimeZone, emptyTimeZone, emptyTimeZoneMessage},
	{"unknownTimeZone", "timeZoneUsed", sameTimeZone, unknownTimeZone, unknownTimeZoneMessage},
}

// judge returns the problem of a write with the faults of its merge. A strict service adds the rules
// that the write breaks; any other one logs them. The record before the write is nil for a creation.
// Properties that the write does not change are not judged.
func (s *Service) judge(req *Request, t *wire.Type, before, after *store.Record, faults []gen.ErrorDetail) error {
	for i := range strictRules {
		rule := &strictRules[i]
		switch {
		case before != nil && rule.unchanged(*before, *after) || !rule.broken(t, *after):
		case s.strict:
			faults = append(faults, problem.Fault(gen.InvalidValue, string(rule.target), "%s", rule.message(t, *after)))
		default:
			s.hints.log(s.log, s.now(), req, rule)
		}
	}
	if len(faults) > 0 {
		return problem.Invalid(faults...)
	}
	return nil
}

func sameDates(a, b store.Record) bool { return a.StartDate == b.StartDate && a.EndDate == b.EndDate }

func endBeforeStart(_ *wire.Type, record store.Record) bool {
	return record.StartDate.Valid && record.EndDate.Valid && record.EndDate.Value < record.StartDate.Value
}

func endBeforeStartMessage(_ *wire.Type, record store.Record) string {
	return fmt.Sprintf("'endDate' is '%s'; it must not be before 'startDate', which is '%s'.", record.EndDate.Value, record.StartDate.Value)
}

func afterHoursOf(record store.Record) store.Null[edm.Duration] { return *afterHours.Duration(&record) }

var afterHours = store.DefinitionOf("afterHours")

func sameHours(a, b store.Record) bool {
	return a.Duration == b.Duration && afterHoursOf(a) == afterHoursOf(b)
}

// afterHoursExceedDuration compares the lengths without their signs: Graph documents a negative
// duration with negative afterHours, and does not say what a sign means.
func afterHoursExceedDuration(_ *wire.Type, record store.Record) bool {
	part, whole := afterHoursOf(record), record.Duration
	return part.Valid && whole.Valid && length(part.Value) > length(whole.Value)
}

// length returns the ticks of a duration without its sign.
func length(d edm.Duration) uint64 {
	if d < 0 {
		return -uint64(d) // in two's complement this is right for MinDuration, too
	}
	return uint64(d)
}

func afterHoursMessage(_ *wire.Type, record store.Record) string {
	return fmt.Sprintf("'afterHours' is '%s'; it must not be longer than 'duration', which is '%s'.", afterHoursOf(record).Value, record.Duration.Value)
}

func sameActivity(a, b store.Record) bool { return a.Activity == b.Activity }

func activityOfAnotherType(t *wire.Type, record store.Record) bool {
	return record.Activity != t.Activity
}

func activityMessage(t *wire.Type, record store.Record) string {
	return fmt.Sprintf("'activity' is '%s'; it must be '%s', the activity of %s.", record.Activity, t.Activity, t.Qualified())
}

func sameTimeZone(a, b store.Record) bool { return a.TimeZoneUsed == b.TimeZoneUsed }

func emptyTimeZone(_ *wire.Type, record store.Record) bool {
	return record.TimeZoneUsed.Valid && strings.TrimSpace(record.TimeZoneUsed.Value) == ""
}

// aTimeZone says how to write a time zone.
const aTimeZone = "the name of a time zone of Windows or of IANA, as in Pacific Standard Time or America/Los_Angeles"

func emptyTimeZoneMessage(*wire.Type, store.Record) string {
	return "'timeZoneUsed' is empty; it must be " + aTimeZone + ", or null."
}

func unknownTimeZone(t *wire.Type, record store.Record) bool {
	return record.TimeZoneUsed.Valid && !emptyTimeZone(t, record) && !timezone.Known(record.TimeZoneUsed.Value)
}

func unknownTimeZoneMessage(_ *wire.Type, record store.Record) string {
	zone := record.TimeZoneUsed.Value
	message := fmt.Sprintf("'timeZoneUsed' is '%s'; it must be %s.", problem.Shown(zone), aTimeZone)
	if nearest := timezone.Nearest(zone); nearest != "" {
		message += " Did you mean '" + nearest + "'?"
	}
	return message
}
