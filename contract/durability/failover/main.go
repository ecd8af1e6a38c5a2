// Command failover owns a proof that servers over a replicated PostgreSQL survive the loss
// of the primary: clients count up through three servers while machines die, hang and
// change their roles, and at the end every acknowledged write must be stored. It leaves the
// machines to the script cluster, and the choice of a primary to Patroni.
//
//	main.go     the load, and the comparison at the end
//	counter.go  a client that counts, and remembers the responses
//	server.go   the servers, and how long each acknowledged nothing
//	cluster.go  the machines
//	round.go    the strikes at machines, and the outage after each
//	result.go   result.md
package main

import (
	"flag"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

const (
	clients = 8                     // of each server: more than it has connections to the database
	pause   = 20 * time.Millisecond // between two writes of a client
	calm    = 3 * time.Second       // before a strike, and after the cluster is whole again
	longest = 30 * time.Second      // the longest outage that is allowed
)

func main() {
	script := flag.String("script", "contract/durability/failover/cluster", "the script that kills, stops and starts machines")
	folder := flag.String("cluster", "", "the folder that the script was given")
	program := flag.String("program", "./afterhours", "the built server")
	result := flag.String("result", "contract/durability/failover/result.md", "the file to write")
	flag.Parse()
	if err := run(*script, *folder, *program, *result); err != nil {
		fmt.Fprintln(os.Stderr, "failover:", err)
		os.Exit(1)
	}
}

func run(script, folder, program, result string) error {
	c, err := openCluster(script, folder)
	if err != nil {
		return err
	}
	if _, _, err := c.awaitWhole(); err != nil {
		return err
	}
	servers, err := startServers(program, folder, c.store())
	defer func() {
		for _, s := range servers {
			_ = s.End(os.Kill) // the error says only that it was killed
		}
	}()
	if err != nil {
		return err
	}
	load, err := startLoad(servers)
	if err != nil {
		return err
	}
	defer load.stop()
	var rounds []*round
	for _, s := range strikes {
		r := &round{strike: s, servers: servers}
		rounds = append(rounds, r)
		if err := r.run(c); err != nil {
			load.fault(err)
			break
		}
		fmt.Println(r.row(len(rounds)))
	}
	load.stop()
	load.compare()
	if err := writeResult(result, rounds, load); err != nil {
		return err
	}
	if len(load.faults) > 0 {
		return fmt.Errorf("%d faults, see %s", len(load.faults), result)
	}
	return nil
}

// load is the clients of all servers, and the faults that they found.
type load struct {
	servers  []*server
	counters []*counter
	running  sync.WaitGroup
	stopped  atomic.Bool

	mu     sync.Mutex
	faults []error
}

// startLoad creates the statistics and starts the clients.
func startLoad(servers []*server) (*load, error) {
	l := &load{servers: servers}
	for n := range clients * len(servers) {
		c := &counter{server: servers[n%len(servers)], id: fmt.Sprintf("call_%02d", n), tags: map[string]bool{}, unknown: map[string]bool{}}
		if err := c.create(); err != nil {
			return nil, err
		}
		l.counters = append(l.counters, c)
	}
	for _, c := range l.counters {
		l.running.Go(func() {
			for !l.stopped.Load() {
				if err := c.increment(); err != nil {
					l.fault(err)
					return
				}
				time.Sleep(pause)
			}
		})
	}
	return l, nil
}

func (l *load) stop() {
	l.stopped.Store(true)
	l.running.Wait()
}

func (l *load) fault(err error) {
	fmt.Fprintln(os.Stderr, "fault:", err)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.faults = append(l.faults, err)
}

// compare reads every statistic at every server. Each must be as its client expects.
func (l *load) compare() {
	for _, c := range l.counters {
		for _, s := range l.servers {
			if err := c.find(s); err != nil {
				l.fault(err)
			}
		}
	}
}
