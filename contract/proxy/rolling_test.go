package proxy_test

import (
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
// both versions use one database. The old ones cannot drain, so HAProxy is told to send them nothing.
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
	clients.end()
}
