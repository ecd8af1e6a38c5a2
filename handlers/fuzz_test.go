package handlers_test

import (
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"afterhours/contract/checked"
	"afterhours/handlers/auth"
	"afterhours/store"
	"afterhours/store/edm"
	"afterhours/store/memory"
)

// fuzzServer is the whole server without a socket, over a store that is the same before every input:
// one statistic of each type, with the short name of its type as its id. Every response is checked
// against the contract.
type fuzzServer struct {
	store  store.Store
	server http.Handler
	token  string
}

// fuzzTest is the part of testing.TB that the fuzz properties need. The tests of rapid have it, too.
type fuzzTest interface {
	checked.Failer
	Fatalf(format string, values ...any)
}

var fuzzOwner = store.Owner{Tenant: tenant, User: megan}

// fuzzTypes are the types with the names of their durations, from the store's table of properties.
var fuzzTypes = func() map[string][]string {
	types := map[string][]string{}
	for _, kind := range []store.Type{store.Call, store.Chat, store.Email, store.Focus, store.Meeting} {
		for _, property := range store.Durations() {
			if property.Of(kind) {
				types[string(kind)] = append(types[string(kind)], string(property.Name))
			}
		}
	}
	return types
}()

// fuzzKind returns the short name of a type, for any number.
func fuzzKind(n uint8) string {
	kinds := slices.Sorted(maps.Keys(fuzzTypes))
	return kinds[int(n)%len(kinds)]
}

func fuzzTypeName(kind string) string { return "#microsoft.graph." + kind + "ActivityStatistics" }

const fuzzCast = "/microsoft.graph.callActivityStatistics"

func fuzzItem(id string) string { return collection + "/" + id }

// fuzzRecords are the records that are stored before every input, by id.
var fuzzRecords = func() map[string]store.Record {
	records := map[string]store.Record{}
	for i, activity := range store.Activities {
		records[strings.ToLower(string(activity))] = store.Record{
			Type: store.Type(strings.ToLower(string(activity))), Activity: activity,
			StartDate: store.Of(edm.MinDate.AddDays(730_000 + i)), TimeZoneUsed: store.Of("Pacific Standard Time"),
			Duration: store.Of(edm.Hour + edm.Duration(i)),
		}
	}
	return records
}()

func newFuzzServer(f *testing.F) *fuzzServer {
	f.Helper()
	issuer, err := auth.OpenLocalIssuer(f.TempDir())
	if err != nil {
		f.Fatal(err)
	}
	token, err := issuer.Mint(auth.Claims{Tenant: tenant, User: megan, Scopes: []string{"Analytics.ReadWrite"}, Expires: 24 * time.Hour}, time.Now())
	if err != nil {
		f.Fatal(err)
	}
	over := memory.New()
	z := &fuzzServer{store: over, server: newServer(f, over, issuer, io.Discard), token: token}
	z.restore(f)
	return z
}

// restore puts the store into the state that it has before every input.
func (z *fuzzServer) restore(t fuzzTest) {
	t.Helper()
	ctx, missing := context.Background(), maps.Clone(fuzzRecords)
	for _, one := range z.state(t).statistics {
		if missing[one.ID] == one.Record {
			delete(missing, one.ID)
		} else if err := z.store.Delete(ctx, store.Key{Owner: fuzzOwner, ID: one.ID}, one.Revision); err != nil {
			t.Fatalf("%v", err)
		}
	}
	for id, record := range missing {
		if _, _, err := z.store.Put(ctx, store.Key{Owner: fuzzOwner, ID: id}, record, store.NoRevision); err != nil {
			t.Fatalf("%v", err)
		}
	}
	usual := store.DefaultSettings
	if _, err := z.store.UpdateSettings(ctx, fuzzOwner, store.SettingsChange{HasGraphMailbox: store.Of(usual.HasGraphMailbox),
		HasLicense: store.Of(usual.HasLicense), HasOptedOut: store.Of(usual.HasOptedOut)}); err != nil {
		t.Fatalf("%v", err)
	}
}

// fuzzState is everything in the store.
type fuzzState struct {
	statistics []store.Statistic
	settings   store.Settings
}

// state returns what the caller has in the store. It fails if anybody else has something there.
func (z *fuzzServer) state(t fuzzTest) fuzzState {
	t.Helper()
	ctx := context.Background()
	statistics, err := z.store.List(ctx, fuzzOwner, store.Query{Limit: 1000})
	if err != nil {
		t.Fatalf("%v", err)
	}
	settings, err := z.store.Settings(ctx, fuzzOwner)
	if err != nil {
		t.Fatalf("%v", err)
	}
	owners, err := z.store.Owners(ctx, tenant, "", 10)
	if err != nil || slices.ContainsFunc(owners, func(one store.Owner) bool { return one != fuzzOwner }) {
		t.Fatalf("statistics or settings of %v are stored: %v", owners, err)
	}
	return fuzzState{statistics, settings}
}

// unchanged fails unless the store is in the given state.
func (z *fuzzServer) unchanged(t fuzzTest, was fuzzState, got testResponse) {
	t.Helper()
	if now := z.state(t); !reflect.DeepEqual(now, was) {
		t.Errorf("%d %s: stored was\n%+v\nand is\n%+v", got.status, got.text, was, now)
	}
}

// ask sends a request with a JSON body. It fails at a redirect and at a 5xx other than 501.
func (z *fuzzServer) ask(t fuzzTest, method, path string, body []byte) testResponse {
	t.Helper()
	request := httptest.NewRequest(method, path, strings.NewReader(string(body)))
	request.Header.Set("Content-Type", "application/json")
	return z.send(t, request)
}

func (z *fuzzServer) send(t fuzzTest, request *http.Request) testResponse {
	t.Helper()
	if request.Header["Authorization"] == nil {
		request.Header.Set("Authorization", "Bearer "+z.token)
	}
	withoutCast := checked.As(request.Context(), strings.Replace(request.URL.Path, fuzzCast, "", 1))
	recorder := checked.Serve(t, z.server, request.WithContext(withoutCast))
	if recorder.Code >= http.StatusInternalServerError && recorder.Code != http.StatusNotImplemented || recorder.Code >= 300 && recorder.Code < 400 && recorder.Code != http.StatusNotModified {
		t.Errorf("%s %s: %d %s", request.Method, request.URL, recorder.Code, recorder.Body)
	}
	return testResponse{recorder.Code, recorder.Header(), recorder.Body.String()}
}

// read returns a statistic by GET.
func (z *fuzzServer) read(t fuzzTest, path string) (testResponse, map[string]any) {
	t.Helper()
	got := z.ask(t, http.MethodGet, path, nil)
	var object map[string]any
	if err := json.Unmarshal([]byte(got.text), &object); err != nil || got.status != http.StatusOK {
		t.Fatalf("GET %s: %d %s: %v", path, got.status, got.text, err)
	}
	if tag := header(got, "ETag"); tag == "" || object["@odata.etag"] != tag {
		t.Errorf("GET %s: entity tag %q of %s", path, tag, got.text)
	}
	return got, object
}

// header returns a header of a response of checked.Serve. The name may have any case.
func header(got testResponse, name string) string {
	for given, values := range got.header {
		if strings.EqualFold(given, name) {
			return strings.Join(values, ", ")
		}
	}
	return ""
}
