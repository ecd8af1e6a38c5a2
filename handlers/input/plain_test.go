package input_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"afterhours/contract/bounded"
	"afterhours/gen"
	"afterhours/handlers/input"
	"afterhours/handlers/plain"
	"afterhours/handlers/spec"
)

// The rules of package plain are those of kin-openapi. The tests here hold the two together.

// documentedPatch is the body of the documented PATCH.
const documentedPatch = `{"@odata.type":"#microsoft.graph.callActivityStatistics","activity":"Call","startDate":"2019-06-16",` +
	`"endDate":"2019-06-17","timeZoneUsed":"Time Zone Used value","duration":"-PT1M55.0810357S","afterHours":"-PT1M34.3242013S"}`

// asReference returns the operation without what package plain knows, so that kin-openapi judges everything.
func asReference(op *spec.Operation) *spec.Operation {
	reference := *op
	reference.PlainBody = nil
	reference.PlainParameters = make([]plain.Parameter, len(op.Parameters))
	return &reference
}

// operations returns the operations of a contract by their operationIds.
func operations(t testing.TB, path string, load func([]byte) (*spec.Contract, error)) map[string]*spec.Operation {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	contract, err := load(text)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]*spec.Operation{}
	for template, item := range doc.Paths.Map() {
		route := strings.NewReplacer("{", ":", "}", "").Replace(template)
		for method, operation := range item.Operations() {
			found[operation.OperationID] = contract.Operation(method, contract.Bases[0]+route)
		}
	}
	return found
}

// TestPlainOperations lists the operations whose bodies can be plain. A keyword that package plain does not know
// would take an operation out of the list.
func TestPlainOperations(t *testing.T) {
	for path, test := range map[string]struct {
		load func([]byte) (*spec.Contract, error)
		want string
	}{
		"../../openapi.yaml": {spec.Load, "createMyStatistic createUserStatistic replaceMyStatistic replaceMyStatisticProperty replaceUserStatistic " +
			"replaceUserStatisticProperty runBatch updateMySettings updateMyStatistic updateMyStatisticProperty updateUserSettings updateUserStatistic updateUserStatisticProperty"},
		"../../control/control.yaml": {spec.LoadPaths, "advanceClock approveSignIn reset takeSnapshot"},
	} {
		var compiled []string
		for id, op := range operations(t, path, test.load) {
			if op.PlainBody != nil {
				compiled = append(compiled, id)
			}
		}
		slices.Sort(compiled)
		if got := strings.Join(compiled, " "); got != test.want {
			t.Errorf("%s: %s\nwant %s", path, got, test.want)
		}
	}
}

// TestDocumentedBodiesArePlain checks that package plain recognises the examples of the contract, so that it cannot
// stop unseen.
func TestDocumentedBodiesArePlain(t *testing.T) {
	for id, op := range operations(t, "../../openapi.yaml", spec.Load) {
		if op.PlainBody == nil {
			continue
		}
		for name, example := range op.RequestBody.Value.Content["application/json"].Examples {
			text, err := json.Marshal(example.Value.Value)
			if err != nil {
				t.Fatal(err)
			}
			if _, isPlain := op.PlainBody.Read(text); !isPlain {
				t.Errorf("%s: the example %s is not plain: %s", id, name, text)
			}
		}
	}
}

// sdkBodies are bodies of new objects as official SDKs send them.
var sdkBodies = map[string]string{
	"Go, a call":         `{"id":"given-id","@odata.type":"#microsoft.graph.callActivityStatistics","activity":"Call","duration":"PT1M55S","endDate":"2019-07-04","startDate":"2019-07-03","timeZoneUsed":"Pacific Standard Time","afterHours":"PT1H30M"}`,
	"Go, cleared":        `{"timeZoneUsed":null,"@odata.type":"#microsoft.graph.focusActivityStatistics"}`,
	"Python, a meeting":  `{"@odata.type": "#microsoft.graph.meetingActivityStatistics", "conflicting": "PT1H", "long": "PT2H", "multitasking": null, "organized": "PT0S", "recurring": "P1DT2H"}`,
	"kiota JS, an email": `{"@odata.type":"#microsoft.graph.emailActivityStatistics","readEmail":"PT0.000000S","sentEmail":"PT90M"}`,
	"classic JS, a chat": `{"@odata.type":"#microsoft.graph.chatActivityStatistics","activity":"Chat","timeZoneUsed":"São Paulo"}`,
}

func TestBodiesOfSDKsArePlain(t *testing.T) {
	for _, op := range []*spec.Operation{operation(t, http.MethodPatch, itemRoute), operation(t, http.MethodPost, collectionRoute)} {
		for name, text := range sdkBodies {
			if _, isPlain := op.PlainBody.Read([]byte(text)); !isPlain {
				t.Errorf("%s: %s is not plain for %s", name, text, op.OperationID)
			}
		}
	}
}

// notPlain are bodies that package plain must leave to kin-openapi, valid or not.
var notPlain = []string{
	"", " ", "null", "[]", `""`, "7", "{", "}", "{}{}", "{} x", "{},", `{,}`, `{"activity"}`, `{"activity":}`, `{"activity":"Call",}`, `{"activity":"Call"`,
	`{"activity":"Call" "duration":null}`, `{"activity":"Call","activity":"Call"}`, `{"activity":"call"}`, `{"activity":null}`, `{"activity":7}`,
	`{"activity":true}`, `{"activity":["Call"]}`, `{"Activity":"Call"}`, `{"activit\u0079":"Call"}`, `{"colour":"red"}`, `{"@odata.context":"x"}`,
	`{"@type":"#microsoft.graph.callActivityStatistics"}`, `{"@odata.type":"microsoft.graph.callActivityStatistics"}`, `{"odataType":null}`,
	`{"duration":"P1W"}`, `{"duration":"P"}`, `{"duration":"PT"}`, `{"duration":"PT0.00000001S"}`, `{"duration":"P99999999D"}`, `{"duration":{}}`,
	`{"duration":"P0` + strings.Repeat("0", 64) + `D"}`, `{"startDate":"2019-02-29"}`, `{"startDate":"2019-06-16T00:00:00Z"}`, `{"startDate":""}`,
	`{"timeZoneUsed":"a\tb"}`, "{\"timeZoneUsed\":\"a\tb\"}", "{\"timeZoneUsed\":\"a\x7fb\"}", "{\"timeZoneUsed\":\"\xff\"}", "{\"timeZoneUsed\":\"\xed\xa0\x80\"}", `{"timeZoneUsed":"` + strings.Repeat("x", 257) + `"}`,
	`{"id":""}`, `{"id":"-a"}`, `{"id":"ä"}`, `{"id":null}`, `{"id":"` + strings.Repeat("x", 129) + `"}`, "\ufeff{}", "{\"activity\"\u00a0:\"Call\"}", `{"timeZoneUsed":nul}`, `{"timeZoneUsed":"null}`, `{"timeZoneUsed":nullnull}`,
}

func TestOtherBodiesAreNotPlain(t *testing.T) {
	op := operation(t, http.MethodPatch, itemRoute)
	for _, text := range notPlain {
		if _, isPlain := op.PlainBody.Read([]byte(text)); isPlain {
			t.Errorf("%q is plain", text)
		}
	}
}

// TestLongBodyIsNotPlain checks that a valid body over the limit goes the usual way.
func TestLongBodyIsNotPlain(t *testing.T) {
	op := operation(t, http.MethodPatch, itemRoute)
	text := `{"activity":"Call"` + strings.Repeat(" ", plain.MaxBytes-19) + "}"
	if _, isPlain := op.PlainBody.Read([]byte(text)); !isPlain {
		t.Errorf("a body of %d bytes is not plain", len(text))
	}
	if _, isPlain := op.PlainBody.Read([]byte(" " + text)); isPlain {
		t.Errorf("a body of %d bytes is plain", len(text)+1)
	}
}

// bound is what a body of each type becomes.
type bound struct {
	Update   gen.ActivityStatisticsUpdate
	Settings gen.SettingsUpdate
	Property gen.PropertyUpdate
	Batch    gen.BatchRequest
}

// judged validates a request, and returns the faults, and what the body becomes.
func judged(t *testing.T, op *spec.Operation, text string, cast string, path pathValues, query string, header http.Header, quirks input.Quirks) ([]string, bound) {
	t.Helper()
	request := patch("")
	request.URL.RawQuery = query
	maps.Copy(request.Header, header)
	body, err := input.Validate(request, op, path, cast, []byte(text), quirks)
	var result bound
	if err != nil {
		return []string{err.Error()}, result
	}
	for _, to := range []any{&result.Update, &result.Settings, &result.Property, &result.Batch} {
		if err := body.Bind(to); err != nil {
			return []string{"not bound: " + err.Error()}, result
		}
	}
	return nil, result
}

// fuzzedOperations are the operations that FuzzPlain chooses from.
func fuzzedOperations(t testing.TB) []*spec.Operation {
	all := operations(t, "../../openapi.yaml", spec.Load)
	return []*spec.Operation{all["updateUserStatistic"], all["createMyStatistic"], all["updateMySettings"], all["replaceMyStatisticProperty"], all["listMyStatistics"], all["runBatch"]}
}

// FuzzPlain checks that a request gets the same faults, and its body the same value, whether or not package plain
// recognises it.
func FuzzPlain(f *testing.F) {
	all := fuzzedOperations(f)
	for _, text := range slices.Concat(notPlain, slices.Collect(maps.Values(sdkBodies)), []string{documentedPatch, `{}`, " {\n\t\"hasLicense\" : true,\"hasOptedOut\":false } ", `{"value":"x"}`, `{"value":null}`}) {
		for op := range all {
			f.Add(uint8(op), text, "", "a", "", `W/"x"`, "", true)
		}
	}
	for _, query := range []string{"$select=id", "$top=35", "$top=1&$top=2", "$select", "&", "%", "$filter=x&$format=json", "x=1",
		"$top=0", "$top=1000", "$top=1001", "$top=007", "$top=0000000007", "$top=-1", "$top=%2B1", "$top=", "$top=1.0", "$top=1e1", "$top=%201",
		"$top=%D9%A3", "$top=0x1", "$top=9999999999", "$skip=1000000&$top=1", "$skip=1000001", "$top=1_0",
		"$count=true", "$count=false", "$count=TRUE", "$count=1", "$count=t", "$count=", "$count", "$count=true&$count=true", "$count=%20true", "$count=null"} {
		f.Add(uint8(4), "", "", "a", query, "", "return=minimal", false)
		f.Add(uint8(0), "{}", "#microsoft.graph.callActivityStatistics", "", query, "*", "", false)
	}
	for _, text := range slices.Concat(plainBatches, notPlainBatches) {
		f.Add(uint8(5), text, "", "a", "", "", "", true)
		f.Add(uint8(5), text, "", "a", "", "", "", false)
	}
	f.Fuzz(func(t *testing.T, which uint8, text, cast, id, query, match, prefer string, quirks bool) {
		defer bounded.Input(t)()
		op := all[int(which)%len(all)]
		path := pathValues{"user-id": "megan@example.com", "activityStatistics-id": id, "property": "duration"}
		header := http.Header{"If-Match": {match}, "Prefer": {prefer}, "Client-Request-Id": {id}}
		if match == "" {
			delete(header, "If-Match")
		}
		gotFaults, got := judged(t, op, text, cast, path, query, header, input.Quirks(quirks))
		wantFaults, want := judged(t, asReference(op), text, cast, path, query, header, input.Quirks(quirks))
		if !reflect.DeepEqual(gotFaults, wantFaults) || !reflect.DeepEqual(got, want) {
			t.Errorf("%s %q: %v %+v\nkin-openapi: %v %+v", op.OperationID, text, gotFaults, got, wantFaults, want)
		}
	})
}

// TestPlainBodyIsBoundToAnyType checks that a type that package plain does not know is bound as well.
func TestPlainBodyIsBoundToAnyType(t *testing.T) {
	body, err := validate(operation(t, http.MethodPatch, itemRoute), patch(`{"activity":"Call","timeZoneUsed":null,"duration":"PT1H"}`), false)
	var to struct {
		Activity string `json:"activity"` // no pointer
	}
	if err != nil || body.Value != nil || body.Bind(&to) != nil || to.Activity != "Call" {
		t.Errorf("%+v %+v %v", body, to, err)
	}
}

// TestAllocationsOfPlainRequests bounds what validation and binding allocate. Two more than there are leave room for the
// pool of package regexp, which the race detector empties at random.
func TestAllocationsOfPlainRequests(t *testing.T) {
	update, get := operation(t, http.MethodPatch, itemRoute), operation(t, http.MethodGet, itemRoute)
	list, listed := operations(t, "../../openapi.yaml", spec.Load)["listMyStatistics"], patch("")
	listed.URL.RawQuery = "$top=50&$filter=startswith(id,'s')"
	counted := patch("")
	counted.URL.RawQuery = "$count=true&$filter=startswith(id,'s')"
	request := patch("", "client-request-id", "b9a0ef59-1bd5-4a4f-a2cb-8ef32e4b5f26", "If-Match", `W/"kH3nq0Vb2rE"`)
	path, text := pathValues{"activityStatistics-id": "a"}, []byte(documentedPatch)
	for name, test := range map[string]struct {
		most float64
		run  func()
	}{
		"the documented PATCH": {8, func() {
			body, err := input.Validate(request, update, path, "", text, true)
			to := new(gen.ActivityStatisticsUpdate)
			if err != nil || body.Bind(to) != nil || to.Activity == nil {
				t.Error(err)
			}
		}},
		"a GET": {2, func() {
			if _, err := input.Validate(request, get, path, "", nil, true); err != nil {
				t.Error(err)
			}
		}},
		"a list": {6, func() {
			if _, err := input.Validate(listed, list, path, "", nil, true); err != nil {
				t.Error(err)
			}
		}},
		"a list with its count": {6, func() {
			if _, err := input.Validate(counted, list, path, "", nil, true); err != nil {
				t.Error(err)
			}
		}},
	} {
		if got := testing.AllocsPerRun(100, test.run); got > test.most {
			t.Errorf("%s makes %v allocations; the budget is %v", name, got, test.most)
		}
	}
}

// BenchmarkValidate validates and binds the body of the documented PATCH, with package plain and without.
func BenchmarkValidate(b *testing.B) {
	op := operation(b, http.MethodPatch, itemRoute)
	for name, op := range map[string]*spec.Operation{"plain": op, "kin-openapi": asReference(op)} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			request, path, text := patch(""), pathValues{"activityStatistics-id": "a"}, []byte(documentedPatch)
			for b.Loop() {
				body, err := input.Validate(request, op, path, "", text, true)
				if err != nil || body.Bind(new(gen.ActivityStatisticsUpdate)) != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
