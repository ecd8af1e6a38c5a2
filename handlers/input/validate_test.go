package input_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"afterhours/gen"
	"afterhours/handlers/input"
	"afterhours/handlers/problem"
)

// faultsIn returns the faults of an error of Validate as texts: target, code and message.
func faultsIn(t *testing.T, err error) []string {
	t.Helper()
	var found *problem.Problem
	if err != nil && (!errors.As(err, &found) || !problem.IsInvalid(err)) {
		t.Fatalf("%v is no problem of a request that breaks the contract", err)
	}
	var texts []string
	if found != nil {
		for _, fault := range found.Details {
			texts = append(texts, *fault.Target+" "+string(fault.Code)+" "+fault.Message)
		}
	}
	return texts
}

// wantFaultsIn compares the beginnings of the faults, in order.
func wantFaultsIn(t *testing.T, name string, err error, want ...string) {
	t.Helper()
	got := faultsIn(t, err)
	if len(got) != len(want) {
		t.Errorf("%s: %q, want %q", name, got, want)
		return
	}
	for i := range want {
		if !strings.HasPrefix(got[i], want[i]) {
			t.Errorf("%s: fault %d is %q, want %q", name, i, got[i], want[i])
		}
	}
}

// TestValidateNamesEveryFault checks that one response names the faults of parameters and body together.
func TestValidateNamesEveryFault(t *testing.T) {
	op := operation(t, http.MethodPatch, itemRoute)
	request := patch(`{"duration":"1 hour","startDate":"2019-02-30","activity":null,"timeZoneUsed":7,"colour":"red","id":"`+strings.Repeat("x", 129)+`"}`, "If-Match", "x")
	request.URL.RawQuery = "$top=1"
	_, err := validate(op, request, false)
	got := faultsIn(t, err)
	for _, want := range []string{
		"$top " + string(gen.UnknownQueryOption) + " There is no query option '$top' here; there are $select, $format.",
		"If-Match " + string(gen.MalformedEntityTag) + " 'If-Match' is 'x'; it must be an entity tag. Put",
		"id " + string(gen.InvalidValue) + " 'id' is 'x",
		"colour " + string(gen.UnknownProperty) + " There is no property 'colour' here; there are ",
		"duration " + string(gen.InvalidValue) + " 'duration' is '1 hour'; it must be a duration, as in PT1H30M; character 1: expected a P",
		"startDate " + string(gen.InvalidValue),
		"activity " + string(gen.NullNotAllowed) + " 'activity' is null; it must be one of Email",
		"timeZoneUsed " + string(gen.InvalidValue) + " 'timeZoneUsed' is 7; it must be a text, as in Pacific Standard Time",
	} {
		found := false
		for _, one := range got {
			found = found || strings.HasPrefix(one, want)
		}
		if !found {
			t.Errorf("no fault %q in %q", want, got)
		}
	}
	if len(got) != 8 {
		t.Errorf("%d faults: %q", len(got), got)
	}
}

func TestValidateParameters(t *testing.T) {
	op := operation(t, http.MethodGet, collectionRoute)
	for query, want := range map[string][]string{
		"":                                    nil,
		"$top=1000&$count=true":               nil,
		strings.Repeat("$top=1&", 64):         {"query invalidValue The query has 65 options; send 64 at most."},
		"$top=%zz":                            {"query invalidValue The query has '%zz'; write %25 for a percent sign"},
		"$top=1&$top=2":                       {"$top invalidValue The query option '$top' is given 2 times"},
		"$top=-1&$skip=-1":                    {"$skip invalidValue '$skip' is -1; it must be at least 0.", "$top invalidValue '$top' is -1; it must be at least 0."},
		"$top=1001":                           {"$top invalidValue '$top' is 1001; it must be at most 1000."},
		"$top=x":                              {"$top invalidValue '$top' is 'x'; it must be a whole number from 0 to 1000."},
		"$search=x&colour=red":                {"$search notSupported", "colour unknownQueryOption"},
		"$filter=" + strings.Repeat("a", 5e3): {"$filter invalidValue '$filter' is 'aaa"},
	} {
		request := httptest.NewRequest(http.MethodGet, collectionRoute, nil)
		request.URL.RawQuery = query
		_, err := readAndValidate(request, op, nil, false)
		wantFaultsIn(t, query, err, want...)
	}
}

// TestValidateDropsAnnotations checks that unknown annotations are not in the decoded value, also those
// of an object within, and that the text of the body keeps them.
func TestValidateDropsAnnotations(t *testing.T) {
	op := operation(t, http.MethodPatch, "/beta/me/analytics")
	const text = `{"@odata.context":"x","settings@odata.type":1,"settings":{"@x.y":{"z":[]},"hasLicense":true}}`
	request := httptest.NewRequest(http.MethodPatch, "/beta/me/analytics", strings.NewReader(text))
	request.Header.Set("Content-Type", "application/json")
	body, err := readAndValidate(request, op, nil, false)
	want := map[string]any{"settings": map[string]any{"hasLicense": true}}
	if err != nil || !reflect.DeepEqual(body.Value, want) || string(body.Text) != text {
		t.Errorf("%v %s %v", body.Value, body.Text, err)
	}
}

// TestValidateOfManyFaults checks that a hostile body gets a bounded number of faults.
func TestValidateOfManyFaults(t *testing.T) {
	op := operation(t, http.MethodPatch, itemRoute)
	var body strings.Builder
	body.WriteString(`{"duration":"PT"`)
	for i := range 3000 {
		fmt.Fprintf(&body, `,"p%d":1`, i)
	}
	_, err := validate(op, patch(body.String()+"}"), false)
	if got := faultsIn(t, err); len(got) != problem.MaxFaults {
		t.Errorf("%d faults", len(got))
	}
}

func TestValueFaults(t *testing.T) {
	op := operation(t, http.MethodPost, collectionRoute)
	value := map[string]any{"@odata.type": "#microsoft.graph.focusActivityStatistics", "afterHours": "PT1H", "@x.y": 1.0}
	faults := input.ValueFaults(op.BodySchema, value)
	if len(faults) != 1 || *faults[0].Target != "afterHours" || faults[0].Code != gen.UnknownProperty {
		t.Errorf("%+v", faults)
	}
	if faults := input.ValueFaults(op.BodySchema, 7.0); len(faults) != 1 || faults[0].Message != "The body is 7; it must be a JSON object." {
		t.Errorf("%+v", faults)
	}
}
