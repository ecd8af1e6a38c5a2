package ring_test

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"afterhours/bench/ring/simulation"
)

// TestPage compares ring.md, and what growing.md says of the measured rings, with the figures that TestRing has left.
func TestPage(t *testing.T) {
	f := readFigures(t)
	compare(t, "ring.md", func(string) string { return f.page(t) })
	compare(t, growing, func(text string) string { return withPart(t, text, "measured", f.needs(t)) })
}

// compare compares a file with what it should be, and writes it if the flag says so.
func compare(t *testing.T, file string, edit func(text string) string) {
	t.Helper()
	was, err := os.ReadFile(file)
	if err != nil && !*write {
		t.Fatal(err)
	}
	want := edit(string(was))
	if *write {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if string(was) != want {
		t.Errorf("%s is not of %s; go test ./bench/ring -run TestPage -write makes it", file, figuresFile)
	}
}

// page returns the page of the measured rings.
func (f *figures) page(t *testing.T) string {
	t.Helper()
	var page strings.Builder
	fmt.Fprintf(&page, `# A ring of Cassandra, measured

Clients send requests to one server, each for any statistic of any user, and wait for each response. %s users have 100
statistics each. The server runs as people run it, with tokens, checks and a log. Nodes, server and clients share two cores,
so the rates say little about machines of their own. The processor times say more: those of the server and of the nodes for
one request are counted by the kernel. From them follow the requests a second that a core can serve if it does nothing else.

`+"```"+`
$ go test ./bench/ring -v -timeout 2h -nodes %s -phase %s -write -rings 10,100,1000
`+"```"+`

- Other requests of the same kinds come first, so that Java compiles what is used. The processor time of Java's compilers does
  not count, and neither does that of idle nodes.
- The PATCH is the documented one. Nearly all are of a statistic that the server has not used lately, so it reads it first. A
  PATCH is two reads and a lightweight transaction.
- Each node syncs its log before it answers a write (`+"`commitlog_sync: batch`, `paxos_variant: v2`"+`).

`, thousands(float64(f.Rings[0].Statistics/ofUser)), strings.Join(f.counts(), ","), f.Rings[0].Phase)
	for _, r := range f.Rings {
		r.write(&page)
	}
	f.writeUser(&page)
	f.writeDisk(&page)
	writeCosts(&page, f.costs(t))
	return strings.TrimSpace(page.String()) + "\n"
}

func (f *figures) counts() (all []string) {
	for _, r := range f.Rings {
		all = append(all, fmt.Sprint(r.Nodes))
	}
	return all
}

// leastCores is how many cores client, server and nodes have on a machine that does nothing else.
const leastCores = 1.6

// had returns the cores that client, server and nodes had together when 64 clients wanted all of them.
func (r *ringFigures) had() float64 { return r.find(patch, everybody, 1, atOnce).Cores }

// others says what else the machine did.
func (r *ringFigures) others() string {
	text := fmt.Sprintf("Client, server and nodes had %.1f cores while 64 clients sent PATCHes.", r.had())
	if r.had() < leastCores {
		text += " Other programs had the rest. That lowers the\n  rates and lengthens the times. Processor times are longer too, by what the caches lose."
	}
	return text
}

// write writes the table of one ring.
func (r *ringFigures) write(page *strings.Builder) {
	fmt.Fprintf(page, "## %s, each statistic on %d\n\n", plural(r.Nodes, "node"), min(r.Nodes, 3))
	fmt.Fprint(page, "| request | clients | rate, p50, p99 | server a request | nodes a request | requests/s a core of server | a core of node |\n|---|---|---|---|---|---|---|\n")
	for _, op := range []operation{patch, get, list} {
		for _, clients := range []int{1, few, atOnce} {
			if p := r.find(op, everybody, 1, clients); p.Rate > 0 {
				fmt.Fprintf(page, "| %s | %d | %s/s, %s, %s | %s | %s | %s | %s |\n", op.name, clients, thousands(p.Rate), milliseconds(p.P50.Seconds()),
					milliseconds(p.P99.Seconds()), milliseconds(p.OneServer.Seconds()), milliseconds(p.ofNodes()),
					round(1/p.OneServer.Seconds()), round(1/p.ofNodes()))
			}
		}
	}
	fmt.Fprintf(page, `
- Reads are those of `+"`reads=%s`"+` in the URL.
- Without requests, the nodes take %.2f of a core together. An import wrote %s statistics/s.
- %s
- %s
- %s.

`, r.Reads, r.Idle, thousands(r.Import), r.warm(), r.others(), r.Machine)
}

// warm says whether Java had compiled what is used. On a busy machine, the longest warm-up is not long enough.
func (r *ringFigures) warm() string {
	if len(r.WarmUps) == 0 {
		return "The requests of the warm-up were not counted."
	}
	text := fmt.Sprintf("%s PATCHes, %s GETs and %s lists came before.", thousands(float64(r.WarmUps[0])), thousands(float64(r.WarmUps[1])), thousands(float64(r.WarmUps[2])))
	if r.WarmUps[0] < warmUps[0].count {
		text += " **Java had not compiled all that is used**: a node\n  takes several times the processor time that it takes later."
	}
	return text
}

// writeUser writes the table of the phases with one user.
func (f *figures) writeUser(page *strings.Builder) {
	fmt.Fprint(page, `## All writes for one user

64 clients change statistics of one user, each another one. A server gathers what comes at once in one transaction. Several
servers make each other begin anew.

| nodes | servers | rate, p50, p99 | refused | nodes a request |
|---|---|---|---|---|
`)
	for _, r := range f.Rings {
		for servers := 1; servers <= 3; servers++ {
			if p := r.find(patchOwn, oneUser, servers, atOnce); p.Rate > 0 {
				fmt.Fprintf(page, "| %d | %d | %s/s, %s, %s | %s/s | %s |\n", r.Nodes, servers, thousands(p.Rate), milliseconds(p.P50.Seconds()),
					milliseconds(p.P99.Seconds()), thousands(p.Refused), milliseconds(p.ofNodes()))
			}
		}
	}
	fmt.Fprintln(page)
}

// writeDisk writes what statistics take on disk.
func (f *figures) writeDisk(page *strings.Builder) {
	fmt.Fprint(page, `## On disk

All files of the table after `+"`nodetool flush`"+` and `+"`nodetool compact`"+`, with Cassandra's own compression.

| nodes | replicas | statistics | files of all nodes | bytes a statistic, all replicas | bytes a replica |
|---|---|---|---|---|---|
`)
	for _, r := range f.Rings {
		bytes := float64(r.Bytes) / float64(r.Statistics)
		fmt.Fprintf(page, "| %d | %d | %s | %.1f MiB | %.0f | %.0f |\n", r.Nodes, min(r.Nodes, 3), thousands(float64(r.Statistics)), float64(r.Bytes)/(1<<20),
			bytes, bytes/float64(min(r.Nodes, 3)))
	}
	fmt.Fprint(page, "\nThe table that lists the users takes less than a hundredth of that. A compaction needs up to as much again while it runs, and the log\nof the node has its own bound.\n\n")
}

// writeCosts writes what the simulation takes from the figures.
func writeCosts(page *strings.Builder, c simulation.Costs) {
	fmt.Fprintf(page, `## What one step costs

With three nodes, and only users whose first replica is on node 1, the driver asks node 1 alone. What the other nodes do is
then the work of replicas. What node 1 does besides is that of the coordinator. The waits and the pause are not
measured: they are those with which [the simulation](simulation.md) has the times of the quickest requests of one client,
and the rate of one user through three servers.

| | coordinator | each replica | wait of each round |
|---|---|---|---|
| read | %s | %s | %s |
| transaction (prepare, propose, commit) | %s | %s | %s |

A server takes %s for a PATCH and %s for a GET. Each further call in a transaction adds %.0f%% of its work. The longest pause
before the second try of a transaction is %s.
`, milliseconds(c.Read.Coordinator), milliseconds(c.Read.Replica), milliseconds(c.ReadWait), milliseconds(c.Write.Coordinator), milliseconds(c.Write.Replica),
		milliseconds(c.WriteWait), milliseconds(c.Server), milliseconds(c.ServerRead), 100*c.More, milliseconds(c.Backoff))
}

// milliseconds writes seconds with three digits that count, at most.
func milliseconds(seconds float64) string {
	switch ms := 1000 * seconds; {
	case ms >= 100:
		return fmt.Sprintf("%.0f ms", ms)
	case ms >= 10:
		return fmt.Sprintf("%.1f ms", ms)
	default:
		return fmt.Sprintf("%.2f ms", ms)
	}
}

// round writes a number with two digits that count.
func round(value float64) string {
	unit := 1.0
	for value/unit >= 100 {
		unit *= 10
	}
	return thousands(unit * float64(int(value/unit+0.5)))
}

// thousands writes a whole number with commas.
func thousands(value float64) string {
	text := fmt.Sprintf("%.0f", value)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}

func plural(count int, noun string) string {
	if count == 1 {
		return "One " + noun
	}
	return fmt.Sprintf("%d %ss", count, noun)
}

// machine returns the machine, the versions and the date in one line.
func machine() string {
	kernel, _ := exec.Command("uname", "-sr").Output()
	processor, _ := os.ReadFile("/proc/cpuinfo")
	model := "unknown"
	if found := regexp.MustCompile(`model name\s*: (.*)`).FindSubmatch(processor); found != nil {
		model = string(found[1])
	}
	return fmt.Sprintf("%s, %d cores (%s), %s, Apache Cassandra 5.0.8 on Java 17, %s", strings.TrimSpace(string(kernel)), runtime.NumCPU(), model,
		runtime.Version(), time.Now().UTC().Format("2 January 2006"))
}
