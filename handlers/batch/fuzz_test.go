package batch_test

import (
	"encoding/json"
	"errors"
	"testing"

	"afterhours/contract/bounded"
	"afterhours/handlers/batch"
)

// FuzzBatch checks that Run never panics. It must either return a *Malformed error with a
// message, or one response for each request in the form that SDKs can read.
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
	w := newNotesAPI()
	f.Fuzz(func(t *testing.T, body []byte) {
		defer bounded.Input(t)()
		text, err := w.run(outer(t), body)
		var malformed *batch.Malformed
		if errors.As(err, &malformed) && len(malformed.Faults) > 0 && malformed.Faults[0].Message != "" {
			return
		}
		if err != nil {
			t.Fatalf("an error of another kind: %v", err)
		}
		var decoded struct {
			Responses []struct {
				ID      *string
				Status  *int
				Headers *map[string]string
			}
		}
		if err := json.Unmarshal(text, &decoded); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		asked := requestIDs(t, body)
		if len(asked) != len(decoded.Responses) {
			t.Fatalf("%d requests, %d responses", len(asked), len(decoded.Responses))
		}
		for i, response := range decoded.Responses {
			if response.ID == nil || *response.ID != asked[i] || response.Status == nil || *response.Status < 200 || response.Headers == nil {
				t.Fatalf("response %d to %s: %s", i, asked[i], text)
			}
		}
	})
}

// requestIDs returns the ids of the requests in the body, decoded by encoding/json.
func requestIDs(t *testing.T, body []byte) []string {
	var batch map[string]json.RawMessage // its names keep their case
	if err := json.Unmarshal(body, &batch); err != nil {
		t.Fatalf("Run accepted a body that is not JSON: %v", err)
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
