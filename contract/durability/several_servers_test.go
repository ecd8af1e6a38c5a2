package durability_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"afterhours/contract/checked"
	"afterhours/contract/program"
	"afterhours/store/cassandra/cassandratest"
	"afterhours/store/edm"
	"afterhours/store/postgres/postgrestest"
)

// overThreeServers runs the test with three servers on one database, of each kind that several servers may share.
// They trust the same tokens.
func overThreeServers(t *testing.T, test func(t *testing.T, servers []*program.Server, token string)) {
	for name, address := range map[string]func(testing.TB) string{"postgres": postgrestest.Address, "cassandra": cassandratest.Address} {
		t.Run(name, func(t *testing.T) {
			shared, dir := address(t), t.TempDir()
			var servers []*program.Server
			for range 3 {
				servers = append(servers, program.Serve(t, dir, "--store", shared))
			}
			test(t, servers, program.Run(t, "token", "--data", dir))
		})
	}
}

// TestThreeServersShareADatabase: a statistic that one server stored is the same at the
// others, with the same entity tag, and each page of a list may come from another server.
func TestThreeServersShareADatabase(t *testing.T) {
	overThreeServers(t, func(t *testing.T, servers []*program.Server, token string) {
		client := checked.Client(t)
		tags := map[string]string{}
		for n := range 30 {
			id := fmt.Sprintf("call_%02d", n)
			body := fmt.Sprintf(`{"@odata.type":"#microsoft.graph.callActivityStatistics","id":%q}`, id)
			status, tag, answer := checked.Send(t, client, http.MethodPost, servers[n%3].URL+program.Statistics, token, body)
			if status != http.StatusCreated {
				t.Fatalf("POST = %d %s", status, answer)
			}
			tags[id] = tag
			if status, _, answer := checked.Send(t, client, http.MethodPost, servers[(n+1)%3].URL+program.Statistics, token, body); status != http.StatusConflict {
				t.Errorf("the same POST to another server = %d %s", status, answer)
			}
		}
		for id, want := range tags {
			for _, server := range servers {
				if status, tag, answer := checked.Send(t, client, http.MethodGet, server.URL+program.Statistics+"/"+id, token, ""); status != http.StatusOK || tag != want {
					t.Errorf("GET %s = %d %s; want the entity tag %s of %s", id, status, tag, want, answer)
				}
			}
		}

		seen := map[string]bool{}
		next := servers[0].URL + program.Statistics + "?$top=7&$orderby=startDate"
		for page := 1; next != ""; page++ {
			status, _, answer := checked.Send(t, client, http.MethodGet, next, token, "")
			var listed struct {
				Value []struct{ ID string }
				Next  string `json:"@odata.nextLink"`
			}
			if err := json.Unmarshal([]byte(answer), &listed); err != nil || status != http.StatusOK {
				t.Fatalf("GET %s = %d %s", next, status, answer)
			}
			for _, statistic := range listed.Value {
				if seen[statistic.ID] {
					t.Errorf("%s is listed twice", statistic.ID)
				}
				seen[statistic.ID] = true
			}
			next = strings.Replace(listed.Next, servers[(page+2)%3].URL, servers[page%3].URL, 1)
		}
		if len(seen) != len(tags) {
			t.Errorf("the pages have %d statistics; want %d", len(seen), len(tags))
		}
	})
}

// TestNoIncrementIsLostAmongServers: 12 clients of three servers count up one duration with
// If-Match. At the end it has one second for each response of 200.
func TestNoIncrementIsLostAmongServers(t *testing.T) {
	overThreeServers(t, func(t *testing.T, servers []*program.Server, token string) {
		client := checked.Client(t)
		const item = program.Statistics + "/counter"
		body := `{"@odata.type":"#microsoft.graph.callActivityStatistics","id":"counter","duration":"PT0S"}`
		if status, _, answer := checked.Send(t, client, http.MethodPost, servers[0].URL+program.Statistics, token, body); status != http.StatusCreated {
			t.Fatalf("POST = %d %s", status, answer)
		}
		var kept atomic.Int64
		var clients sync.WaitGroup
		for n := range 12 {
			clients.Go(func() {
				for range 20 {
					kept.Add(increment(t, client, servers[n%3].URL+item, token))
				}
			})
		}
		clients.Wait()
		if got, _ := counter(t, client, servers[1].URL+item, token); got != kept.Load() || got == 0 {
			t.Errorf("the duration is %d s after %d answers of 200", got, kept.Load())
		}
	})
}

// increment reads the duration and writes one second more with If-Match. It returns 1 if the
// response is 200, and 0 if another client was faster.
func increment(t *testing.T, client *http.Client, url, token string) int64 {
	was, tag := counter(t, client, url, token)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPatch, url, strings.NewReader(fmt.Sprintf(`{"duration":"PT%dS"}`, was+1)))
	if err != nil {
		t.Error(err)
		return 0
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("If-Match", tag)
	response, err := client.Do(request)
	if err != nil {
		t.Error(err)
		return 0
	}
	defer func() { _ = response.Body.Close() }()
	switch response.StatusCode {
	case http.StatusOK:
		return 1
	case http.StatusPreconditionFailed:
		return 0
	}
	t.Errorf("PATCH = %d; want 200 or 412", response.StatusCode)
	return 0
}

// counter returns the duration in seconds and the entity tag.
func counter(t *testing.T, client *http.Client, url, token string) (seconds int64, tag string) {
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := client.Do(request)
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	defer func() { _ = response.Body.Close() }()
	var statistic struct{ Duration edm.Duration }
	if err := json.NewDecoder(response.Body).Decode(&statistic); err != nil {
		t.Error(err)
	}
	return int64(statistic.Duration / edm.Second), response.Header.Get("ETag")
}
