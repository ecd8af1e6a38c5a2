package durability_test

import (
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"afterhours/contract/checked"
	"afterhours/contract/program"
)

var (
	steady     = flag.Duration("steady", 4*time.Second, "how long TestSteady puts load on a server; from 5m on memory must be flat")
	steadyPlot = flag.String("steady-plot", "", "file for the plot of TestSteady, as SVG")
)

const (
	steadyClients = 8
	steadyPause   = 10 * time.Millisecond // between two rounds of a client; the load is not to be the limit
	// steadyGrowth is how much a gauge may grow while it counts as flat: it swings with the garbage collector.
	steadyGrowth = 1.1
)

// gauges are what a process has at a moment.
type gauges struct {
	at         time.Duration // since the begin of the load
	resident   float64       // MiB
	files      float64       // open files and connections
	threads    float64
	goroutines float64
}

// TestSteady: under a mixed load whose clients delete what they create, a server has as much memory and as
// many open files, threads and goroutines at the end as after three tenths of the time. The long run takes
// ten minutes: the minute after the third is compared with the tenth.
func TestSteady(t *testing.T) {
	dir := t.TempDir()
	server := program.Serve(t, dir, "--admin-addr", "127.0.0.1:0")
	metrics := strings.TrimPrefix(server.Line(), "admin listening on ") + "/metrics"
	before := readGauges(t, server.Process.Pid, metrics)
	var stop atomic.Bool
	var requests atomic.Int64
	var clients sync.WaitGroup
	for range steadyClients {
		c := &steadyClient{t: t, url: server.URL, client: checked.Client(t), token: program.Run(t, "token", "--data", dir, "--user", uuid.NewString())}
		clients.Go(func() {
			for n := 0; !stop.Load() && !t.Failed(); n++ {
				requests.Add(c.round(n))
				time.Sleep(steadyPause)
			}
		})
	}
	all := sampleGauges(t, server.Process.Pid, metrics)
	stop.Store(true)
	clients.Wait()
	t.Logf("%d requests of %d clients in %v", requests.Load(), steadyClients, *steady)
	if *steadyPlot != "" {
		if err := os.WriteFile(*steadyPlot, plotGauges(all), 0o644); err != nil {
			t.Error(err)
		}
	}
	for _, gauge := range gaugesShown {
		early, late := within(all, gauge.of, 0.3, 0.4), within(all, gauge.of, 0.9, 1)
		t.Logf("%s: %.0f at the begin, %.1f at three tenths, %.1f at the end, %.1f at most", gauge.name, gauge.of(before), early, late, slices.Max(valuesOf(all, gauge.of)))
		if *steady >= 5*time.Minute && late > early*steadyGrowth {
			t.Errorf("%s grew from %.1f to %.1f", gauge.name, early, late)
		}
	}
	if most := slices.Max(valuesOf(all, gaugesShown[1].of)); most > before.files+40*steadyClients {
		t.Errorf("the server had %v open files for %d clients", most, steadyClients)
	}
	if err := server.End(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
}

// gaugesShown are the gauges with their names.
var gaugesShown = []struct {
	name, colour string
	of           func(gauges) float64
}{
	{"resident memory in MiB", "#0b6bcb", func(g gauges) float64 { return g.resident }},
	{"open files", "#b3541e", func(g gauges) float64 { return g.files }},
	{"threads", "#4a7d2c", func(g gauges) float64 { return g.threads }},
	{"goroutines", "#6b3fa0", func(g gauges) float64 { return g.goroutines }},
}

// sampleGauges reads the gauges until the time of the load is over.
func sampleGauges(t *testing.T, pid int, metrics string) (all []gauges) {
	t.Helper()
	const samples = 300
	ticker := time.NewTicker(*steady / samples)
	defer ticker.Stop()
	begun := time.Now()
	for len(all) < samples {
		<-ticker.C
		now := readGauges(t, pid, metrics)
		now.at = time.Since(begun)
		all = append(all, now)
	}
	return all
}

// readGauges reads what the system knows of a process, and the goroutines from its metrics.
func readGauges(t *testing.T, pid int, metrics string) (now gauges) {
	t.Helper()
	folder := fmt.Sprintf("/proc/%d/", pid)
	status, err := os.ReadFile(folder + "status")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		name, value, _ := strings.Cut(line, ":")
		number, _ := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 64)
		switch name {
		case "VmRSS":
			now.resident = number / 1024
		case "Threads":
			now.threads = number
		}
	}
	files, err := os.ReadDir(folder + "fd")
	if err != nil {
		t.Fatal(err)
	}
	now.files = float64(len(files))
	now.goroutines = readGoroutines(t, metrics)
	return now
}

func valuesOf(all []gauges, of func(gauges) float64) (values []float64) {
	for _, one := range all {
		values = append(values, of(one))
	}
	return values
}

// within returns the median of a gauge in a part of the time.
func within(all []gauges, of func(gauges) float64, from, to float64) float64 {
	part := all[int(from*float64(len(all))):int(to*float64(len(all)))]
	values := slices.Sorted(slices.Values(valuesOf(part, of)))
	return values[len(values)/2]
}

// steadyClient is a caller who deletes what it creates.
type steadyClient struct {
	t          *testing.T
	url, token string
	client     *http.Client
}

// round sends each kind of request once and returns how many it has sent. Every tenth round has
// connections of its own.
func (c *steadyClient) round(n int) (sent int64) {
	id := fmt.Sprintf("call_%d", n%50)
	item := program.Statistics + "/" + id
	batch := fmt.Sprintf(`{"requests":[{"id":"1","method":"GET","url":"/me/analytics/activityStatistics/%[1]s"},{"id":"2","method":"GET","url":"/me/analytics/settings"},{"id":"3","method":"GET","url":"/me/analytics/activityStatistics/none"}]}`, id)
	for _, one := range []struct {
		method, path, body string
		want               []int
	}{
		{http.MethodPost, program.Statistics, fmt.Sprintf(`{"@odata.type":"#microsoft.graph.callActivityStatistics","id":%q,"startDate":"2019-06-16","duration":"PT%dS"}`, id, n%60), []int{201}},
		{http.MethodPatch, item, `{"duration":"-PT1M55.0810357S"}`, []int{200}},
		{http.MethodGet, item, "", []int{200}},
		{http.MethodPatch, item, `{"duration":"long"}`, []int{400}},
		{http.MethodGet, program.Statistics + "/none", "", []int{404}},
		{http.MethodGet, program.Statistics + "?$top=5&$filter=startDate+ge+2019-01-01", "", []int{200, 503}}, // lists are few at once
		{http.MethodPost, "/v1.0/$batch", batch, []int{200, 503}},
		{http.MethodGet, "/v1.0/me/analytics/settings", "", []int{200}},
		{http.MethodGet, "/readyz", "", []int{200}},
		{http.MethodDelete, item, "", []int{204}},
	} {
		if status := c.send(one.method, one.path, one.body, n%10 == 0); !slices.Contains(one.want, status) {
			c.t.Errorf("%s %s = %d; want %v", one.method, one.path, status, one.want)
		}
		sent++
	}
	return sent
}

// send sends one request and returns the status of its response.
func (c *steadyClient) send(method, path, body string, closes bool) int {
	request, err := http.NewRequestWithContext(c.t.Context(), method, c.url+path, strings.NewReader(body))
	if err != nil {
		c.t.Error(err)
		return 0
	}
	request.Close = closes
	request.Header.Set("Authorization", "Bearer "+c.token)
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := c.client.Do(request)
	if err != nil {
		c.t.Error(err)
		return 0
	}
	defer func() { _ = response.Body.Close() }()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		c.t.Error(err)
	}
	return response.StatusCode
}
