package afterhourstest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	afterhourstest "afterhours/kit/go"
)

// correct is the code under test: Graph's documented PATCH.
func correct(client *http.Client, graph, token, id string) error {
	body := strings.NewReader(`{"@odata.type":"#microsoft.graph.callActivityStatistics","duration":"-PT1M55.0810357S"}`)
	request, err := http.NewRequest(http.MethodPatch, graph+"/me/analytics/activityStatistics/"+id, body)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "application/json")
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("PATCH: %s", response.Status)
	}
	return nil
}

func TestCorrect(t *testing.T) {
	t.Parallel() // New has made a tenant for this test alone
	server := afterhourstest.New(t)
	server.Put(t, map[string]any{"@odata.type": "#microsoft.graph.callActivityStatistics", "id": "monday", "duration": "PT20M"})

	if err := correct(server.Client(), server.URL+"/beta", server.Token(t), "monday"); err != nil {
		t.Fatal(err)
	}

	if got := server.Get(t, "monday")["duration"]; got != "-PT1M55.0810357S" {
		t.Errorf("the duration is %v", got)
	}
	if made := server.Requests(t, afterhourstest.Filter{Method: "PATCH"}); len(made) != 1 || made[0].Status != 200 {
		t.Errorf("the requests are %v", made)
	}
}
