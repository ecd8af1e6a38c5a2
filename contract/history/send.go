package history

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"afterhours/store/edm"
)

// version is the base path of the API.
const version = "/v1.0"

// statisticJSON is the part of a statistic in a response that the model knows.
type statisticJSON struct {
	ID       string
	Tag      string `json:"@odata.etag"`
	Duration edm.Duration
}

// send sends the request, and returns the response and the statistics in it. The error is that of
// a broken connection.
func (r *Run) send(one request) (response, []tagged, error) {
	switch one.method {
	case "list":
		return r.sendList(one)
	case "group":
		return r.sendGroup(one)
	}
	status, text, err := r.exchange(one.verb(), one.path(), r.tag(one.match), one.body())
	if err != nil {
		return response{}, nil, err
	}
	return r.read(one, status, text)
}

// exchange sends a request to a server that is up. The entity tag is "" without If-Match.
func (r *Run) exchange(method, path, tag, body string) (status int, text []byte, err error) {
	asked, err := http.NewRequest(method, r.fleet.URL()+version+path, strings.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	asked.Header.Set("Authorization", "Bearer "+r.token)
	if body != "" {
		asked.Header.Set("Content-Type", "application/json")
	}
	if tag != "" {
		asked.Header.Set("If-Match", tag)
	}
	answered, err := r.client.Do(asked)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = answered.Body.Close() }()
	text, err = io.ReadAll(answered.Body)
	return answered.StatusCode, text, err
}

// read reads the response to a request about one statistic.
func (r *Run) read(one request, status int, text []byte) (response, []tagged, error) {
	got := response{status: status}
	if len(text) == 0 || status >= http.StatusBadRequest {
		return got, nil, nil
	}
	var shown statisticJSON
	if err := json.Unmarshal(text, &shown); err != nil || shown.ID != name(one.id) {
		r.t.Errorf("%+v = %d %s: %v", one, status, text, err)
	}
	got.shown = shown.Duration
	return got, []tagged{{statistic{one.owner, one.id}, shown.Duration, shown.Tag}}, nil
}

// sendList lists the statistics of the owner.
func (r *Run) sendList(one request) (response, []tagged, error) {
	status, text, err := r.exchange(http.MethodGet, collection(one.owner), "", "")
	if err != nil || status == http.StatusServiceUnavailable {
		return response{status: status}, nil, err
	}
	var list struct{ Value []statisticJSON }
	if err := json.Unmarshal(text, &list); err != nil || status != http.StatusOK {
		r.t.Errorf("%+v = %d %s: %v", one, status, text, err)
	}
	got, tags := response{status: status}, make([]tagged, len(list.Value))
	for i, shown := range list.Value {
		id := number(shown.ID)
		got.listed[id] = shown.Duration
		tags[i] = tagged{statistic{one.owner, id}, shown.Duration, shown.Tag}
	}
	return got, tags, nil
}

func collection(owner int) string {
	return fmt.Sprintf("/users/00000000-0000-4000-8000-%012d/analytics/activityStatistics", owner)
}

// name returns the id of the statistic of a number.
func name(id int) string { return fmt.Sprint("call_", id) }

// number returns the number of the statistic of an id.
func number(name string) int { return int(name[len(name)-1] - '0') }

// verb returns the method of HTTP.
func (r request) verb() string {
	if r.method == "set" {
		return http.MethodPut
	}
	return r.method
}

func (r request) path() string {
	path := collection(r.owner)
	if r.method != "POST" {
		path += "/" + name(r.id)
	}
	if r.method == "set" {
		path += "/duration"
	}
	return path
}

func (r request) body() string {
	switch {
	case r.method == "set":
		return fmt.Sprintf(`{"value":%q}`, r.writes)
	case r.method == "POST":
		return fmt.Sprintf(`{"@odata.type":"#microsoft.graph.callActivityStatistics","id":%q,"duration":%q}`, name(r.id), r.writes)
	case r.method == "PUT":
		return fmt.Sprintf(`{"@odata.type":"#microsoft.graph.callActivityStatistics","duration":%q}`, r.writes)
	case r.method == "PATCH" && r.writes != 0:
		return fmt.Sprintf(`{"duration":%q}`, r.writes)
	case r.method == "PATCH":
		return "{}"
	}
	return ""
}
