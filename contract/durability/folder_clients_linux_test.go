package durability_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"afterhours/contract/checked"
	"afterhours/contract/program"
	"afterhours/store/edm"
)

// folderWriter is a client that creates a statistic and then counts it up.
type folderWriter struct {
	client    *http.Client
	token, id string
	answers   []folderAnswer // those that say that a write was made
	unknown   bool           // whether the last write was not answered so
	strange   string         // an answer that no write may have
}

// folderAnswer is an answer of 2xx.
type folderAnswer struct {
	begun time.Time
	value int // what was stored
}

// write writes until stop is closed. Each answer of 2xx is sent on answered.
func (w *folderWriter) write(server *program.Server, answered chan<- struct{}, stop <-chan struct{}) {
	for value := 1; ; value++ {
		select {
		case <-stop:
			return
		default:
		}
		method, path := http.MethodPatch, server.URL+program.Statistics+"/"+w.id
		body := fmt.Sprintf(`{"duration":"PT%dS"}`, value)
		if len(w.answers) == 0 {
			method, path = http.MethodPost, server.URL+program.Statistics
			body = fmt.Sprintf(`{"@odata.type":"#microsoft.graph.focusActivityStatistics","id":%q,"duration":"PT%dS"}`, w.id, value)
		}
		begun := time.Now()
		status, err := w.send(method, path, body)
		switch {
		case err != nil:
			w.strange = fmt.Sprintf("%s: %v", method, err)
			return
		case status/100 == 2:
			w.answers = append(w.answers, folderAnswer{begun, value})
			select {
			case answered <- struct{}{}:
			case <-stop:
			}
		case status == http.StatusServiceUnavailable:
			w.unknown = true
			time.Sleep(10 * time.Millisecond)
		default:
			w.strange = fmt.Sprintf("%s = %d", method, status)
			return
		}
	}
}

func (w *folderWriter) send(method, url, body string) (status int, err error) {
	request, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		return 0, err
	}
	request.Header.Set("Authorization", "Bearer "+w.token)
	request.Header.Set("Content-Type", "application/json")
	response, err := w.client.Do(request)
	if err != nil {
		return 0, err
	}
	_, err = io.Copy(io.Discard, response.Body)
	return response.StatusCode, errors.Join(err, response.Body.Close())
}

// find reads the statistic: it has the value of the last answer of 2xx, or of a later write
// whose answer said that its outcome is unknown.
func (w *folderWriter) find(t *testing.T, server *program.Server) {
	t.Helper()
	status, _, text := checked.Send(t, w.client, http.MethodGet, server.URL+program.Statistics+"/"+w.id, w.token, "")
	var stored struct{ Duration edm.Duration }
	if err := json.Unmarshal([]byte(text), &stored); err != nil {
		t.Errorf("%s: %v", text, err)
	}
	value := int(stored.Duration / edm.Second)
	last := 0
	if len(w.answers) > 0 {
		last = w.answers[len(w.answers)-1].value
	}
	if last > 0 && status != http.StatusOK || value < last || value > last && !w.unknown {
		t.Errorf("%s is %d %s; the last answer of 2xx was for %d", w.id, status, text, last)
	}
}
