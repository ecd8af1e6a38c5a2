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
	// changeSet tells the change sets of a multipart batch apart, 0 outside of one.
	changeSet int
}

// batchAnswer is the response to one request of a batch.
type batchAnswer struct {
	id     string
	status int
	header http.Header
	body   []byte
	// changeSet is 0 outside of a change set.
	changeSet int
}

// checkBatch checks each response in the response to a batch against the operation of its
// request. If the url of a request is not spelled as in the contract, it checks errors only,
// and these only for what all errors have.
func (c checker) checkBatch(outer *http.Request, sent []byte, header http.Header, body []byte) error {
	asked, err := batchRequests(outer.Header.Get("Content-Type"), plain(sent))
	if err != nil {
		return fmt.Errorf("the request is no batch, but was answered as one: %w", err)
	}
	answered, err := batchAnswers(header.Get("Content-Type"), body)
	if err != nil {
		return err
	}
	isMultipart := boundaryOf(outer.Header.Get("Content-Type")) != ""
	if len(answered) != len(asked) && (!isMultipart || len(answered) > len(asked)) { // a multipart batch may have stopped
		return fmt.Errorf("%d responses to %d requests", len(answered), len(asked))
	}
	for i, answer := range answered {
		item := asked[0]
		asked = asked[1:]
		if item.changeSet != 0 && answer.changeSet == 0 && answer.status >= http.StatusBadRequest { // it failed, and has one response
			for ; len(asked) > 0 && asked[0].changeSet == item.changeSet; asked = asked[1:] {
				if asked[0].ID == answer.id {
					item = asked[0]
				}
			}
			item.ID = answer.id
		}
		if answer.id != item.ID {
			return fmt.Errorf("response %d is to %q; want %q", i, answer.id, item.ID)
		}
		if err := c.checkWithin(outer, item, answer); err != nil {
			return fmt.Errorf("the response to %q: %w", item.ID, err)
		}
	}
	return nil
}

// batchRequests returns the requests of a batch.
func batchRequests(contentType string, text []byte) ([]batchItem, error) {
	if boundary := boundaryOf(contentType); boundary != "" {
		return multipartRequests(bytes.NewReader(text), boundary)
	}
	var asked struct {
		Requests []batchItem `json:"requests"`
	}
	err := json.Unmarshal(text, &asked, jsontext.AllowDuplicateNames(true))
	return asked.Requests, err
}

// batchAnswers returns the responses in the response to a batch.
func batchAnswers(contentType string, text []byte) ([]batchAnswer, error) {
	if boundary := boundaryOf(contentType); boundary != "" {
		return multipartAnswers(bytes.NewReader(text), boundary)
	}
	var answered struct {
		Responses []struct {
			ID      string            `json:"id"`
			Status  int               `json:"status"`
			Headers map[string]string `json:"headers"`
			Body    jsontext.Value    `json:"body"`
		} `json:"responses"`
	}
	if err := json.Unmarshal(text, &answered); err != nil {
		return nil, err
	}
	var all []batchAnswer
	for _, one := range answered.Responses {
		header := http.Header{}
		for name, value := range one.Headers {
			header.Set(name, value)
		}
		body, err := bodyWithin(header.Get("Content-Type"), one.Body)
		if err != nil {
			return nil, err
		}
		all = append(all, batchAnswer{id: one.ID, status: one.Status, header: header, body: body})
	}
	return all, nil
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
	response := &http.Response{StatusCode: answer.status, Header: answer.header}
	response.Header.Set("Date", "that of the batch")
	if isFaulty(response) {
		return nil
	}
	ofTheBatch := answer.status == http.StatusFailedDependency // no operation has this status
	if ofTheBatch || c.route(request) == nil {
		if answer.status >= http.StatusBadRequest {
			return c.checkError(request, response, answer.body)
		}
		return nil
	}
	return c.check(request, response, answer.body)
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
