package input_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"afterhours/handlers/input"
	"afterhours/handlers/problem"
	"afterhours/store/edm"
)

// TestDurationsOfSDKs checks that the forms of SDKs are made canonical with quirks and refused without.
func TestDurationsOfSDKs(t *testing.T) {
	op := operation(t, http.MethodPatch, itemRoute)
	for text, canonical := range map[string]string{"P": "PT0S", "P1W1DT1H": "P8DT1H", "PT-1M-55S": "-PT1M55S", "-1 day, 23:58:04.918964": "-PT1M55.081036S"} {
		body, err := validate(op, patch(`{"duration":"`+text+`"}`), true)
		if object, _ := body.Value.(map[string]any); err != nil || object["duration"] != canonical {
			t.Errorf("%s with quirks: %v %v", text, body.Value, err)
		}
		if _, err := validate(op, patch(`{"duration":"`+text+`"}`), false); !errors.Is(err, problem.ErrInvalid) {
			t.Errorf("%s without quirks: %v", text, err)
		}
	}
	for _, text := range []string{"1 hour", "P1Y", ""} {
		if _, err := validate(op, patch(`{"duration":"`+text+`"}`), true); !errors.Is(err, problem.ErrInvalid) {
			t.Errorf("%s with quirks: %v", text, err)
		}
	}
}

func TestClearedTypeOfSDKs(t *testing.T) {
	op := operation(t, http.MethodPatch, itemRoute)
	if body, err := validate(op, patch(`{"odataType":null}`), true); err != nil || len(body.Value.(map[string]any)) != 0 {
		t.Errorf("with quirks: %v %v", body.Value, err)
	}
	for quirks, text := range map[input.Quirks]string{false: `{"odataType":null}`, true: `{"odataType":"x"}`} {
		if _, err := validate(op, patch(text), quirks); !errors.Is(err, problem.ErrInvalid) {
			t.Errorf("%s, quirks %t: %v", text, quirks, err)
		}
	}
}

// TestLayersOfGzip checks how many layers of gzip a body may have: up to four with quirks, none
// included, and exactly one without.
func TestLayersOfGzip(t *testing.T) {
	op := operation(t, http.MethodPatch, itemRoute)
	text := `{"duration":"PT1H"}`
	for layers := range 6 {
		for quirks, want := range map[input.Quirks]bool{true: layers <= 4, false: layers == 1} {
			body, err := validate(op, patch(text, "Content-Encoding", "gzip"), quirks)
			if (err == nil) != want {
				t.Errorf("%d layers, quirks %t: %v %v", layers, quirks, body.Value, err)
			}
		}
		text = zip(t, text)
	}
}

func TestDurationsForGo(t *testing.T) {
	for _, test := range []struct {
		quirks     input.Quirks
		sdkVersion string
		ticks      edm.Duration
		want       string
	}{
		{true, "graph-go-beta/0.135.0, graph-go-core/1.3.2", 30 * edm.Second, "PT30.0S"},
		{true, "graph-go/1", edm.Hour, "PT1H"},
		{true, "graph-go/1", 0, "PT0S"},
		{true, "graph-go/1", edm.Second + 1, "PT1.0000001S"},
		{true, "graph-js/3.0.7", 30 * edm.Second, "PT30S"},
		{true, "", 30 * edm.Second, "PT30S"},
		{false, "graph-go/1", 30 * edm.Second, "PT30S"},
	} {
		if got := string(test.quirks.Durations(test.sdkVersion)(test.ticks, []byte("before."))); got != "before."+test.want {
			t.Errorf("%+v: %s", test, got)
		}
	}
}

// TestBatchFaults checks that a text as the JSON body of a batch item is a fault only without quirks.
func TestBatchFaults(t *testing.T) {
	op := operation(t, http.MethodPost, "/beta/$batch")
	request := patch(`{"requests":[{"id":"1","method":"PATCH","url":"/me","body":{}},
		{"id":"2","method":"PATCH","url":"/me","body":"e30="},
		{"id":"3","method":"PATCH","url":"/me","body":"e30=","headers":{"content-type":"text/plain"}},
		{"id":"4","method":"PATCH","url":"/me","body":"e30=","headers":{"Content-Type":"application/json"}}]}`)
	body, err := readAndValidate(request, op, nil, false)
	if err != nil {
		t.Fatal(err)
	}
	var targets []string
	for _, fault := range input.Quirks(false).BatchFaults(body) {
		targets = append(targets, *fault.Target)
	}
	if strings.Join(targets, " ") != "requests/1/body requests/3/body" {
		t.Errorf("without quirks: %q", targets)
	}
	if faults := input.Quirks(true).BatchFaults(body); faults != nil {
		t.Errorf("with quirks: %+v", faults)
	}
}
