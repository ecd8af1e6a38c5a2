// Package generate owns the making of weeks that nobody lived and that look as if somebody had:
// who the users are, when they work, and how long they do what. It leaves alone the text of the
// rows (handlers/exchange) and the command line (command).
//
//	Plan -> person (one for each user) -> day -> five statistics
//
// The same plan gives the same statistics for ever: with every version of Go, on every processor.
// So the draws are whole numbers from ChaCha8, whose output is specified; floating-point numbers
// would be rounded differently on some processors.
package generate

import (
	"fmt"
	"iter"

	"afterhours/store"
	"afterhours/store/bulk"
	"afterhours/store/edm"
)

// Plan says what to make.
type Plan struct {
	Tenant string   // of all users, a GUID
	Users  int      // at least 1
	Weeks  int      // of seven days, at least 1
	Until  edm.Date // the last day; MaxDate has no day after it, so it must be earlier
	Seed   uint64
	Zone   string // the time zone of all users; "" for the usual ones
}

// Check returns an error if the plan cannot be made.
func (p *Plan) Check() error {
	switch {
	case p.Users < 1:
		return fmt.Errorf("--users %d: there must be one at least", p.Users)
	case p.Weeks < 1:
		return fmt.Errorf("--weeks %d: there must be one at least", p.Weeks)
	case p.Weeks > int(p.Until-edm.MinDate+1)/daysPerWeek:
		return fmt.Errorf("--weeks %d: so many weeks before %s begin before %s; give fewer", p.Weeks, p.Until, edm.MinDate)
	case p.Until >= edm.MaxDate:
		return fmt.Errorf("--until %s: a statistic ends on the day after, and there is none; give an earlier one", p.Until)
	}
	return nil
}

const daysPerWeek = 7

// Items returns the statistics: user by user, day by day, and five for each day. What a user does
// on a day depends on the seed, the user's number and the date alone. With more users or weeks,
// the statistics of the others are the same. The caller must not keep an item.
func (p *Plan) Items() iter.Seq[*bulk.Item] {
	return func(yield func(*bulk.Item) bool) {
		first := p.Until.AddDays(1 - p.Weeks*daysPerWeek)
		for number := range p.Users {
			user := newPerson(p, number)
			for date := first; date <= p.Until; date++ {
				for _, statistic := range user.day(date) {
					if !yield(&bulk.Item{Owner: user.owner, Statistic: &statistic}) {
						return
					}
				}
			}
		}
	}
}

// Count returns how many items there are.
func (p *Plan) Count() int64 {
	return int64(p.Users) * int64(p.Weeks) * daysPerWeek * int64(len(activities))
}

// activities are the types of the statistics of a day, in the order of Graph's documented list.
var activities = [...]struct {
	name     store.Type
	activity store.Activity
}{
	email: {store.Email, "Email"}, meeting: {store.Meeting, "Meeting"}, focus: {store.Focus, "Focus"},
	chat: {store.Chat, "Chat"}, call: {store.Call, "Call"},
}

// Indexes of activities.
const (
	email = iota
	meeting
	focus
	chat
	call
)
