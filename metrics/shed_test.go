package metrics_test

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"afterhours/contract/program"
)

// TestScrapeWhileTheServerSheds: while more lists come than the server takes on, it can be scraped. Each
// refused request is counted once, by its status and by the queue that refused it.
func TestScrapeWhileTheServerSheds(t *testing.T) {
	w := watch(t, t.TempDir(), "--store", "memory")
	for n := range 200 {
		w.create(t, fmt.Sprintf("call_%d", n))
	}
	var mu sync.Mutex
	statuses := map[int]int{}
	var clients sync.WaitGroup
	stop := make(chan struct{})
	for range 150 {
		clients.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				status := w.ask(t, http.MethodGet, program.Statistics+"?$orderby=duration", w.token, "")
				mu.Lock()
				statuses[status]++
				mu.Unlock()
			}
		})
	}
	refused := func() float64 {
		return w.value(t, "afterhours_queue_refused_total", nil) + w.value(t, "afterhours_memory_refused_total", nil)
	}
	eventually(t, "the server refuses requests", func() bool { return refused() > 100 })
	inFlight := 0.0
	for range 20 {
		begun := time.Now()
		inFlight = max(inFlight, w.value(t, "afterhours_requests_in_flight", nil))
		if took := time.Since(begun); took > 10*time.Second {
			t.Errorf("a scrape took %v", took)
		}
	}
	if inFlight == 0 {
		t.Error("no scrape shows a request under way")
	}
	close(stop)
	clients.Wait()
	told := w.value(t, "afterhours_request_duration_seconds", map[string]string{"operation": "listMyStatistics", "status": "503"})
	if count := float64(statuses[http.StatusServiceUnavailable]); count == 0 || refused() != count || told != count {
		t.Errorf("the answers were %v; the queues have refused %v, and %v requests are counted as 503", statuses, refused(), told)
	}
}
