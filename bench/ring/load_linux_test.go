package ring_test

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"afterhours/contract/program"
)

const (
	tenant = "7a1c0f52-3d84-4b6e-9f20-5e8d1b7c4a63"
	ofUser = 100 // statistics
	atOnce = 64  // clients
	few    = 4   // clients
	// callers is the number of applications that send the requests: the server's limits are for each caller.
	callers = 16
)

func user(number int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012d", number) }

// writeRows writes a file for import, with the statistics of the users.
func writeRows(t *testing.T, users int) (file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "rows.jsonl")
	out, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	text := bufio.NewWriter(out)
	for n := range users * ofUser {
		start := time.Date(2026, 1, 1+n%ofUser, 0, 0, 0, 0, time.UTC)
		fmt.Fprintf(text, `{"tenant":"`+tenant+`","user":%q,"statistic":{"@odata.type":"#microsoft.graph.callActivityStatistics","id":"call_%04d",`+
			`"activity":"Call","startDate":%q,"endDate":%q,"timeZoneUsed":"Pacific Standard Time","duration":"PT%dM%d.%07dS","afterHours":"PT9M"}}`+"\n",
			user(n/ofUser), n%ofUser, start.Format(time.DateOnly), start.AddDate(0, 0, 1).Format(time.DateOnly), n%59+1, n%53+1, n%9_999_991+1)
	}
	if err := text.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return file
}

// operation is a kind of request.
type operation struct {
	name, method string
	path         func(client int, r *rand.Rand) string // below the user's statistics
	body         func(*rand.Rand) string               // nil for none
}

var (
	patch = operation{"PATCH", http.MethodPatch, anyStatistic, duration}
	// patchOwn changes another statistic for each client, so that none finds that its statistic has changed meanwhile.
	patchOwn = operation{"PATCH", http.MethodPatch, func(client int, _ *rand.Rand) string { return fmt.Sprintf("/call_%04d", client) }, duration}
	get      = operation{"GET", http.MethodGet, anyStatistic, nil}
	list     = operation{"list of 50", http.MethodGet, func(int, *rand.Rand) string { return "?$top=50" }, nil}
)

func anyStatistic(_ int, r *rand.Rand) string { return fmt.Sprintf("/call_%04d", r.IntN(ofUser)) }

// duration is the body of the documented PATCH, each time with another duration.
func duration(r *rand.Rand) string {
	return fmt.Sprintf(`{"@odata.type":"#microsoft.graph.callActivityStatistics","activity":"Call","startDate":"2019-06-16","endDate":"2019-06-17",`+
		`"timeZoneUsed":"Time Zone Used value","duration":"-PT1M5.%dS","afterHours":"-PT1M34.3242013S"}`, 1_000_000+r.IntN(9_000_000))
}

// result is what the clients of a phase have seen.
type result struct {
	took    time.Duration
	times   []time.Duration // of the responses with 200, the shortest first
	refused int             // responses with 503
}

func (r *result) rate() float64 { return float64(len(r.times)) / r.took.Seconds() }

// percentile returns the time that this part of the responses has not exceeded.
func (r *result) percentile(part float64) time.Duration {
	return r.times[min(int(part*float64(len(r.times))), len(r.times)-1)]
}

// load has clients send requests for the users, each one after the other, spread over the servers.
func load(t *testing.T, servers []*program.Server, tokens []string, clients int, users []string, op operation, lasts time.Duration) *result {
	t.Helper()
	transport := &http.Transport{MaxIdleConnsPerHost: clients}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, Timeout: time.Minute}
	begun := time.Now()
	total := &result{}
	var mu sync.Mutex
	var running sync.WaitGroup
	for n := range clients {
		running.Go(func() {
			random := rand.New(rand.NewPCG(uint64(n), uint64(begun.UnixNano())))
			var own result
			for time.Since(begun) < lasts {
				if err := own.send(client, n, servers[n%len(servers)].URL, tokens[n%len(tokens)], users[random.IntN(len(users))], op, random); err != nil {
					t.Errorf("%s: %v", op.name, err)
					break
				}
			}
			mu.Lock()
			defer mu.Unlock()
			total.times, total.refused = append(total.times, own.times...), total.refused+own.refused
		})
	}
	running.Wait()
	total.took = time.Since(begun)
	if len(total.times) == 0 {
		t.Fatalf("%s: none of the requests of %d connections was served", op.name, clients)
	}
	slices.Sort(total.times)
	return total
}

// send sends one request and notes the time of its response.
func (r *result) send(client *http.Client, number int, server, token, user string, op operation, random *rand.Rand) error {
	var body io.Reader
	if op.body != nil {
		body = strings.NewReader(op.body(random))
	}
	request, err := http.NewRequest(op.method, server+"/v1.0/users/"+user+"/analytics/activityStatistics"+op.path(number, random), body)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "application/json")
	begun := time.Now()
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	text, err := io.ReadAll(response.Body)
	_ = response.Body.Close()
	switch {
	case err != nil:
		return err
	case response.StatusCode == http.StatusOK:
		r.times = append(r.times, time.Since(begun))
	case response.StatusCode == http.StatusServiceUnavailable:
		r.refused++
	default:
		return fmt.Errorf("%s: %s", response.Status, text)
	}
	return nil
}
