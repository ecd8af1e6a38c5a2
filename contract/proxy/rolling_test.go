package proxy_test

import (
	"os/exec"
	"strings"
	"testing"
	"time"

	"afterhours/contract/program"
)

// TestRollingRestart: three servers end and start one after the other under load. No request fails, and
// every write that was answered is there. HAProxy learns from /readyz alone that a server ends.
func TestRollingRestart(t *testing.T) {
	t.Parallel()
	in := install(t, program.Path(t), "--drain", drainTime)
	clients := startLoad(t, in.URL, in.data, users)
	for range *rounds {
		for i, name := range names {
			in.drain(i)
			in.start(i, program.Path(t), "--drain", drainTime)
			in.await(name, "UP")
		}
	}
	clients.end()
}

// TestUpgrade: servers of an older commit are replaced one after the other under load, while servers of
// both versions use one database, and then the upgrade is finished. HAProxy is told to send the old ones
// nothing before they end, as for a version that cannot drain.
func TestUpgrade(t *testing.T) {
	t.Parallel()
	in := install(t, buildBefore(t))
	clients := startLoad(t, in.URL, in.data, users)
	for i, name := range names {
		in.mustTell("set server afterhours/" + name + " state drain")
		in.await(name, "DRAIN")
		time.Sleep(2 * time.Second) // for requests under way, and with both versions in service
		in.stop(i)
		in.mustTell("set server afterhours/" + name + " state ready")
		in.await(name, "DOWN") // a new server must be noticed by its own checks
		in.start(i, program.Path(t), "--drain", drainTime)
		in.await(name, "UP")
	}
	for _, want := range []string{"is not finished", "finished: "} {
		args := []string{"doctor", "--data", in.data, "--store", in.store}
		if want == "finished: " {
			args = append(args, "--finish-upgrade")
		}
		if said, err := exec.Command(program.Path(t), args...).CombinedOutput(); err != nil || !strings.Contains(string(said), want) {
			t.Errorf("%v: %v, and says %s; want %q", args, err, said, want)
		}
	}
	time.Sleep(2 * time.Second) // under load, without the tables of the old servers
	clients.end()
}
