package durability_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
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
	"afterhours/store/cassandra/cassandratest"
	"afterhours/store/postgres/postgrestest"
)

var deltaWrites = flag.Int("deltawrites", 10_000, "how many writes TestACopierEndsEqual makes on each store; over Cassandra it makes a tenth")

const (
	deltaKills  = 4  // of the server, during the writes
	deltaResets = 3  // by the control contract
	deltaIDs    = 60 // that the writers share
)

// TestACopierEndsEqual: writers create, change and delete statistics that they share, alone and in
// atomicity groups, while the server is killed, started again and reset; a ring of Cassandra cannot be reset. A
// copier that only follows the links of delta() has in the end what the server has, on each store. A store that
// outlives its process never answers 410.
func TestACopierEndsEqual(t *testing.T) {
	for name, arguments := range map[string]func(t *testing.T) []string{
		"memory":    func(*testing.T) []string { return []string{"--store", "memory"} },
		"sqlite":    func(*testing.T) []string { return nil },
		"postgres":  func(t *testing.T) []string { return []string{"--store", postgrestest.Address(t)} },
		"cassandra": func(t *testing.T) []string { return []string{"--store", cassandratest.Address(t)} },
	} {
		t.Run(name, func(t *testing.T) {
			d := &tracked{t: t, dir: t.TempDir(), arguments: arguments(t), client: checked.Client(t)}
			d.token = program.Run(t, "token", "--data", d.dir)
			writes := *deltaWrites
			if name == "cassandra" {
				writes /= 10 // it takes longer
			} else {
				d.arguments = append(d.arguments, "--control")
				d.control = program.Run(t, "token", "--data", d.dir, "--role", "Afterhours.Control")
			}
			d.server = program.Serve(t, d.dir, d.arguments...)
			c := &linkCopier{tracked: d, copied: map[string]string{}, next: program.Statistics + "/delta()?$top=7"}
			var ended atomic.Bool
			var copying, writing sync.WaitGroup
			copying.Go(func() {
				for !ended.Load() {
					c.follow()
				}
			})
			for n := range 4 {
				random := rand.New(rand.NewPCG(uint64(n), 16))
				writing.Go(func() { d.write(random, writes/4) })
			}
			kills, resets := d.disturb(writes)
			writing.Wait()
			ended.Store(true)
			copying.Wait()

			c.round(t) // the rest of one that may have begun before the last writes: it ends at its own beginning
			c.round(t) // of what came last
			if changes := c.round(t); changes != 0 {
				t.Errorf("after all is copied, there are %d changes", changes)
			}
			stored := d.list(t)
			if !maps.Equal(c.copied, stored) {
				t.Errorf("the copy has %v\nand the server %v", c.copied, stored)
			}
			if c.begun > 0 && name != "memory" {
				t.Errorf("the copier had to begin %d times anew", c.begun)
			}
			t.Logf("%d writes, %d kills, %d resets: %d rounds with %d changes, begun anew %d times, %d statistics in the end",
				d.written.Load(), kills, resets, c.rounds, c.changes, c.begun, len(stored))
			if c.rounds < 10 || d.written.Load() < int64(writes/2) {
				t.Errorf("%d rounds and %d writes are too few", c.rounds, d.written.Load())
			}
		})
	}
}

// tracked is a server whose changes are followed.
type tracked struct {
	t              *testing.T
	dir            string
	arguments      []string
	client         *http.Client
	token, control string
	written        atomic.Int64

	mu     sync.RWMutex // held for writing while no server runs
	server *program.Server
}

// send sends a request to the server that runs now. The error is that of a server that was killed.
func (d *tracked) send(method, path, token, body string) (*http.Response, []byte, error) {
	d.mu.RLock()
	url := d.server.URL
	d.mu.RUnlock()
	request, err := http.NewRequest(method, url+path, strings.NewReader(body))
	if err != nil {
		return nil, nil, err
	}
	request.Header.Set("Authorization", "Bearer "+token)
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := d.client.Do(request)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	return response, text, err
}

// disturb kills and resets the server, spread over the writes. It only kills a server without a control API.
func (d *tracked) disturb(writes int) (kills, resets int) {
	for n := range deltaKills + deltaResets {
		for d.written.Load() < int64(writes*(n+1)/(deltaKills+deltaResets+1)) && !d.t.Failed() {
			time.Sleep(time.Millisecond)
		}
		if n%2 == 1 && d.control != "" {
			if response, text, err := d.send("POST", "/control/reset", d.control, ""); err != nil || response.StatusCode != http.StatusNoContent {
				d.t.Errorf("the reset: %v %v %s", err, response, text)
			}
			resets++
			continue
		}
		d.mu.Lock()
		_ = d.server.End(syscall.SIGKILL)
		d.server = program.Serve(d.t, d.dir, d.arguments...)
		d.mu.Unlock()
		kills++
	}
	return kills, resets
}

// write makes random writes. Those that are refused because of the others' count as well.
func (d *tracked) write(random *rand.Rand, count int) {
	const create = `{"@odata.type":"#microsoft.graph.callActivityStatistics","id":"call_%d"}`
	for range count {
		id := random.IntN(deltaIDs)
		item := fmt.Sprintf("%s/call_%d", program.Statistics, id)
		var response *http.Response
		var text []byte
		var err error
		switch random.IntN(6) {
		case 0, 1:
			response, text, err = d.send("POST", program.Statistics, d.token, fmt.Sprintf(create, id))
		case 2, 3:
			response, text, err = d.send("PATCH", item, d.token, fmt.Sprintf(`{"duration":"PT%dS"}`, random.IntN(100_000)))
		case 4:
			response, text, err = d.send("DELETE", item, d.token, "")
		case 5:
			response, text, err = d.send("POST", "/beta/$batch", d.token, fmt.Sprintf(`{"requests":[`+
				`{"id":"1","atomicityGroup":"g","method":"POST","url":"/me/analytics/activityStatistics","headers":{"Content-Type":"application/json"},"body":`+create+`},`+
				`{"id":"2","atomicityGroup":"g","method":"DELETE","url":"/me/analytics/activityStatistics/call_%d"}]}`, id, random.IntN(deltaIDs)))
		}
		d.written.Add(1)
		if err == nil && response.StatusCode >= 500 && response.StatusCode != http.StatusServiceUnavailable {
			d.t.Errorf("%d %s", response.StatusCode, text)
			return
		}
	}
}

// list returns the entity tags of all statistics, by id.
func (d *tracked) list(t *testing.T) map[string]string {
	response, text, err := d.send("GET", program.Statistics+"?$top=1000", d.token, "")
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("the list: %v %s", err, text)
	}
	stored := map[string]string{}
	for _, one := range readChanges(t, text).Value {
		stored[one.ID] = one.Tag
	}
	return stored
}

// changesPage is a page of a list or of changes.
type changesPage struct {
	Next  string `json:"@odata.nextLink"`
	Delta string `json:"@odata.deltaLink"`
	Value []struct {
		ID      string
		Tag     string                   `json:"@odata.etag"`
		Removed *struct{ Reason string } `json:"@removed"`
	}
}

func readChanges(t *testing.T, text []byte) (page changesPage) {
	if err := json.Unmarshal(text, &page); err != nil {
		t.Errorf("%v: %s", err, text)
	}
	return page
}

// linkCopier has a copy of the entity tags, by id.
type linkCopier struct {
	*tracked
	copied                 map[string]string
	next                   string // path and query of the link to follow
	rounds, changes, begun int
}

// follow follows one link. It reports whether that ended a round, and how many changes it had. A server
// that was killed is asked again.
func (c *linkCopier) follow() (ended bool, changes int) {
	response, text, err := c.send("GET", c.next, c.token, "")
	switch {
	case err != nil || response.StatusCode == http.StatusServiceUnavailable:
		time.Sleep(time.Millisecond)
		return false, 0
	case response.StatusCode == http.StatusGone:
		c.begun++
		c.next, c.copied = afterHost(response.Header.Get("Location")), map[string]string{}
		return false, 0
	case response.StatusCode != http.StatusOK:
		c.t.Errorf("GET %s = %d %s", c.next, response.StatusCode, text)
		return true, 0
	}
	page := readChanges(c.t, text)
	for _, one := range page.Value {
		delete(c.copied, one.ID)
		if one.Removed == nil {
			c.copied[one.ID] = one.Tag
		}
	}
	c.changes += len(page.Value)
	c.next = afterHost(page.Next + page.Delta)
	if page.Delta != "" {
		c.rounds++
	}
	return page.Delta != "", len(page.Value)
}

// round follows links to the end of a round, and returns how many changes it had.
func (c *linkCopier) round(t *testing.T) (changes int) {
	for ended := false; !ended && !t.Failed(); {
		var more int
		ended, more = c.follow()
		changes += more
	}
	return changes
}

// afterHost returns path and query of a URL. A server that was started again has another port.
func afterHost(url string) string {
	_, rest, _ := strings.Cut(url, "://")
	return rest[max(0, strings.IndexByte(rest, '/')):]
}

// TestDeltaLinksAfterRestore: after a backup was restored, a link from before the backup has all changes that
// the backup and later writes make; one from after the backup is 410, even when as much was written again.
func TestDeltaLinksAfterRestore(t *testing.T) {
	d := &tracked{t: t, dir: t.TempDir(), client: checked.Client(t)}
	d.token = program.Run(t, "token", "--data", d.dir)
	d.server = program.Serve(t, d.dir)
	create := func(id string) {
		t.Helper()
		body := fmt.Sprintf(`{"@odata.type":"#microsoft.graph.callActivityStatistics","id":%q}`, id)
		if response, text, err := d.send("POST", program.Statistics, d.token, body); err != nil || response.StatusCode != http.StatusCreated {
			t.Fatalf("POST: %v %s", err, text)
		}
	}
	before := &linkCopier{tracked: d, copied: map[string]string{}, next: program.Statistics + "/delta()"}
	after := &linkCopier{tracked: d, copied: map[string]string{}, next: before.next}
	create("a")
	before.round(t)
	create("b")
	backup := filepath.Join(t.TempDir(), "backup")
	program.Run(t, "backup", "--data", d.dir, backup)
	create("lost")
	after.round(t)
	if err := d.server.End(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	program.Run(t, "restore", "--data", d.dir, backup)
	d.server = program.Serve(t, d.dir)
	create("c")
	for _, c := range []*linkCopier{before, after} {
		c.round(t)
		if stored := d.list(t); !maps.Equal(c.copied, stored) || len(stored) != 3 {
			t.Errorf("the copy has %v\nand the server %v", c.copied, stored)
		}
	}
	if before.begun != 0 || before.changes != 3 || after.begun != 1 {
		t.Errorf("the link from before began anew %d times after %d changes, that from after %d times; want 0, 3 and 1", before.begun, before.changes, after.begun)
	}
}
