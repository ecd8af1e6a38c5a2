package batch_test

import (
	"encoding/json"
	"errors"
	"testing"

	"afterhours/contract/bounded"
	"afterhours/handlers/batch"
)

// FuzzBatch: whatever the body, Run does not panic, and either says what is wrong
// with the batch or answers each request once, in the form that SDKs can read.
func FuzzBatch(f *testing.F) {
	for _, body := range []string{
		`{"requests":[{"id":"1","method":"GET","url":"/echo?%24top=1","headers":{},"body":null,"dependsOn":[]}]}`,
		`{"requests":[{"id":"a","method":"post","url":"https://api.example.com/beta/notes/1","body":{"n":1}},{"id":"B","method":"PATCH","url":"$a","dependsOn":["A"],"headers":{"if-match":"$a"},"body":"e30"}]}`,
		`{"requests":[{"id":"1","method":"GET","url":"late","depends_on":["2"]},{"id":"2","method":"GET","url":"//count"},{"id":"3","method":"GET","url":"bytes"}]}`,
		`{"requests":[{"id":"\u0000","method":"PUT","url":"/echo/%2F","headers":{"content-type":"text/plain"},"body":"\ud83d\ude00"},{"id":"2","method":"X","url":"/$batch"}]}`,
		`{"requests":[{"id":"1","id":"2","method":"GET","url":"/panic","if":"x","atomicityGroup":null}],"requests":[]}`,
		`{"requests":[{"id":"1","method":"POST","url":"/notes/a","body":{},"atomicityGroup":"g"},{"id":"2","method":"GET","url":"$1","atomicityGroup":"G","dependsOn":["1"]},{"id":"3","method":"GET","url":"/echo","dependsOn":["g"]}]}`,
	} {
		f.Add([]byte(body))
	}
	w := newWorld()
	f.Fuzz(func(t *testing.T, body []byte) {
		defer bounded.Input(t)()
		text, err := w.runner.Run(outer(t), body)
		var told *batch.Malformed
		if errors.As(err, &told) && len(told.Faults) > 0 && told.Faults[0].Message != "" {
			return
		}
		if err != nil {
			t.Fatalf("an error of another kind: %v", err)
		}
		var answer struct {
			Responses []struct {
				ID      *string
				Status  *int
				Headers *map[string]string
			}
		}
		if err := json.Unmarshal(text, &answer); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		asked := requestIDs(t, body)
		if len(asked) != len(answer.Responses) {
			t.Fatalf("%d requests, %d responses", len(asked), len(answer.Responses))
		}
		for i, response := range answer.Responses {
			if response.ID == nil || *response.ID != asked[i] || response.Status == nil || *response.Status < 200 || response.Headers == nil {
				t.Fatalf("response %d to %s: %s", i, asked[i], text)
			}
		}
	})
}

// requestIDs returns the ids as another reader finds them.
func requestIDs(t *testing.T, body []byte) []string {
	var batch map[string]json.RawMessage // its names keep their case
	if err := json.Unmarshal(body, &batch); err != nil {
		t.Fatalf("answered, though it is no JSON: %v", err)
	}
	var requests []map[string]json.RawMessage
	if err := json.Unmarshal(batch["requests"], &requests); err != nil {
		t.Fatal(err)
	}
	ids := make([]string, len(requests))
	for i, request := range requests {
		if err := json.Unmarshal(request["id"], &ids[i]); err != nil {
			t.Fatal(err)
		}
	}
	return ids
}
