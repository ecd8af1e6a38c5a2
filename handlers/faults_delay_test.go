package handlers_test

import (
	"context"
	"sync"
	"testing"
	"time"
)

// TestDelayHoldsNoPlace: more requests wait than one caller has places, and another is served meanwhile.
func TestDelayHoldsNoPlace(t *testing.T) {
	c, user := newFaultServer(t)
	const waiting = 400
	c.fail(`{"match":{"header":{"name":"X-Slow"}},"delay":"PT3S"}`)
	var running sync.WaitGroup
	for range waiting {
		running.Go(func() {
			got, err := user.try(t.Context(), call{method: "GET", path: collection + "/a", token: user.token, header: map[string]string{"X-Slow": "1"}})
			if err != nil || got.status != 200 {
				t.Errorf("%+v %v", got, err)
			}
		})
	}
	for c.faults()[0].Applied < waiting {
		time.Sleep(10 * time.Millisecond)
	}
	start := time.Now()
	user.send("GET", collection+"/a", "").want(t, 200)
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("another request took %v", took)
	}
	running.Wait()
}

// TestDelayEndsWithItsClient: a request whose client hangs up is not kept waiting.
func TestDelayEndsWithItsClient(t *testing.T) {
	onEveryWire(t, func(t *testing.T, _ bool, c controlServer, user testClient) {
		c.fail(`{"delay":"PT30S"}`)
		ctx, hangUp := context.WithCancel(t.Context())
		done := make(chan error)
		go func() {
			_, err := user.try(ctx, call{method: "GET", path: collection + "/a", token: user.token})
			done <- err
		}()
		for c.faults()[0].Applied == 0 {
			time.Sleep(time.Millisecond)
		}
		hangUp()
		if err := <-done; err == nil {
			t.Error("a request that was given up has a response")
		}
		if found := c.requests("?method=GET&route=/me/analytics/activityStatistics/{activityStatistics-id}&wait=PT20S"); len(found) != 1 {
			t.Errorf("the journal has %+v", found)
		}
	})
}

// TestDelayedBodyIsRead: a body that waits for the server longer than a client may pause is still read.
func TestDelayedBodyIsRead(t *testing.T) {
	onEveryWire(t, func(t *testing.T, _ bool, c controlServer, user testClient) {
		t.Parallel()
		c.fail(`{"match":{"method":"PATCH"},"delay":"PT4.5S"}`)
		start := time.Now()
		got, err := user.patchA(t.Context(), "PT2H")
		if took := time.Since(start); err != nil || got.status != 200 || took < 4500*time.Millisecond {
			t.Errorf("%+v, error %v after %v", got, err, took)
		}
	})
}
