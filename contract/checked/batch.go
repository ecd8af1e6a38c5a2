package checked

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

func isBatch(request *http.Request) bool { return strings.HasSuffix(request.URL.Path, "/$batch") }

// batchItem is one request of a batch.
type batchItem struct {
	ID      string            `json:"id"`
	Method  string            `json:"method"`
	URL     string            `json:"url"`
	Headers map[string]string `json:"headers"`
}

// batchAnswer is the response to one request of a batch.
type batchAnswer struct {
	ID      string            `json:"id"`
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"`
	Body    jsontext.Value    `json:"body"`
}

// checkBatch checks each response in the response to a batch against the operation of its
// request. If the url of a request is not spelled as in the contract, it checks errors only,
// and these only for what all errors have.
func (c checker) checkBatch(outer *http.Request, sent, body []byte) error {
	var asked struct {
		Requests []batchItem `json:"requests"`
	}
	var answered struct {
		Responses []batchAnswer `json:"responses"`
	}
	if err := json.Unmarshal(plain(sent), &asked, jsontext.AllowDuplicateNames(true)); err != nil {
		return fmt.Errorf("the request is no batch, but was answered as one: %w", err)
	}
	if err := json.Unmarshal(body, &answered); err != nil {
		return err
	}
	if len(answered.Responses) != len(asked.Requests) {
		return fmt.Errorf("%d responses to %d requests", len(answered.Responses), len(asked.Requests))
	}
	for i, item := range asked.Requests {
		answer := answered.Responses[i]
		if answer.ID != item.ID {
			return fmt.Errorf("response %d is to %q; want %q", i, answer.ID, item.ID)
		}
		if err := c.checkWithin(outer, item, answer); err != nil {
			return fmt.Errorf("the response to %q: %w", item.ID, err)
		}
	}
	return nil
}

// plain returns a body without its layers of gzip.
func plain(body []byte) []byte {
	for {
		reader, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			return body
		}
		if body, err = io.ReadAll(reader); err != nil {
			return nil
		}
	}
}

func (c checker) checkWithin(outer *http.Request, item batchItem, answer batchAnswer) error {
	request := &http.Request{Method: strings.ToUpper(item.Method), URL: &url.URL{Path: c.pathWithin(outer, item.URL), RawQuery: queryOf(item.URL)}, Header: http.Header{}}
	request.Header.Set("SdkVersion", outer.Header.Get("SdkVersion"))
	for name, value := range item.Headers {
		request.Header.Set(name, value)
	}
	response := &http.Response{StatusCode: answer.Status, Header: http.Header{}}
	response.Header.Set("Date", "that of the batch")
	for name, value := range answer.Headers {
		response.Header.Set(name, value)
	}
	if isFaulty(response) {
		return nil
	}
	body, err := bodyWithin(response.Header.Get("Content-Type"), answer.Body)
	if err != nil {
		return err
	}
	ofTheBatch := answer.Status == http.StatusFailedDependency // no operation has this status
	if ofTheBatch || c.route(request) == nil {
		if answer.Status >= http.StatusBadRequest {
			return c.checkError(request, response, body)
		}
		return nil
	}
	return c.check(request, response, body)
}

// queryOf returns the query of the url of a request in a batch.
func queryOf(text string) string {
	_, query, _ := strings.Cut(text, "?")
	return query
}

// pathWithin returns the decoded path to which the url of a request in a batch leads.
func (c checker) pathWithin(outer *http.Request, text string) string {
	if _, rest, absolute := strings.Cut(text, "://"); absolute {
		_, text, _ = strings.Cut(rest, "/")
	}
	text, _, _ = strings.Cut(strings.TrimLeft(text, "/"), "?")
	decoded, err := url.PathUnescape(text)
	if err != nil {
		return ""
	}
	for _, server := range c.doc.Servers {
		if strings.HasPrefix("/"+decoded, server.URL+"/") {
			return "/" + decoded
		}
	}
	return path.Dir(outer.URL.Path) + "/" + decoded
}

// bodyWithin returns the bytes of a body in a batch, which has JSON as such, text as a
// string, and everything else in base64.
func bodyWithin(contentType string, body jsontext.Value) ([]byte, error) {
	if body == nil || strings.HasPrefix(contentType, "application/json") {
		return body, nil
	}
	var text string
	if err := json.Unmarshal(body, &text); err != nil || strings.HasPrefix(contentType, "text/") {
		return []byte(text), err
	}
	return base64.StdEncoding.DecodeString(text)
}
