package ring_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

// growing is the page that says how many nodes a number of users needs. Two of its parts are made here.
const growing = "../../docs/growing.md"

// withPart returns the page with another text between the two comments that name a part.
func withPart(t *testing.T, page, name, text string) string {
	t.Helper()
	begin, end := "<!-- "+name+" by bench/ring -->\n", "<!-- end of "+name+" -->\n"
	before, rest, found := strings.Cut(page, begin)
	_, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("%s must have the lines %s and %s", growing, strings.TrimSpace(begin), strings.TrimSpace(end))
	}
	return before + begin + text + end + after
}

// The assumptions of the table of users.
const (
	perDay    = 5    // statistics of a user, each written once
	peak      = 3    // times the mean
	nodeCores = 8    // of each node
	used      = 0.5  // the part of processors and of disks that is used at the peak
	disk      = 2e12 // bytes of each node
	sqlite    = 202  // bytes of a statistic, of growth.md
	postgres  = 290  // bytes of a statistic, of TestSizeOfAStatistic

	onSQLite = 19_733 // writes/s of a core of server, of peers.md
)

// needs returns the part of growing.md that says what a ring costs and how much of it users need.
func (f *figures) needs(t *testing.T) string {
	t.Helper()
	three := f.ring(t, 3)
	write, read := three.find(patch, ofNode1, 1, atOnce), three.find(get, ofNode1, 1, atOnce)
	server, node := write.OneServer.Seconds(), write.ofNodes()
	one := f.ring(t, 1)
	replica := float64(one.Bytes) / float64(one.Statistics)
	var text strings.Builder
	fmt.Fprintf(&text, `A PATCH takes %s of a core of a server, and %s of the cores of all nodes. So a core of server serves %s writes/s, and a core
of node %s: **one core of server for %.1f cores of node**. With `+"`sqlite`"+`, a core of server serves 19,700 writes/s and needs
no node ([peers](../bench/peers/peers.md)): %.0f times as many for the same processors. A GET takes %s and %s. A statistic takes
%.0f bytes on a node after compression, and %.0f on its three nodes. Reads were those of `+"`reads=%s`"+` ([ring](../bench/ring/ring.md)).
%s
| users | writes/s at the peak | rows of a year: `+"`sqlite` | `postgres` | `cassandra`"+`, three copies | cores of servers | nodes for the writes | nodes for the disk |
|---|---|---|---|---|---|---|---|
`, milliseconds(server), milliseconds(node), round(1/server), round(1/node), node/server, onSQLite*(server+node), milliseconds(read.OneServer.Seconds()), milliseconds(read.ofNodes()),
		replica, 3*replica, three.Reads, three.caution())
	for _, users := range []float64{1e6, 1e7, 1e8, 1e9} {
		writes, rows := users*perDay*peak/86400, users*perDay*365
		fmt.Fprintf(&text, "| %s | %s | %s | %s | %s | %.0f | %.0f | %.0f |\n", thousands(users), round(writes), bytes(rows*sqlite), bytes(rows*postgres),
			bytes(rows*3*replica), math.Max(2, math.Ceil(writes*server/used)), atLeastThree(writes*node/nodeCores/used), atLeastThree(rows*3*replica/disk/used))
	}
	return text.String()
}

// caution says what is wrong with figures of a busy machine, and is empty for others.
func (r *ringFigures) caution() string {
	if len(r.WarmUps) > 0 && r.WarmUps[0] >= warmUps[0].count && r.had() >= leastCores {
		return ""
	}
	return "\n**The times are too long**: other programs had most of the machine, and Java had not compiled all that is used. A node that has\n" +
		"run for longer needs fewer cores. All rows below follow from these times.\n"
}

// atLeastThree rounds a number of nodes up. Three copies need three.
func atLeastThree(nodes float64) float64 { return math.Max(3, math.Ceil(nodes)) }

// bytes writes a number of bytes with two digits that count.
func bytes(count float64) string {
	for _, unit := range []struct {
		size float64
		name string
	}{{1e15, "PB"}, {1e12, "TB"}, {1e9, "GB"}} {
		if count >= unit.size {
			if count < 10*unit.size {
				return fmt.Sprintf("%.1f %s", count/unit.size, unit.name)
			}
			return round(count/unit.size) + " " + unit.name
		}
	}
	return round(count/1e6) + " MB"
}
