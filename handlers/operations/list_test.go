package operations

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"afterhours/gen"
	"afterhours/handlers/problem"
	"afterhours/handlers/wire"
	"afterhours/store"
	"afterhours/store/edm"
	"afterhours/store/memory"
)

// pageBody is the body of a page.
type pageBody struct {
	Context string `json:"@odata.context"`
	Count   *int   `json:"@odata.count"`
	Next    string `json:"@odata.nextLink"`
	Value   []struct{ ID string }
}

// listOf lists the statistics of the test owner and returns the page and their ids.
func listOf(t *testing.T, s *Service, req *Request, options gen.ListUserStatisticsParams) (pageBody, string, *Response) {
	t.Helper()
	response, err := s.List(t.Context(), req, Me, options)
	if err != nil {
		t.Fatal(err)
	}
	var page pageBody
	if err := json.Unmarshal(response.Body, &page); err != nil {
		t.Fatalf("%v: %s", err, response.Body)
	}
	var ids []string
	for _, one := range page.Value {
		ids = append(ids, one.ID)
	}
	return page, strings.Join(ids, " "), response
}

// TestListFollowsNextLinks checks that a next link repeats the options but $skip, and that each
// statistic is on one page.
func TestListFollowsNextLinks(t *testing.T) {
	over := memory.New()
	service := newTestService(t, over)
	for i := range 6 {
		record := store.Record{Type: store.Call, Activity: "Call", Duration: store.Of(edm.Duration(i % 2))}
		if _, _, err := over.Put(t.Context(), store.Key{Owner: testOwner, ID: fmt.Sprint("s", i)}, record, store.NoRevision); err != nil {
			t.Fatal(err)
		}
	}
	top, skip, count, filter, order := gen.PageSize(2), int32(1), true, "id ne 's0' and length(id) eq 2", "duration desc"
	options := gen.ListUserStatisticsParams{Top: &top, Skip: &skip, Count: &count, Filter: &filter, Orderby: &order}
	page, ids, _ := listOf(t, service, newTestRequest(), options)
	if ids != "s3 s5" || page.Count == nil || *page.Count != 5 {
		t.Errorf("first page: %s, count %v", ids, page.Count)
	}
	link, err := url.Parse(page.Next)
	if err != nil || strings.Contains(page.Next, "+") || !strings.HasPrefix(page.Next, "http://example.com/beta/users/"+testOwner.User+"/analytics/activityStatistics?") {
		t.Fatalf("%s %v", page.Next, err)
	}
	query := link.Query()
	token := query.Get("$skiptoken")
	if query.Get("$filter") != filter || query.Get("$orderby") != order || query.Get("$top") != "2" || query.Get("$count") != "true" || query.Has("$skip") {
		t.Errorf("next link with %v", query)
	}
	options.Skip, options.Skiptoken = nil, &token
	if page, ids, _ = listOf(t, service, newTestRequest(), options); ids != "s2 s4" || page.Next != "" {
		t.Errorf("second page: %s, next %s", ids, page.Next)
	}
}

// TestListOfCast checks that a cast in the URL filters, together with $filter.
func TestListOfCast(t *testing.T) {
	over := memory.New()
	service := newTestService(t, over)
	putCall(t, over)
	for cast, want := range map[string]string{"call": "a", "chat": ""} {
		req := newTestRequest()
		req.Cast = service.spec.ByStoreType[store.Type(cast)]
		filter := "id ne 'b'"
		page, ids, _ := listOf(t, service, req, gen.ListUserStatisticsParams{Filter: &filter})
		if ids != want || !strings.HasSuffix(page.Context, "/microsoft.graph."+cast+"ActivityStatistics") {
			t.Errorf("%s: %q in %s", cast, ids, page.Context)
		}
	}
}

func TestPageSize(t *testing.T) {
	service := newTestService(t, memory.New())
	small, large := gen.PageSize(5), gen.PageSize(500)
	for _, test := range []struct {
		top     *gen.PageSize
		prefer  string
		size    int
		applied string
	}{
		{nil, "", service.spec.PageSize, ""},
		{&small, "", 5, ""},
		{nil, "odata.maxpagesize=7", 7, "odata.maxpagesize=7"},
		{&small, "odata.maxpagesize=7", 5, ""},
		{&large, "maxpagesize=7", 7, "maxpagesize=7"},
		{nil, "odata.maxpagesize=100000", service.spec.PageSizeMax, fmt.Sprint("odata.maxpagesize=", service.spec.PageSizeMax)},
	} {
		size, applied := service.pageSize(gen.ListUserStatisticsParams{Top: test.top, Prefer: &test.prefer})
		if size != test.size || applied != test.applied {
			t.Errorf("%+v: %d %q", test, size, applied)
		}
	}
}

// TestListNamesEveryWrongOption checks that one response names the faults of all options.
func TestListNamesEveryWrongOption(t *testing.T) {
	service := newTestService(t, memory.New())
	wrong := "colour eq"
	_, err := service.List(t.Context(), newTestRequest(), Me, gen.ListUserStatisticsParams{Filter: &wrong, Orderby: &wrong, Select: &wrong})
	var found *problem.Problem
	if !errors.As(err, &found) || !errors.Is(err, problem.ErrInvalid) || len(found.Details) != 3 {
		t.Errorf("%+v", err)
	}
}

func TestEmptyList(t *testing.T) {
	service := newTestService(t, memory.New())
	req := newTestRequest()
	req.Form.Level = wire.MetadataNone
	if _, _, response := listOf(t, service, req, gen.ListUserStatisticsParams{}); string(response.Body) != `{"value":[]}` {
		t.Errorf("%s", response.Body)
	}
}
