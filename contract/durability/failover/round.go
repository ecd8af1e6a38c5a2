package main

import (
	"fmt"
	"strings"
	"time"
)

// strike is what happens to a machine, and how it is brought back.
type strike struct {
	what           string
	ofReplica      bool   // at the synchronous replica; else at the primary
	verb, mendVerb string // of the script; "" for a switchover
}

var (
	killPrimary   = strike{"the primary dies", false, "kill", "revive"}
	killReplica   = strike{"the synchronous replica dies", true, "kill", "revive"}
	freezePrimary = strike{"the primary hangs", false, "freeze", "thaw"}
	freezeReplica = strike{"the synchronous replica hangs", true, "freeze", "thaw"}
	switchover    = strike{"a planned switchover", false, "", ""}
)

var strikes = []strike{
	killPrimary, killReplica, killPrimary, freezePrimary, killPrimary,
	switchover, killPrimary, freezeReplica, killPrimary, freezePrimary,
}

// round is one strike under load, and the time until the cluster is whole again.
type round struct {
	strike
	servers []*server
	victim  string          // "" if nothing was struck
	outages []time.Duration // of each server
	tally   tally           // of this round
}

// run strikes and waits until every server acknowledges writes again. Only then it repairs
// the machine and waits until that has caught up. The outage of a server is its longest time
// without an acknowledged write during the whole round.
func (r *round) run(c *cluster) error {
	time.Sleep(calm)
	primary, replica, err := c.awaitWhole()
	if err != nil {
		return err
	}
	before := tallied(r.servers)
	for _, s := range r.servers {
		s.newRound()
	}
	r.victim = primary
	if r.ofReplica {
		r.victim = replica
	}
	if r.verb == "" {
		err = c.switchover(primary, replica)
	} else {
		err = c.do(r.verb, r.victim)
	}
	if err != nil {
		return err
	}
	slow := r.awaitResumed(time.Now())
	if r.mendVerb != "" {
		if err := c.do(r.mendVerb, r.victim); err != nil {
			return err
		}
	}
	if _, _, err := c.awaitWhole(); err != nil {
		return err
	}
	time.Sleep(calm)
	for _, s := range r.servers {
		r.outages = append(r.outages, s.outage())
	}
	r.tally = tallied(r.servers).minus(before)
	return slow
}

// awaitResumed waits until every server has acknowledged a write that was begun after the
// moment.
func (r *round) awaitResumed(moment time.Time) error {
	for n, s := range r.servers {
		for !s.resumed(moment) {
			if time.Since(moment) > 4*longest {
				return fmt.Errorf("%s: server %d acknowledges no write %v after %s", r.what, n+1, 4*longest, r.victim)
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
	return nil
}

// row returns the round as a row of the table in the result.
func (r *round) row(number int) string {
	var outages []string
	for _, outage := range r.outages {
		outages = append(outages, fmt.Sprintf("%.1f", outage.Seconds()))
	}
	return fmt.Sprintf("| %d | %s (%s) | %s | %d | %d | %d |", number, r.what, r.victim,
		strings.Join(outages, " | "), r.tally.acknowledged, r.tally.unknown, r.tally.found)
}
