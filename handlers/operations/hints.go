package operations

import (
	"log/slog"
	"sync"
	"time"
)

// hintInterval is how often a rule is logged at most.
const hintInterval = time.Hour

// hints log the strict rules that writes break on a service that is not strict, each rule once an hour
// for the whole process. A line has no value and no name, so that neither callers nor people are in
// the log. The zero value is ready.
type hints struct {
	mu     sync.Mutex
	byRule map[string]*hint
}

type hint struct {
	logged time.Time
	writes int // since then
}

// log counts a write that breaks the rule, and logs it if the rule's hour is over.
func (h *hints) log(to *slog.Logger, now time.Time, req *Request, rule *strictRule) {
	if writes := h.count(rule.name, now); writes > 0 {
		to.Info("serve --strict would refuse this write; the next hint of this rule comes in an hour at the earliest",
			"rule", rule.name, "property", rule.target, "writes", writes, "request_id", req.ID)
	}
}

// count counts a write, and returns the count since the last line if the next line is due, else 0.
func (h *hints) count(rule string, now time.Time) (writes int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	one := h.byRule[rule]
	if one == nil {
		if h.byRule == nil {
			h.byRule = map[string]*hint{}
		}
		one = &hint{}
		h.byRule[rule] = one
	}
	one.writes++
	if !one.logged.IsZero() && now.Sub(one.logged) < hintInterval {
		return 0
	}
	writes, one.writes, one.logged = one.writes, 0, now
	return writes
}
