package proxy_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"afterhours/contract/checked"
	"afterhours/contract/program"
)

// load is clients that read and write through the proxy, and remember what they were told.
type load struct {
	t      *testing.T
	url    string
	client *http.Client
	stop   atomic.Bool
	ended  sync.WaitGroup
	users  []*user
}

// user is one client. Nobody else writes its statistics.
type user struct {
	load     *load
	token    string
	tags     map[string]string // the entity tag of each statistic, as last answered
	count    int               // the duration of the counter in seconds
	requests int
}

// counterID is the statistic that a user counts up.
const counterID = "counter"

// pause is what a client waits between two requests. The load must not be what fails.
const pause = 5 * time.Millisecond

// startLoad starts the clients. They have tokens of the data folder.
func startLoad(t *testing.T, url, data string, users int) *load {
	t.Helper()
	l := &load{t: t, url: url, client: checked.Client(t)}
	for range users {
		u := &user{load: l, token: program.Run(t, "token", "--data", data, "--user", uuid.NewString()), tags: map[string]string{}}
		if status, tag, body := u.send(http.MethodPost, "", "", createBody(counterID)); status != http.StatusCreated {
			t.Fatalf("creating the counter: %d %s", status, body)
		} else {
			u.tags[counterID] = tag
		}
		l.users = append(l.users, u)
	}
	for _, u := range l.users {
		l.ended.Go(u.work)
	}
	return l
}

func createBody(id string) string {
	return fmt.Sprintf(`{"@odata.type":"#microsoft.graph.callActivityStatistics","id":%q,"duration":"PT0S"}`, id)
}

// work creates, changes and reads statistics until the load is stopped, or a request fails.
func (u *user) work() {
	for n := 0; !u.load.stop.Load() && !u.load.t.Failed(); n++ {
		id := fmt.Sprintf("call_%d", n)
		u.want(http.StatusCreated, http.MethodPost, id, "", createBody(id))
		u.count++
		u.want(http.StatusOK, http.MethodPatch, counterID, u.tags[counterID], fmt.Sprintf(`{"duration":"PT%dS"}`, u.count))
		u.want(http.StatusOK, http.MethodGet, counterID, "", "")
		time.Sleep(pause)
	}
}

// want sends a request that must have the status, and remembers the entity tag of a write. A read must
// have the tag of the last write, whichever server answers.
func (u *user) want(status int, method, id, ifMatch, body string) {
	path := "/" + id
	if method == http.MethodPost {
		path = ""
	}
	got, tag, text := u.send(method, path, ifMatch, body)
	u.requests++
	switch {
	case got != status:
		u.load.t.Errorf("%s %s = %d %s; want %d", method, id, got, text, status)
	case method == http.MethodGet && tag != u.tags[id]:
		u.load.t.Errorf("GET %s has the entity tag %s; the last write was answered with %s", id, tag, u.tags[id])
	}
	u.tags[id] = tag
}

// send sends one request through the proxy. The status is 0 if there is no answer.
func (u *user) send(method, path, ifMatch, body string) (status int, tag, text string) {
	request, err := http.NewRequestWithContext(u.load.t.Context(), method, u.load.url+program.Statistics+path, strings.NewReader(body))
	if err != nil {
		return 0, "", err.Error()
	}
	request.Header.Set("Authorization", "Bearer "+u.token)
	request.Header.Set("Content-Type", "application/json")
	if ifMatch != "" {
		request.Header.Set("If-Match", ifMatch)
	}
	if method == http.MethodPost && u.requests%2 == 0 {
		request.ContentLength = -1 // in chunks, after which a server closes the connection
	}
	response, err := u.load.client.Do(request)
	if err != nil {
		return 0, "", err.Error()
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, "", err.Error()
	}
	return response.StatusCode, response.Header.Get("ETag"), string(answer)
}

// end stops the clients, and fails the test unless everything that was answered is stored, with the
// entity tag of the answer.
func (l *load) end() {
	l.t.Helper()
	l.stop.Store(true)
	l.ended.Wait()
	requests, writes := 0, 0
	for _, u := range l.users {
		requests += u.requests
		writes += len(u.tags) + u.count
		for id := range u.tags {
			u.want(http.StatusOK, http.MethodGet, id, "", "")
		}
		if _, _, text := u.send(http.MethodGet, "/"+counterID, "", ""); !strings.Contains(text, `"duration":"`+isoSeconds(u.count)+`"`) {
			l.t.Errorf("the counter was counted to %d, and is %s", u.count, text)
		}
	}
	l.t.Logf("%d requests, none failed; %d writes, all read back", requests, writes)
	if requests < 10*len(l.users) {
		l.t.Errorf("only %d requests were sent", requests)
	}
}

// isoSeconds returns a duration as the server writes it.
func isoSeconds(seconds int) string {
	text := "PT"
	if hours := seconds / 3600; hours > 0 {
		text += fmt.Sprintf("%dH", hours)
	}
	if minutes := seconds / 60 % 60; minutes > 0 {
		text += fmt.Sprintf("%dM", minutes)
	}
	if seconds := seconds % 60; seconds > 0 || text == "PT" {
		text += fmt.Sprintf("%dS", seconds)
	}
	return text
}
