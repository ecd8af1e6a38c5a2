package handlers_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"afterhours/contract/golden"
	"afterhours/handlers/auth"
)

// TestMistakes sends the mistakes of newcomers. What each is told stands in the golden file, for
// a person to read. A request is of megan, who may read and write, unless it has an Authorization
// header. A body is JSON unless it has a Content-Type header. A space in a path is sent as %20.
func TestMistakes(t *testing.T) {
	c := newTestClient(t)
	values := strings.NewReplacer(
		"{me}", "/v1.0/me/analytics/activityStatistics", "{id}", seedID, "{megan}", megan, "{lee}", lee,
		"{token}", c.token, "{cut}", c.token[:len(c.token)/2], "{read only}", c.userToken(megan, "Analytics.Read"), "{other scope}", c.userToken(megan, "User.Read"),
		"{application}", c.appToken("Analytics.ReadWrite.All"), "{expired}", c.mint(auth.Claims{Tenant: tenant, User: megan, Scopes: []string{"Analytics.ReadWrite"}, Expires: -time.Hour}),
		"{of another server}", newTestClient(t).token, "{long}", strings.Repeat("x", 300))
	golden.Test(t, "testdata/mistakes_http.txt", func(t *testing.T, one golden.Case) string {
		head, headers, _ := strings.Cut(one.Head, "\n")
		method, path, _ := strings.Cut(head, " ")
		request := call{method: method, path: strings.ReplaceAll(values.Replace(path), " ", "%20"), token: c.token, body: values.Replace(one.Body), header: map[string]string{}}
		for line := range strings.Lines(headers) {
			name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
			request.header[name] = values.Replace(strings.TrimSpace(value))
		}
		if given, ok := request.header["Authorization"]; ok {
			request.token = ""
			if given == "" {
				delete(request.header, "Authorization")
			}
		}
		got := c.do(request)
		_, host, _ := strings.Cut(c.url, "://")
		return strings.ReplaceAll(told(t, got), host, "{host}")
	})
}

// told returns what a person reads in a refusal: status, code, target and messages, and the headers
// that say what would be right. Of a batch it is the refusal of its one request.
func told(t *testing.T, r testResponse) string {
	t.Helper()
	var batch struct {
		Responses []struct {
			Status int
			Body   json.RawMessage
		}
	}
	if err := json.Unmarshal([]byte(r.text), &batch); err == nil && len(batch.Responses) == 1 {
		return "200, and in it " + told(t, testResponse{status: batch.Responses[0].Status, text: string(batch.Responses[0].Body)})
	}
	if r.status < http.StatusBadRequest {
		t.Fatalf("it is no mistake: %d %s", r.status, r.text)
	}
	failed := r.failure(t)
	text := fmt.Sprintf("%d %s", r.status, failed.Code)
	if failed.Target != "" {
		text += " at " + failed.Target
	}
	for _, name := range []string{"Allow", "WWW-Authenticate"} {
		if value := r.header.Get(name); value != "" {
			text += fmt.Sprintf("\n%s: %s", name, value)
		}
	}
	text += "\n" + failed.Message
	for _, detail := range failed.Details {
		text += "\n- " + detail.Code
		if len(failed.Details) > 1 || detail.Message != failed.Message {
			text += fmt.Sprintf(" at %s: %s", detail.Target, detail.Message)
		}
	}
	return text
}
