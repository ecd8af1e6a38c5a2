package handlers_test

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
)

// patience is how long a request may take on a busy machine. It is less than the delay of those that must not hold it up.
const patience = 8 * time.Second

// TestDelayHoldsNoPlace: more requests wait than one caller has places, and another is served meanwhile.
func TestDelayHoldsNoPlace(t *testing.T) {
	c, user := newFaultServer(t)
	const waiting = 400
	c.fail(`{"match":{"header":{"name":"X-Slow"}},"delay":"PT10S"}`)
	var running sync.WaitGroup
	var served atomic.Int64
	for range waiting {
		running.Go(func() {
			got, err := user.try(t.Context(), call{method: "GET", path: collection + "/a", token: user.token, header: map[string]string{"X-Slow": "1"}})
			switch {
			case err != nil || got.status != 200 && got.status != 503: // their delays end at once, which is too much for a busy machine
				t.Errorf("%+v %v", got, err)
			case got.status == 200:
				served.Add(1)
			}
		})
	}
	for c.faults()[0].Applied < waiting && !t.Failed() {
		time.Sleep(10 * time.Millisecond)
	}
	start := time.Now()
	user.send("GET", collection+"/a", "").want(t, 200)
	if took := time.Since(start); took > patience {
		t.Errorf("another request took %v", took)
	}
	running.Wait()
	if served.Load() == 0 {
		t.Error("no delayed request was served in the end")
	}
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

// TestDelayInBatchHoldsNoPlace: batches whose requests are delayed, of more tenants than lists may run at once, leave
// room for the lists and the writes of another one. The batches are done in the end.
func TestDelayInBatchHoldsNoPlace(t *testing.T) {
	c, user := newFaultServer(t)
	c.fail(`{"match":{"header":{"name":"X-Slow"}},"delay":"PT10S"}`)
	const item = `{"id":"%d","method":"GET","url":"/me/analytics/activityStatistics%s","headers":{%s}}`
	slow := `"X-Slow":"1"`
	var running sync.WaitGroup
	for n := range 4 * runtime.GOMAXPROCS(0) {
		token := c.tokenOf(uuid.NewString(), megan)
		running.Go(func() {
			body := `{"requests":[` + fmt.Sprintf(item, 1, "", slow) + "," + fmt.Sprintf(item, 2, "", "") + "," +
				fmt.Sprintf(item, 3, "", slow) + "," + fmt.Sprintf(item, 4, "/$count", slow) + `]}`
			got, err := c.try(t.Context(), call{method: "POST", path: "/beta/$batch", token: token, body: body})
			if err != nil || got.status != 200 || strings.Count(got.text, `"status":200`) != 4 {
				t.Errorf("%+v %v", got, err)
			}
		})
		for int(c.faults()[0].Applied) < 3*(n+1) && !t.Failed() {
			time.Sleep(time.Millisecond)
		}
	}
	start := time.Now()
	user.send("GET", collection, "").want(t, 200)
	user.send("PATCH", collection+"/a", `{"duration":"PT2H"}`).want(t, 200)
	if took := time.Since(start); took > patience {
		t.Errorf("the other tenant waited %v", took)
	}
	running.Wait()
}
