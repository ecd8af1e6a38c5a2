package command

import (
	"net/url"
	"testing"

	"afterhours/contract/program"
)

// TestHealthOfEveryAddress: an address by which serve listens on every address of the machine, or on a port of this machine,
// is one that health can ask. An image sets AFTERHOURS_ADDR for both.
func TestHealthOfEveryAddress(t *testing.T) {
	server, err := url.Parse(program.Serve(t, t.TempDir(), "--store", "memory").URL)
	if err != nil {
		t.Fatal(err)
	}
	for _, addr := range []string{server.Port(), ":" + server.Port(), "0.0.0.0:" + server.Port(), "[::]:" + server.Port(), server.Host, server.String()} {
		if out, err := run(t, "health", "--addr", addr); err != nil || out != "ready\n" {
			t.Errorf("health --addr %s: %q, %v", addr, out, err)
		}
	}
}
