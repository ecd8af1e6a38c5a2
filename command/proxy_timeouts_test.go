package command

import (
	"regexp"
	"testing"
	"time"
)

// TestProxyTimeouts: HAProxy closes an idle connection before a server does, and waits for an answer for
// longer than a server takes. Otherwise a request could meet a connection that is being closed.
func TestProxyTimeouts(t *testing.T) {
	text := mustRead(t, "../deploy/haproxy/haproxy.cfg")
	timeout := func(name string) time.Duration {
		found := regexp.MustCompile(`(?m)^ *timeout ` + name + ` (\S+)$`).FindStringSubmatch(text)
		if found == nil {
			t.Fatalf("the configuration of HAProxy has no timeout %s", name)
		}
		parsed, err := time.ParseDuration(found[1])
		if err != nil {
			t.Fatal(err)
		}
		return parsed
	}
	const cloud = 600 * time.Second // how long load balancers of Google Cloud keep a connection, which nobody can change
	if idleTimeout <= cloud {
		t.Errorf("a server closes idle connections after %v; it must be more than %v", idleTimeout, cloud)
	}
	for _, name := range []string{"http-keep-alive", "client"} {
		if timeout(name) >= idleTimeout {
			t.Errorf("timeout %s is %v; a server closes idle connections after %v", name, timeout(name), idleTimeout)
		}
	}
	if timeout("server") <= writeTimeout {
		t.Errorf("timeout server is %v; a server may take %v", timeout("server"), writeTimeout)
	}
}
