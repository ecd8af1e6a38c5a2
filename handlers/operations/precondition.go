package operations

import (
	"afterhours/handlers/problem"
	"afterhours/handlers/wire"
	"afterhours/store"
)

// precondition is the If-Match and If-None-Match of a request, nil if absent. The contract gives
// their form (schema entityTagList).
type precondition struct {
	match, noneMatch *string
}

// check returns nil if a write may change the stored revision, or may create if nothing is stored
// (NoRevision). The order is that of RFC 9110, section 13.2.2. The error is a 412.
func (p precondition) check(stored store.Revision) error {
	if err := p.checkMatch(stored); err != nil {
		return err
	}
	if p.unmodified(stored) {
		return problem.Refuse(problem.ErrPrecondition, "If-None-Match", "The statistic exists, and If-None-Match has its entity tag or *.")
	}
	return nil
}

// checkUntagged returns nil if a write may change something that exists and has no entity tag:
// only * matches it.
func (p precondition) checkUntagged() error {
	if p.match != nil && !wire.IsAny(*p.match) {
		return problem.Refuse(problem.ErrPrecondition, "If-Match", "This has no entity tag that could match: send * or leave If-Match out.")
	}
	if p.noneMatch != nil && wire.IsAny(*p.noneMatch) {
		return problem.Refuse(problem.ErrPrecondition, "If-None-Match", "This always exists, so If-None-Match with * never holds: leave it out.")
	}
	return nil
}

// checkMatch returns nil if If-Match is absent or lists the stored revision.
func (p precondition) checkMatch(stored store.Revision) error {
	switch {
	case p.match == nil || wire.Listed(*p.match, stored):
		return nil
	case stored == store.NoRevision:
		return problem.Refuse(problem.ErrPrecondition, "If-Match", "There is no statistic here whose entity tag could match.")
	}
	return problem.Refuse(problem.ErrPrecondition, "If-Match",
		"The statistic has another entity tag, as it was changed since: read it again and send the tag that you get.")
}

// unmodified reports whether If-None-Match lists the stored revision: the reader has it (304).
func (p precondition) unmodified(stored store.Revision) bool {
	return p.noneMatch != nil && wire.Listed(*p.noneMatch, stored)
}
