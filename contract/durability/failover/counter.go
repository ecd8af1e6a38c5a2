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

// requestTimeout is far longer than an outage may last, so that the server gives up before
// its client does.
const requestTimeout = 60 * time.Second

// counter is a client that counts up the seconds of one statistic at one server. No other
// client writes that statistic. Every write has its own name in timeZoneUsed, so that a later
// read shows which write was made last.
type counter struct {
	server *server
	id     string

	kept    int64           // the count in the last response
	tag     string          // the entity tag in the last response
	tags    map[string]bool // the entity tags of all responses
	writes  int             // how many writes were sent
	unknown map[string]bool // the names of the writes after kept whose outcome is unknown
}

// state is a statistic as the server shows it.
type state struct {
	status int
	tag    string
	count  int64
	name   string
}

// create creates the statistic with a duration of zero.
func (c *counter) create() error {
	body := fmt.Sprintf(`{"@odata.type":"#microsoft.graph.callActivityStatistics","id":%q,"duration":"PT0S"}`, c.id)
	got, err := c.server.send(http.MethodPost, "", "", body)
	if err != nil || got.status != http.StatusCreated {
		return fmt.Errorf("creating %s: %d, %w", c.id, got.status, err)
	}
	return c.keep(got)
}

// increment writes one second more. A wrong response is an error; an outage is none.
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
	case got.status == http.StatusPreconditionFailed && len(c.unknown) > 0: // a write was made after find had read
		return c.find(c.server)
	case got.status != http.StatusOK || got.count != c.kept+1 || got.name != name:
		return fmt.Errorf("%s at %d with %s: PATCH to %d answered %+v", c.id, c.kept, c.tag, c.kept+1, got)
	}
	c.server.acknowledged(begun)
	return c.keep(got)
}

// find reads the statistic, as soon as the server answers, to learn whether the last write
// was made.
func (c *counter) find(at *server) error {
	for begun := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		got, err := at.send(http.MethodGet, "/"+c.id, "", "")
		switch {
		case err != nil, got.status == http.StatusServiceUnavailable:
			if time.Since(begun) > 2*longest {
				return fmt.Errorf("%s cannot be read for %v: %d, %w", c.id, 2*longest, got.status, err)
			}
		case got.status == http.StatusOK && got.count == c.kept && got.tag == c.tag:
			return nil // the write may still be made later
		case got.status == http.StatusOK && got.count == c.kept+1 && c.unknown[got.name]:
			c.server.found()
			return c.keep(got)
		default:
			return fmt.Errorf("%s at %d with %s and %d unknown: GET answered %+v", c.id, c.kept, c.tag, len(c.unknown), got)
		}
	}
}

// keep makes the state of a response the one to continue from. A write that was sent before
// cannot be made any more, because its entity tag is older.
func (c *counter) keep(got state) error {
	if c.tags[got.tag] {
		return fmt.Errorf("%s had the entity tag %s before", c.id, got.tag)
	}
	c.kept, c.tag, c.tags[got.tag] = got.count, got.tag, true
	clear(c.unknown)
	return nil
}

// send sends one request about a statistic.
func (s *server) send(method, path, ifMatch, body string) (state, error) {
	request, err := http.NewRequest(method, s.URL+"/v1.0/me/analytics/activityStatistics"+path, strings.NewReader(body))
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
	var shown struct{ Duration, TimeZoneUsed string }
	if err := json.Unmarshal(answer, &shown); err != nil {
		return got, err
	}
	got.name = shown.TimeZoneUsed
	duration, err := time.ParseDuration(strings.ToLower(strings.TrimPrefix(shown.Duration, "PT")))
	if err != nil || got.tag == "" {
		return got, errors.Join(err, fmt.Errorf("%s %s answered %s with the entity tag %q", method, path, answer, got.tag))
	}
	got.count = int64(duration / time.Second)
	return got, nil
}
