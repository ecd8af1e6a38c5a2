package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"time"
)

const explanation = `# Failover

` + "`contract/durability/failover/run`" + ` writes this file. Three simulated machines each have PostgreSQL, Patroni and a member
of etcd, which die and hang together. Replication is synchronous and strict: a commit is answered when two machines
have it. ttl 20, loop_wait 5, retry_timeout 5, wal_sender_timeout 5 s. Three servers use
` + "`postgres://HOST1,HOST2,HOST3/...?target_session_attrs=read-write`" + `, with %d clients each. Every client counts up one
statistic with If-Match, waits up to %v for a response, and waits %v between two writes.

"Dies" is kill -9 of all processes of the machine at once; "hangs" is SIGSTOP to all of them. Once every server
acknowledges writes again, the machine is started again or gets SIGCONT. The outage of a server is its longest time
without an acknowledged write, from the strike until all three machines are in step again. A write is unknown if it
was answered 503 or not at all, and found if a later read shows it.

`

// writeResult checks the outages and the sums, and writes the file.
func writeResult(path string, rounds []*round, l *load) error {
	total := tallied(l.servers)
	worst := time.Duration(0)
	var counted int64
	for _, c := range l.counters {
		counted += c.kept
	}
	if made := int64(total.acknowledged + total.found); counted != made || counted == 0 {
		l.fault(fmt.Errorf("the statistics count %d after %d acknowledged and %d found writes", counted, total.acknowledged, total.found))
	}
	var file bytes.Buffer
	fmt.Fprintf(&file, explanation, clients, requestTimeout, pause)
	fmt.Fprintf(&file, "%s.\n\n", strings.Join(surroundings(), "; "))
	fmt.Fprintln(&file, "| round | | server 1, s | server 2, s | server 3, s | acknowledged | unknown | found |")
	fmt.Fprintln(&file, "|---|---|---|---|---|---|---|---|")
	for n, r := range rounds {
		fmt.Fprintln(&file, r.row(n+1))
		for server, outage := range r.outages {
			worst = max(worst, outage)
			if outage >= longest {
				l.fault(fmt.Errorf("round %d: server %d was out for %v", n+1, server+1, outage))
			}
		}
	}
	fmt.Fprintf(&file, "\nOf %d acknowledged writes in all (%d unknown, %d of them found), %d statistics count %d at every server.\n"+
		"The longest outage was %.1f s; %v is allowed.\n", total.acknowledged, total.unknown, total.found, len(l.counters), counted, worst.Seconds(), longest)
	if len(l.faults) == 0 {
		fmt.Fprintln(&file, "Nothing acknowledged is lost, nothing was applied twice, no entity tag came twice.")
	}
	for _, fault := range l.faults {
		fmt.Fprintln(&file, "\n**Fault:**", fault)
	}
	return os.WriteFile(path, file.Bytes(), 0o644)
}

// surroundings returns the date, the machine and the versions of the programs.
func surroundings() []string {
	words := []string{time.Now().UTC().Format(time.DateOnly), fmt.Sprintf("%d cores", runtime.NumCPU()), runtime.GOOS + "/" + runtime.GOARCH, runtime.Version()}
	servers, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	for _, command := range [][]string{{servers[len(servers)-1], "--version"}, {"patroni", "--version"}, {"etcd", "--version"}} {
		out, err := exec.Command(command[0], command[1:]...).Output()
		if err != nil {
			words = append(words, fmt.Sprintf("%s: %v", command[0], err))
			continue
		}
		first, _, _ := strings.Cut(string(out), "\n")
		words = append(words, filepath.Base(command[0])+" "+regexp.MustCompile(`[0-9][0-9.]*`).FindString(first))
	}
	return words
}
