package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// patience is how long a client waits for an answer: far longer than an outage may last,
// so that it is the server that has to give up.
const patience = 60 * time.Second

// counter counts up the seconds of one statistic, which nobody else writes, at one
// server. Every write names itself in timeZoneUsed, so that a later reading says which
// one was made.
type counter struct {
	server *server
	id     string

	kept    int64           // the count that was answered or found last
	tag     string          // and its entity tag
	tags    map[string]bool // all that were ever answered or found
	writes  int             // how many were sent
	unknown map[string]bool // the names of those since kept whose outcome nobody told
}

// state is a statistic as the server tells it.
type state struct {
	status int
	tag    string
	count  int64
	name   string
}

// create makes the statistic at zero.
func (c *counter) create() error {
	body := fmt.Sprintf(`{"@odata.type":"#microsoft.graph.callActivityStatistics","id":%q,"duration":"PT0S"}`, c.id)
	got, err := c.server.send(http.MethodPost, "", "", body)
	if err != nil || got.status != http.StatusCreated {
		return fmt.Errorf("creating %s: %d, %w", c.id, got.status, err)
	}
	return c.keep(got)
}

// increment writes one more. What is wrong is an error; an outage is none.
func (c *counter) increment() error {
	c.writes++
	name := fmt.Sprintf("write %d", c.writes)
	body := fmt.Sprintf(`{"duration":"PT%dS","timeZoneUsed":%q}`, c.kept+1, name)
	begun := time.Now()
	got, err := c.server.send(http.MethodPatch, "/"+c.id, c.tag, body)
	switch {
	case err != nil, got.status == http.StatusServiceUnavailable:
		c.unknown[name] = true
		c.server.unanswered()
		return c.find(c.server)
	case got.status == http.StatusPreconditionFailed && len(c.unknown) > 0: // one was made after it was looked for
		return c.find(c.server)
	case got.status != http.StatusOK || got.count != c.kept+1 || got.name != name:
		return fmt.Errorf("%s at %d with %s: PATCH to %d answered %+v", c.id, c.kept, c.tag, c.kept+1, got)
	}
	c.server.acknowledged(begun)
	return c.keep(got)
}

// find reads at the server what became of the last write, as soon as it answers.
func (c *counter) find(at *server) error {
	for begun := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		got, err := at.send(http.MethodGet, "/"+c.id, "", "")
		switch {
		case err != nil, got.status == http.StatusServiceUnavailable:
			if time.Since(begun) > 2*longest {
				return fmt.Errorf("%s cannot be read for %v: %d, %w", c.id, 2*longest, got.status, err)
			}
		case got.status == http.StatusOK && got.count == c.kept && got.tag == c.tag:
			return nil // a write of unknown outcome may still be made
		case got.status == http.StatusOK && got.count == c.kept+1 && c.unknown[got.name]:
			c.server.found()
			return c.keep(got)
		default:
			return fmt.Errorf("%s at %d with %s and %d unknown: GET answered %+v", c.id, c.kept, c.tag, len(c.unknown), got)
		}
	}
}

// keep takes what was answered as the state to go on from. No write that was sent
// before can be made any more: it names an older entity tag.
func (c *counter) keep(got state) error {
	if c.tags[got.tag] {
		return fmt.Errorf("%s had the entity tag %s before", c.id, got.tag)
	}
	c.kept, c.tag, c.tags[got.tag] = got.count, got.tag, true
	clear(c.unknown)
	return nil
}

// send makes one request about a statistic.
func (s *server) send(method, path, ifMatch, body string) (state, error) {
	request, err := http.NewRequest(method, s.url+"/v1.0/me/analytics/activityStatistics"+path, strings.NewReader(body))
	if err != nil {
		return state{}, err
	}
	request.Header.Set("Authorization", "Bearer "+s.token)
	request.Header.Set("Content-Type", "application/json")
	if ifMatch != "" {
		request.Header.Set("If-Match", ifMatch)
	}
	response, err := s.client.Do(request)
	if err != nil {
		return state{}, err
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(response.Body)
	got := state{status: response.StatusCode, tag: response.Header.Get("ETag")}
	if err != nil || got.status >= 300 {
		return got, err
	}
	var told struct{ Duration, TimeZoneUsed string }
	if err := json.Unmarshal(answer, &told); err != nil {
		return got, err
	}
	got.name = told.TimeZoneUsed
	duration, err := time.ParseDuration(strings.ToLower(strings.TrimPrefix(told.Duration, "PT")))
	if err != nil || got.tag == "" {
		return got, errors.Join(err, fmt.Errorf("%s %s answered %s with the entity tag %q", method, path, answer, got.tag))
	}
	got.count = int64(duration / time.Second)
	return got, nil
}
