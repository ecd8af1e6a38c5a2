package proxy_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"afterhours/contract/checked"
	"afterhours/contract/program"
)

// forged are headers with which a client claims another address, and another way here.
var forged = map[string]string{
	"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "X-Forwarded-Port": "1",
	"X-Forwarded-Prefix": "/evil", "X-Real-IP": "203.0.113.7", "Forwarded": "for=203.0.113.7;host=evil.example;proto=https",
}

// TestLinksBehindAProxy: each page of a list may come from another server, and each link leads back to
// the proxy. The servers believe no header about the way here, and log no address.
func TestLinksBehindAProxy(t *testing.T) {
	t.Parallel()
	in := install(t, program.Path(t))
	client, token := checked.Client(t), program.Run(t, "token", "--data", in.data)
	const statistics = 20
	for n := range statistics {
		if status, _, body := checked.Send(t, client, http.MethodPost, in.URL+program.Statistics, token, createBody(fmt.Sprintf("call_%02d", n))); status != http.StatusCreated {
			t.Fatalf("POST = %d %s", status, body)
		}
	}
	seen := 0
	for next := in.URL + program.Statistics + "?$top=2"; next != ""; {
		if !strings.HasPrefix(next, in.URL+"/") {
			t.Fatalf("the link %s leads past the proxy %s", next, in.URL)
		}
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, next, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", "Bearer "+token)
		for name, value := range forged {
			request.Header.Set(name, value)
		}
		response, err := client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(response.Body)
		_ = response.Body.Close()
		if err != nil || response.StatusCode != http.StatusOK || strings.Contains(string(text), "evil") {
			t.Fatalf("GET %s = %d %s, %v", next, response.StatusCode, text, err)
		}
		var page struct {
			Value []json.RawMessage
			Next  string `json:"@odata.nextLink"`
		}
		if err := json.Unmarshal(text, &page); err != nil {
			t.Fatal(err)
		}
		seen, next = seen+len(page.Value), page.Next
	}
	if seen != statistics {
		t.Errorf("the pages have %d statistics; want %d", seen, statistics)
	}
	for i, server := range in.servers {
		log := server.Log()
		if !strings.Contains(log, `/analytics/activityStatistics","status":200`) {
			t.Errorf("server %s has answered no page", names[i])
		}
		if strings.Contains(log, "203.0.113.7") || strings.Contains(log, "evil") {
			t.Errorf("the log of server %s has what a client claims: %s", names[i], log)
		}
	}
}
