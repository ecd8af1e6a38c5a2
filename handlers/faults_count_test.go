package handlers_test

import (
	"sync"
	"sync/atomic"
	"testing"
)

func TestFaultsAreAtMostAThousand(t *testing.T) {
	c, user := newFaultServer(t)
	for range 1000 {
		c.fail(`{"match":{"user":"` + lee + `"},"delay":"PT0.1S"}`)
	}
	c.steer("POST", "/faults", `{"delay":"PT1S"}`).wantRefused(t, 507, "quotaLimitReached", "", "1000 rules")
	c.steer("POST", "/faults/presets/cae", "").wantRefused(t, 507, "quotaLimitReached", "", "1000 rules")
	user.send("GET", collection+"/a", "").want(t, 200)
}

// TestFaultsAreExactUnderLoad: of many requests at once, exactly times get the fault, after exactly skip.
func TestFaultsAreExactUnderLoad(t *testing.T) {
	c, user := newFaultServer(t)
	c.fail(`{"match":{"method":"GET"},"skip":20,"times":30,"answer":{"status":503}}`)
	var failed, passed atomic.Int32
	var running sync.WaitGroup
	for range 8 {
		running.Go(func() {
			for range 25 {
				got, err := user.try(t.Context(), call{method: "GET", path: collection + "/a", token: user.token})
				switch {
				case err != nil:
					t.Error(err)
				case got.status == 503:
					failed.Add(1)
				case got.status == 200:
					passed.Add(1)
				}
			}
		})
	}
	running.Wait()
	if failed.Load() != 30 || passed.Load() != 170 || c.counts() != "200/30" {
		t.Errorf("%d failed and %d passed; the rule matched and applied %s", failed.Load(), passed.Load(), c.counts())
	}
}
