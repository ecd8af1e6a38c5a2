package overload_test

import (
	"context"
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"time"
)

// TestManyWriters is one caller with 5,000 connections that PATCH, each a statistic of its own.
func TestManyWriters(t *testing.T) {
	connections := 5000
	if !full() {
		connections = 100
	}
	overStores(t, owned{dearUser: connections}, func(t *testing.T, w *world) {
		ctx, stop := context.WithCancel(t.Context())
		var count atomic.Int64
		writers, wait := w.attack(ctx, t, connections, patient, func() *http.Request {
			n := int(count.Add(1))
			return w.request("PATCH", fmt.Sprintf("/call_%05d", n%connections), w.dear, fmt.Sprintf(`{"duration":"PT%dS"}`, n%59+1))
		})
		time.Sleep(2 * time.Second) // until all are connected
		during := w.honestWork(t)
		stop()
		wait()
		t.Logf("the others:%s\nthe writers:%s", during, writers)
		for _, key := range []string{"GET 200", "PATCH 200", "list 200"} {
			if p99 := percentile(during.times[key], 0.99); p99 > acceptedP99*slack() || p99 == 0 {
				t.Errorf("%s: p99 is %s; want %s at most", key, p99, acceptedP99*slack())
			}
		}
	})
}
