package durability_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"afterhours/contract/checked"
	"afterhours/contract/program"
	"afterhours/store/edm"
)

var (
	kills   = flag.Int("kills", 3, "how often TestKillsUnderLoad kills the server")
	patches = flag.Int64("patches", 300, "the least number of PATCHes answered before each kill")
	stored  = flag.Int("stored", 1000, "how many statistics TestKillsUnderLoad and TestBackupsUnderLoad import before they begin")
)

// manyKills is from how many kills on TestKillsUnderLoad holds the starts to 2 s. A long run has the machine to itself.
const manyKills = 10

// TestKillsUnderLoad: clients count up, each a statistic of its own, while the server is
// killed and started again. An answered increment is stored, an unanswered one is stored once
// or not at all, no entity tag comes twice, and the file is undamaged.
func TestKillsUnderLoad(t *testing.T) {
	dir := t.TempDir()
	others := filepath.Join(dir, "others.jsonl")
	program.WriteRows(t, others, *stored)
	program.Run(t, "import", "--data", dir, others)
	token := program.Run(t, "token", "--data", dir)
	counts := make([]*count, 16)
	for i := range counts {
		counts[i] = &count{t: t, client: checked.Client(t), token: token, id: fmt.Sprintf("call_%d", i), tags: map[string]bool{}}
	}
	p := program.Serve(t, dir)
	for _, c := range counts {
		c.create(p)
	}
	var slowest time.Duration
	for round := range *kills {
		var clients sync.WaitGroup
		var answered atomic.Int64
		enough := make(chan struct{})
		for _, c := range counts {
			clients.Go(func() {
				for c.increment(p) {
					if answered.Add(1) == *patches+int64(37*(round%10)) {
						close(enough)
					}
				}
			})
		}
		select {
		case <-enough:
		case <-time.After(time.Minute):
			t.Errorf("round %d: only %d PATCHes were answered in a minute", round, answered.Load())
		}
		_ = p.End(syscall.SIGKILL)
		clients.Wait()
		begun := time.Now()
		p = program.Serve(t, dir)
		slowest = max(slowest, time.Since(begun))
		for _, c := range counts {
			c.find(p)
		}
		if out := program.Run(t, "doctor", "--data", dir); out != "ok" {
			t.Errorf("round %d: doctor prints %q", round, out)
		}
	}
	total := edm.Duration(0)
	for _, c := range counts {
		total += c.kept
	}
	t.Logf("%d kills, %d acknowledged increments, none lost; ready again within %v, with %d statistics", *kills, total/edm.Second, slowest.Round(time.Millisecond), *stored)
	if *kills >= manyKills && slowest > 2*time.Second {
		t.Error("that is more than 2 s")
	}
	if total == 0 {
		t.Error("nothing was counted")
	}
}

// count is one statistic, as its only writer knows it.
type count struct {
	t         *testing.T
	client    *http.Client
	token, id string
	kept      edm.Duration    // the duration in the last response
	tag       string          // the entity tag in the last response
	tags      map[string]bool // the entity tags of all responses
	unknown   bool            // whether the last increment had no response
}

func (c *count) create(p *program.Server) {
	c.t.Helper()
	body := fmt.Sprintf(`{"@odata.type":"#microsoft.graph.callActivityStatistics","id":%q,"duration":"PT0S"}`, c.id)
	status, tag, answer := checked.Send(c.t, c.client, http.MethodPost, p.URL+program.Statistics, c.token, body)
	if status != http.StatusCreated {
		c.t.Fatalf("POST = %d %s", status, answer)
	}
	c.answered(tag, 0)
}

// increment writes one second more. It reports whether the server still answers.
func (c *count) increment(p *program.Server) bool {
	body := fmt.Sprintf(`{"duration":%q}`, c.kept+edm.Second)
	request, err := http.NewRequest(http.MethodPatch, p.URL+program.Statistics+"/"+c.id, strings.NewReader(body))
	if err != nil {
		c.t.Error(err)
		return false
	}
	request.Header.Set("Authorization", "Bearer "+c.token)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("If-Match", c.tag)
	response, err := c.client.Do(request)
	if err != nil {
		c.unknown = true
		return false
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		c.t.Errorf("PATCH = %d", response.StatusCode)
		return false
	}
	c.answered(response.Header.Get("ETag"), c.kept+edm.Second)
	return true
}

// find reads whether the last increment was stored.
func (c *count) find(p *program.Server) {
	c.t.Helper()
	status, tag, answer := checked.Send(c.t, c.client, http.MethodGet, p.URL+program.Statistics+"/"+c.id, c.token, "")
	var stored struct{ Duration edm.Duration }
	if err := json.Unmarshal([]byte(answer), &stored); err != nil || status != http.StatusOK {
		c.t.Fatalf("GET = %d %s, %v", status, answer, err)
	}
	switch {
	case stored.Duration == c.kept && tag == c.tag:
	case stored.Duration == c.kept+edm.Second && c.unknown:
		c.answered(tag, stored.Duration)
	default:
		c.t.Errorf("%s is %v with the entity tag %s after %v with %s was answered", c.id, stored.Duration, tag, c.kept, c.tag)
	}
	c.unknown = false
}

func (c *count) answered(tag string, duration edm.Duration) {
	if c.tags[tag] {
		c.t.Errorf("%s had the entity tag %s before", c.id, tag)
	}
	c.kept, c.tag, c.tags[tag] = duration, tag, true
}
