package durability_test

import (
	"flag"
	"math/rand/v2"
	"testing"
	"time"

	"afterhours/contract/history"
	"afterhours/contract/program"
	"afterhours/store/cassandra/cassandratest"
	"afterhours/store/postgres/postgrestest"
)

var operations = flag.Int("operations", 3000, "how many requests TestLinearizability sends to each store")

// round is how many requests there are for each kill of a server.
const round = 1000

// TestLinearizability: clients send requests about the statistics of a few owners at once, also
// atomicity groups and lists, while servers are killed and started again. There is an order in
// which the same requests, one at a time, have the same responses, and no entity tag comes twice.
func TestLinearizability(t *testing.T) {
	for name, test := range map[string]struct {
		store   func(t *testing.T) string
		servers int
		isKept  bool // whether the store outlives the server
	}{
		"memory":    {func(*testing.T) string { return "memory" }, 1, false},
		"sqlite":    {func(*testing.T) string { return "sqlite" }, 1, true},
		"postgres":  {func(t *testing.T) string { return postgrestest.Address(t) }, 2, true},
		"cassandra": {func(t *testing.T) string { return cassandratest.Address(t) }, 2, true},
	} {
		t.Run(name, func(t *testing.T) {
			fleet := program.ServeFleet(t, test.servers, "--store", test.store(t))
			run := history.Start(t, fleet, *operations)
			kills := 0
			for ; test.isKept && (kills+1)*round <= *operations; kills++ {
				at := kills*round + rand.IntN(round)
				for run.Asked() < at {
					time.Sleep(time.Millisecond)
				}
				fleet.Kill()
			}
			history.Check(t, run.Wait())
			t.Logf("%d operations, %d of them with an unknown outcome, %d kills: linearizable", *operations, run.Unknown(), kills)
		})
	}
}
