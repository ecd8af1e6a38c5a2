package sdk

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	abstractions "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoftgraph/msgraph-beta-sdk-go/models"
	"github.com/microsoftgraph/msgraph-beta-sdk-go/users"
	core "github.com/microsoftgraph/msgraph-sdk-go-core"
)

func TestListTheDemoWeek(t *testing.T) {
	page, err := mine(t).Get(t.Context(), &users.ItemAnalyticsActivityStatisticsRequestBuilderGetRequestConfiguration{
		QueryParameters: &users.ItemAnalyticsActivityStatisticsRequestBuilderGetQueryParameters{Top: ptr(int32(1000))},
	})
	if err != nil {
		t.Fatal(errorText(err))
	}
	count := map[string]int{}
	for _, s := range page.GetValue() {
		if s.GetStartDate().String() > "2019-12-31" {
			count[strings.TrimPrefix(reflect.TypeOf(s).String(), "*models.")]++
		}
	}
	want := map[string]int{}
	for _, name := range []string{"Call", "Chat", "Email", "Focus", "Meeting"} {
		want[name+"ActivityStatistics"] = 7
	}
	if !reflect.DeepEqual(count, want) {
		t.Errorf("%v, want %v", count, want)
	}
}

func TestCreateReadDelete(t *testing.T) {
	item := create(t, "go-crud")
	read, err := item.Get(t.Context(), nil)
	if err != nil {
		t.Fatal(errorText(err))
	}
	c, isCall := read.(models.CallActivityStatisticsable)
	// The server writes whole seconds to this SDK as PT30.0S, because it reads PT30S as 0.
	if !isCall || *c.GetId() != "go-crud" || c.GetDuration().String() != "PT1H30M" || c.GetAfterHours().GetSeconds() != 30 || c.GetStartDate().String() != "2019-06-16" {
		t.Errorf("%T %v %v %v", read, *read.GetId(), read.GetDuration(), read.GetStartDate())
	}
	if err := item.Delete(t.Context(), nil); err != nil {
		t.Fatal(errorText(err))
	}
	_, err = item.Get(t.Context(), nil)
	refusal(t, err, 404)
}

// TestTheDocumentedPatch: the durations of the SDK have no sign and no fraction. The test sends
// exact text in the additional data instead, with the typed property unset.
func TestTheDocumentedPatch(t *testing.T) {
	item := create(t, "go-patch")
	change := models.NewCallActivityStatistics()
	change.SetStartDate(date("2019-06-18"))
	change.SetEndDate(date("2019-06-19"))
	change.SetTimeZoneUsed(ptr("Time Zone Used value"))
	change.SetAdditionalData(map[string]any{"duration": "-PT1M55.0810357S", "afterHours": "-PT1M34.3242013S"})
	updated, err := item.Patch(t.Context(), change, nil)
	if err != nil {
		t.Fatal(errorText(err))
	}
	// The stored duration is exact, as $filter proves. The SDK drops its sign and fraction on reading.
	if *updated.GetTimeZoneUsed() != "Time Zone Used value" || updated.GetEndDate().String() != "2019-06-19" || updated.GetDuration().GetSeconds() != 55 {
		t.Errorf("%v %v %v", *updated.GetTimeZoneUsed(), updated.GetEndDate(), updated.GetDuration())
	}
	exact := "id eq 'go-patch' and duration eq duration'-PT1M55.0810357S' and microsoft.graph.callActivityStatistics/afterHours eq duration'-PT1M34.3242013S'"
	page, err := mine(t).Get(t.Context(), &users.ItemAnalyticsActivityStatisticsRequestBuilderGetRequestConfiguration{
		QueryParameters: &users.ItemAnalyticsActivityStatisticsRequestBuilderGetQueryParameters{Filter: &exact},
	})
	if err != nil {
		t.Fatal(errorText(err))
	}
	if len(page.GetValue()) != 1 { // one call of the demo has the same durations
		t.Errorf("%d statistics with these durations", len(page.GetValue()))
	}

	typed := models.NewCallActivityStatistics()
	typed.SetDuration(duration("P8DT1H")) // sent as P1W1DT1H
	updated, err = item.Patch(t.Context(), typed, nil)
	if err != nil {
		t.Fatal(errorText(err))
	}
	if d := updated.GetDuration(); d.GetWeeks()*7+d.GetDays() != 8 || d.GetHours() != 1 {
		t.Errorf("%v", d)
	}
}

func TestPatchMerges(t *testing.T) {
	item := create(t, "go-merge")
	clear := models.NewCallActivityStatistics()
	clear.SetTimeZoneUsed(ptr("UTC"))
	clear.SetTimeZoneUsed(nil) // sent as null
	clear.SetAfterHours(nil)
	cleared, err := item.Patch(t.Context(), clear, nil)
	if err != nil {
		t.Fatal(errorText(err))
	}
	if c := cleared.(models.CallActivityStatisticsable); c.GetTimeZoneUsed() != nil || c.GetDuration().String() != "PT1H30M" {
		t.Errorf("%v %v", c.GetTimeZoneUsed(), c.GetDuration())
	}
	// The SDK sends only changes of an entity that it has read. Here these are annotations only.
	read, err := item.Get(t.Context(), nil)
	if err != nil {
		t.Fatal(errorText(err))
	}
	if _, err := item.Patch(t.Context(), read, nil); err != nil {
		t.Error(errorText(err))
	}
	if _, err := item.Patch(t.Context(), models.NewCallActivityStatistics(), nil); err != nil {
		t.Error(errorText(err))
	}
}

func TestPageToTheEnd(t *testing.T) {
	app := connect(t, "AFTERHOURS_APP_TOKEN")
	theirs := app.user("7f1e3c6a-2b5d-4c8e-9a01-c1a551c00005").Analytics().ActivityStatistics()
	var ids, found []string
	for i := range 110 {
		ids = append(ids, fmt.Sprintf("page-%03d", i))
		if _, err := theirs.Post(t.Context(), call(ids[i]), nil); err != nil {
			t.Fatal(errorText(err))
		}
	}
	page, err := theirs.Get(t.Context(), &users.ItemAnalyticsActivityStatisticsRequestBuilderGetRequestConfiguration{
		QueryParameters: &users.ItemAnalyticsActivityStatisticsRequestBuilderGetQueryParameters{Top: ptr(int32(25))},
	})
	if err != nil {
		t.Fatal(errorText(err))
	}
	pages, err := core.NewPageIterator[models.ActivityStatisticsable](page, app, models.CreateActivityStatisticsCollectionResponseFromDiscriminatorValue)
	if err != nil {
		t.Fatal(err)
	}
	err = pages.Iterate(t.Context(), func(s models.ActivityStatisticsable) bool {
		found = append(found, *s.GetId())
		return true
	})
	if err != nil || !slices.Equal(found, ids) {
		t.Errorf("%v, %d statistics: %v", err, len(found), found)
	}
}

func TestFilterOrderbySelectCount(t *testing.T) {
	all := mine(t)
	get := func(q users.ItemAnalyticsActivityStatisticsRequestBuilderGetQueryParameters) models.ActivityStatisticsCollectionResponseable {
		page, err := all.Get(t.Context(), &users.ItemAnalyticsActivityStatisticsRequestBuilderGetRequestConfiguration{QueryParameters: &q})
		if err != nil {
			t.Fatal(errorText(err))
		}
		return page
	}
	focus := get(users.ItemAnalyticsActivityStatisticsRequestBuilderGetQueryParameters{
		Filter:  ptr("activity eq 'Focus' and duration gt duration'PT0S'"),
		Orderby: []string{"startDate desc"},
		Count:   ptr(true),
	})
	var dates []string
	for _, s := range focus.GetValue() {
		dates = append(dates, s.GetStartDate().String())
	}
	slices.Reverse(dates)
	if len(dates) != 5 || !slices.IsSorted(dates) || *focus.GetOdataCount() != 5 { // on each working day
		t.Errorf("%v, count %d", dates, *focus.GetOdataCount())
	}
	slim := get(users.ItemAnalyticsActivityStatisticsRequestBuilderGetQueryParameters{
		Filter: ptr("activity eq 'Call'"),
		Select: []string{"id", "duration"},
	})
	if len(slim.GetValue()) < 7 {
		t.Errorf("%d calls", len(slim.GetValue()))
	}
	for _, s := range slim.GetValue() {
		if _, isCall := s.(models.CallActivityStatisticsable); !isCall || s.GetId() == nil || s.GetStartDate() != nil {
			t.Errorf("%T %v %v", s, s.GetId(), s.GetStartDate())
		}
	}
	if count, err := all.Count().Get(t.Context(), nil); err != nil || *count < 35 {
		t.Errorf("$count: %v", err)
	}
}

func TestBatch(t *testing.T) {
	adapter := connect(t, "AFTERHOURS_TOKEN")
	item := create(t, "go-batch")
	change := models.NewCallActivityStatistics()
	change.SetTimeZoneUsed(ptr("UTC"))
	requests := make([]*abstractions.RequestInformation, 4)
	errs := make([]error, 4)
	requests[0], errs[0] = item.ToGetRequestInformation(t.Context(), nil)
	requests[1], errs[1] = item.ToPatchRequestInformation(t.Context(), change, nil)
	requests[2], errs[2] = item.ToDeleteRequestInformation(t.Context(), nil)
	requests[3], errs[3] = item.ToGetRequestInformation(t.Context(), nil)
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	batch := core.NewBatchRequest(adapter)
	var steps []core.BatchItem
	for i, request := range requests {
		step, err := batch.AddBatchRequestStep(*request)
		if err != nil {
			t.Fatal(err)
		}
		if i > 0 {
			step.DependsOnItem(steps[i-1])
		}
		steps = append(steps, step)
	}
	answer, err := batch.Send(t.Context(), adapter)
	if err != nil {
		t.Fatal(errorText(err))
	}
	status := answer.GetStatusCodes()
	for i, want := range []int32{200, 200, 204, 404} {
		if got := status[*steps[i].GetId()]; got != want {
			t.Errorf("step %d: %d, want %d: %v", i, got, want, answer.GetResponseById(*steps[i].GetId()).GetBody())
		}
	}
	if t.Failed() {
		return
	}
	written, err := core.GetBatchResponseById[models.CallActivityStatisticsable](answer, *steps[1].GetId(), models.CreateActivityStatisticsFromDiscriminatorValue)
	if err != nil || *written.GetTimeZoneUsed() != "UTC" {
		t.Errorf("%v %s", written, errorText(err))
	}
}

func TestSettings(t *testing.T) {
	analytics := connect(t, "AFTERHOURS_TOKEN").Me().Analytics()
	read, err := analytics.Get(t.Context(), &users.ItemAnalyticsRequestBuilderGetRequestConfiguration{
		QueryParameters: &users.ItemAnalyticsRequestBuilderGetQueryParameters{Expand: []string{"activityStatistics"}},
	})
	if err != nil {
		t.Fatal(errorText(err))
	}
	if *read.GetSettings().GetHasOptedOut() || len(read.GetActivityStatistics()) < 35 {
		t.Errorf("%v, %d statistics", *read.GetSettings().GetHasOptedOut(), len(read.GetActivityStatistics()))
	}
	settings := models.NewSettings()
	settings.SetHasLicense(ptr(true))
	change := models.NewUserAnalytics()
	change.SetSettings(settings)
	changed, err := analytics.Patch(t.Context(), change, nil)
	if err != nil || !*changed.GetSettings().GetHasLicense() {
		t.Error(errorText(err))
	}
}
