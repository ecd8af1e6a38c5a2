package simulation

import "testing"

// TestHotUser sends many writes for one user. One server gathers them in few transactions. Several servers
// make each other begin anew.
func TestHotUser(t *testing.T) {
	load := Load{Rate: 2000, Users: 1e6, HotUser: 0.5, Remembered: 1}
	scattered := Run(ofNodes(6), load, 1, 5)
	load.ByUser = true
	gathered := Run(ofNodes(6), load, 1, 5)
	if gathered.Refused > 0 || gathered.Rate < 0.95*load.Rate {
		t.Errorf("with one server for the user: %+v", gathered)
	}
	if scattered.P99 < 2*gathered.P99 {
		t.Errorf("p99 is %.3f s with all servers for the user, and %.3f s with one; want twice as much at least", scattered.P99, gathered.P99)
	}
}

// TestHotTenant gives half of the load to a tenant of a thousand users. By tenant and user it is spread over the
// ring. By tenant alone, three nodes have it.
func TestHotTenant(t *testing.T) {
	load := Load{Rate: 4000, Users: 1e6, Tenants: 1000, HotTenant: 0.5, HotUsers: 1000}
	spread := Run(ofNodes(12), load, 0.5, 2)
	if spread.Fullest > 1.2*spread.Use || spread.Rate < 0.95*load.Rate {
		t.Errorf("by tenant and user: %+v", spread)
	}
	load.ByTenant = true
	if one := Run(ofNodes(12), load, 0.5, 2); one.Fullest < 1.5*one.Use {
		t.Errorf("by tenant: %+v", one)
	}
}

// TestTransactionsOfOneUserMeet runs two transactions of one user at once, and of two users: those of one user do not
// end as soon.
func TestTransactionsOfOneUserMeet(t *testing.T) {
	ends := func(second uint64) (last float64) {
		of := ofNodes(1)
		of.Costs.Spread = Same
		r := newRing(of)
		for _, key := range []uint64{1, second} {
			r.write(key, 1, func(written bool) {
				if !written {
					t.Error("a transaction was given up")
				}
				last = r.now
			})
		}
		r.clock.run(10)
		return last
	}
	if one, two := ends(1), ends(2); one <= two {
		t.Errorf("transactions of one user end after %.4f s, and those of two after %.4f s", one, two)
	}
}
