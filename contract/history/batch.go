package history

import (
	"encoding/json"
	"net/http"
	"strconv"
)

// batchRequest is a request in a batch.
type batchRequest struct {
	ID      string            `json:"id"`
	Group   string            `json:"atomicityGroup"`
	Method  string            `json:"method"`
	URL     string            `json:"url"`
	Headers map[string]string `json:"headers,omitempty"`
	Body    json.RawMessage   `json:"body,omitempty"`
}

// sendGroup sends a batch of one atomicity group. Its outcome is unknown if that of one request is.
func (r *Run) sendGroup(group request) (response, []tagged, error) {
	status, text, err := r.exchange(http.MethodPost, "/$batch", "", r.batch(group))
	if err != nil || status == http.StatusServiceUnavailable {
		return response{status: status}, nil, err
	}
	var batch struct {
		Responses []struct {
			Status int
			Body   json.RawMessage
		}
	}
	if err := json.Unmarshal(text, &batch); err != nil || status != http.StatusOK || len(batch.Responses) != len(group.parts) {
		r.t.Errorf("%+v = %d %s: %v", group, status, text, err)
		return response{status: status}, nil, err
	}
	whole := response{status: status}
	var tags []tagged
	for i, answered := range batch.Responses {
		if answered.Status == http.StatusServiceUnavailable {
			return response{status: answered.Status}, nil, nil
		}
		part, shown, err := r.read(group.parts[i], answered.Status, answered.Body)
		if err != nil {
			return response{}, nil, err
		}
		whole.parts, tags = append(whole.parts, part), append(tags, shown...)
	}
	return whole, tags, nil
}

// batch returns the body of a batch of one atomicity group.
func (r *Run) batch(group request) string {
	var body struct {
		Requests []batchRequest `json:"requests"`
	}
	for i, part := range group.parts {
		one := batchRequest{ID: strconv.Itoa(i), Group: "g", Method: part.verb(), URL: part.path(), Headers: map[string]string{}, Body: json.RawMessage(part.body())}
		if part.match != 0 {
			one.Headers["If-Match"] = r.tag(part.match)
		}
		if len(one.Body) > 0 {
			one.Headers["Content-Type"] = "application/json"
		}
		body.Requests = append(body.Requests, one)
	}
	text, _ := json.Marshal(body) // texts always marshal
	return string(text)
}
