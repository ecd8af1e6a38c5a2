package overload_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"afterhours/contract/program"
	"afterhours/store/postgres/postgrestest"
)

var load = flag.Duration("load", time.Second, "how long each phase lasts; from 10s on, the bounds are those of overload.md, else 25 times as wide")

func TestMain(m *testing.M) { os.Exit(program.Main(m)) }

// slack returns by how much the bounds are widened. A short run, as in go test ./..., shares
// the machine with other tests. It still finds a server that a caller has taken.
func slack() time.Duration {
	if *load < 10*time.Second {
		return 25
	}
	return 1
}

// full reports whether the run is one whose figures are worth keeping.
func full() bool { return slack() == 1 }

const (
	tenant    = "7a1c0f52-3d84-4b6e-9f20-5e8d1b7c4a63"
	dearUser  = "00000000-0000-4000-8000-00000000dea0"
	honest    = "00000000-0000-4000-8000-00000000b0b0"
	statistic = "call_00000"

	crowd     = 50   // users of an open loop
	crowdRows = 2000 // statistics of each
)

func crowdUser(n int) string { return fmt.Sprintf("00000000-0000-4000-8000-0000c0de%04d", n) }

// owned is how many statistics a user has.
type owned map[string]int

// overStores runs the measurement against a server on sqlite and one on PostgreSQL. The users
// have these statistics, and the user honest has one.
func overStores(t *testing.T, statistics owned, measure func(*testing.T, *world)) {
	t.Run("sqlite", func(t *testing.T) { measure(t, newWorld(t, "sqlite", statistics)) })
	t.Run("postgres", func(t *testing.T) { measure(t, newWorld(t, postgrestest.Address(t), statistics)) })
}

// world is a running server with statistics, and its callers' tokens.
type world struct {
	*program.Server
	dir          string // the data folder
	dear, honest string // tokens
}

// token returns a token of the user.
func (w *world) token(t *testing.T, user string) string {
	t.Helper()
	return program.Run(t, "token", "--data", w.dir, "--tenant", tenant, "--user", user, "--expires", "2h")
}

func newWorld(t *testing.T, store string, statistics owned) *world {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(t.TempDir(), "rows.jsonl")
	writeRows(t, file, statistics)
	program.Run(t, "import", "--data", dir, "--store", store, file)
	w := &world{Server: program.Serve(t, dir, "--store", store), dir: dir}
	w.dear, w.honest = w.token(t, dearUser), w.token(t, honest)
	return w
}

// writeRows writes a file for import: the statistics of the users, and the one of honest.
func writeRows(t *testing.T, file string, statistics owned) {
	t.Helper()
	var text bytes.Buffer
	timeZone := strings.Repeat("é", 256) // as long as it may be
	write := func(user string, n int) {
		fmt.Fprintf(&text, `{"tenant":%q,"user":%q,"statistic":{"@odata.type":"#microsoft.graph.callActivityStatistics","id":"call_%05d","activity":"Call",`+
			`"startDate":"2019-06-16","endDate":"2019-06-17","timeZoneUsed":%q,"duration":"PT%dS","afterHours":"PT1S"}}`+"\n", tenant, user, n, timeZone, n%59+1)
	}
	for user, count := range statistics {
		for n := range count {
			write(user, n)
		}
	}
	write(honest, 0)
	if err := os.WriteFile(file, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// newClient returns a client that keeps up to connections connections.
func newClient(t *testing.T, connections int) *http.Client {
	transport := &http.Transport{MaxIdleConnsPerHost: connections, MaxConnsPerHost: connections}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: time.Minute}
}

// request returns a request on the statistics of the token's user. The path follows theirs.
func (w *world) request(method, path, token, body string) *http.Request {
	url := w.URL + program.Statistics + path
	if strings.HasPrefix(path, "/$batch") {
		url = w.URL + "/v1.0" + path
	}
	r, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		panic(err) // the request is a constant of this package
	}
	r.Header.Set("Authorization", "Bearer "+token)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	return r
}

// batch returns the body of a batch of GETs of the urls.
func batch(urls ...string) string {
	type item struct {
		ID     string `json:"id"`
		Method string `json:"method"`
		URL    string `json:"url"`
	}
	var items []item
	for n, url := range urls {
		items = append(items, item{fmt.Sprint(n), "GET", url})
	}
	text, err := json.Marshal(map[string]any{"requests": items})
	if err != nil {
		panic(err)
	}
	return string(text)
}
