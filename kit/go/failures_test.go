package afterhourstest_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"afterhours/contract/checked"
	afterhourstest "afterhours/kit/go"
)

// TestFail: a rule applies as often as it says, to the tenant alone, and ends with Reset.
func TestFail(t *testing.T) {
	server, other := afterhourstest.New(t), afterhourstest.New(t)
	rule := server.Fail(t, afterhourstest.Rule{
		Match: afterhourstest.Match{Method: "GET"}, Times: 2,
		Answer: afterhourstest.Answer{Status: 429, RetryAfter: new(0.0)},
	})
	var got []int
	for range 3 {
		status, _, _ := send(t, server, "GET", statistics, "", "")
		got = append(got, status)
	}
	if !slices.Equal(got, []int{429, 429, 200}) {
		t.Errorf("the statuses are %v", got)
	}
	found := server.Requests(t, afterhourstest.Filter{Status: 429})
	if len(found) != 2 || !slices.Equal(found[0].Faults, []string{rule}) {
		t.Errorf("the requests are %+v", found)
	}

	server.FailAs(t, "unavailable", afterhourstest.PresetRule{})
	if status, _, text := send(t, server, "GET", statistics, "", ""); status != http.StatusServiceUnavailable {
		t.Errorf("the preset: %d %s", status, text)
	}
	if status, _, text := send(t, other, "GET", statistics, "", ""); status != http.StatusOK {
		t.Errorf("another tenant: %d %s", status, text)
	}
	server.Reset(t)
	if status, _, text := send(t, server, "GET", statistics, "", ""); status != http.StatusOK {
		t.Errorf("after a reset: %d %s", status, text)
	}
}

// TestThrottled: the preset has the time to wait. In a batch, the batch is 200 and its request 429.
func TestThrottled(t *testing.T) {
	server := afterhourstest.New(t)
	server.Put(t, call("c1", 5))
	server.FailAs(t, "throttled", afterhourstest.PresetRule{Match: afterhourstest.Match{Operation: "updateMyStatistic"}, Times: 2})
	if status, _, text := send(t, server, "PATCH", statistics+"/c1", `{"duration":"PT1H"}`, ""); status != http.StatusTooManyRequests || !strings.Contains(text, "TooManyRequests") {
		t.Errorf("PATCH: %d %s", status, text)
	}
	status, _, text := send(t, server, "POST", "/v1.0/$batch", `{"requests":[
		{"id":"1","method":"PATCH","url":"/me/analytics/activityStatistics/c1","headers":{"Content-Type":"application/json"},"body":{"duration":"PT1H"}},
		{"id":"2","method":"GET","url":"/me/analytics/activityStatistics/c1"}]}`, "")
	var batch struct {
		Responses []struct {
			ID      string
			Status  int
			Headers map[string]string
		}
	}
	if err := json.Unmarshal([]byte(text), &batch); err != nil || status != http.StatusOK || len(batch.Responses) != 2 {
		t.Fatalf("the batch: %d %s", status, text)
	}
	for _, response := range batch.Responses {
		switch want := map[string]int{"1": 429, "2": 200}[response.ID]; {
		case response.Status != want, want == 429 && response.Headers["Retry-After"] != "1":
			t.Errorf("request %s of the batch: %d, %v", response.ID, response.Status, response.Headers)
		}
	}
	wantDays(t, server, "c1", 5)
}

// TestConnectionReset: a client sees the end of the connection, with a socket and without.
func TestConnectionReset(t *testing.T) {
	for _, options := range [][]afterhourstest.Option{nil, {afterhourstest.WithoutSocket}} {
		server := afterhourstest.New(t, options...)
		server.Fail(t, afterhourstest.Rule{Match: afterhourstest.Match{Method: "POST"}, Connection: "reset"})
		request, err := http.NewRequestWithContext(t.Context(), "POST", server.URL+statistics, strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", "Bearer "+server.Token(t))
		if response, err := server.Client().Do(request); err == nil {
			_ = response.Body.Close()
			t.Errorf("%v: the response is %s", options, response.Status)
		}
		if found := server.Requests(t, afterhourstest.Filter{Method: "POST"}); len(found) != 1 || found[0].Status != 0 {
			t.Errorf("%v: the requests are %+v", options, found)
		}
	}
}

// TestClaimsChallenge: a token that came before the challenge is refused, and a new one passes.
func TestClaimsChallenge(t *testing.T) {
	server := afterhourstest.New(t)
	newToken := func() string { return server.TokenWith(t, afterhourstest.TokenRequest{Cae: true}) }
	token := newToken()
	server.FailAs(t, "cae", afterhourstest.PresetRule{})
	for _, want := range []int{401, 200} {
		if status, _, text := checked.Send(t, server.Client(), "GET", server.URL+statistics, token, ""); status != want {
			t.Errorf("%d %s; want %d", status, text, want)
		}
		token = newToken()
	}
}
