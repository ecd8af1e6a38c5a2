// Package sdk drives Afterhours with the beta SDK for Go, unmodified, over http. It
// is a module of its own: the SDK is large, and the server does not need it.
package sdk

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	abstractions "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoft/kiota-abstractions-go/authentication"
	"github.com/microsoft/kiota-abstractions-go/serialization"
	"github.com/microsoft/kiota-abstractions-go/store"
	nethttp "github.com/microsoft/kiota-http-go"
	jsonserialization "github.com/microsoft/kiota-serialization-json-go"
	textserialization "github.com/microsoft/kiota-serialization-text-go"
	"github.com/microsoftgraph/msgraph-beta-sdk-go/models"
	"github.com/microsoftgraph/msgraph-beta-sdk-go/models/odataerrors"
	"github.com/microsoftgraph/msgraph-beta-sdk-go/users"
	core "github.com/microsoftgraph/msgraph-sdk-go-core"
)

// token is an access token as it is, for any host.
type token string

func (t token) AuthenticateRequest(_ context.Context, request *abstractions.RequestInformation, _ map[string]any) error {
	request.Headers.Add("Authorization", "Bearer "+string(t))
	return nil
}

var _ authentication.AuthenticationProvider = token("")

// client is what NewGraphServiceClient makes, without the packages of the 60 other
// services of Graph, which take longer to compile than these tests are worth. With
// all of the SDK it is:
//
//	adapter, err := msgraphsdk.NewGraphRequestAdapter(token(t))
//	adapter.SetBaseUrl("http://127.0.0.1:8080/beta")
//	client := msgraphsdk.NewGraphServiceClient(adapter)
//	client.Me().Analytics().ActivityStatistics()
type client struct {
	*core.GraphRequestAdapterBase
}

func connect(t *testing.T, variable string) client {
	t.Helper()
	adapter, err := core.NewGraphRequestAdapterBase(token(os.Getenv(variable)), core.GraphClientOptions{
		GraphServiceVersion:        "beta",
		GraphServiceLibraryVersion: "0.145.0",
	})
	if err != nil {
		t.Fatal(err)
	}
	adapter.SetBaseUrl(os.Getenv("AFTERHOURS_URL") + "/beta")
	// As NewGraphServiceClient does.
	abstractions.RegisterDefaultSerializer(func() serialization.SerializationWriterFactory {
		return jsonserialization.NewJsonSerializationWriterFactory()
	})
	abstractions.RegisterDefaultDeserializer(func() serialization.ParseNodeFactory { return jsonserialization.NewJsonParseNodeFactory() })
	abstractions.RegisterDefaultDeserializer(func() serialization.ParseNodeFactory { return textserialization.NewTextParseNodeFactory() })
	adapter.EnableBackingStore(store.BackingStoreFactoryInstance)
	return client{adapter}
}

func (c client) user(id string) *users.UserItemRequestBuilder {
	return users.NewUserItemRequestBuilderInternal(map[string]string{"baseurl": c.GetBaseUrl(), "user%2Did": id}, c)
}

func (c client) Me() *users.UserItemRequestBuilder { return c.user("me-token-to-replace") }

func mine(t *testing.T) *users.ItemAnalyticsActivityStatisticsRequestBuilder {
	return connect(t, "AFTERHOURS_TOKEN").Me().Analytics().ActivityStatistics()
}

func ptr[T any](v T) *T { return &v }

func duration(text string) *serialization.ISODuration {
	d, err := serialization.ParseISODuration(text)
	if err != nil {
		panic(err)
	}
	return d
}

func date(text string) *serialization.DateOnly {
	d, err := serialization.ParseDateOnly(text)
	if err != nil {
		panic(err)
	}
	return d
}

func call(id string) models.CallActivityStatisticsable {
	c := models.NewCallActivityStatistics()
	c.SetId(&id)
	c.SetActivity(ptr(models.CALL_ANALYTICSACTIVITYTYPE))
	c.SetStartDate(date("2019-06-16"))
	c.SetEndDate(date("2019-06-17"))
	c.SetTimeZoneUsed(ptr("Pacific Standard Time"))
	c.SetDuration(duration("PT1H30M"))
	c.SetAfterHours(duration("PT30.0S"))
	return c
}

func create(t *testing.T, id string) *users.ItemAnalyticsActivityStatisticsActivityStatisticsItemRequestBuilder {
	t.Helper()
	all := mine(t)
	if _, err := all.Post(t.Context(), call(id), nil); err != nil {
		t.Fatal(told(err))
	}
	return all.ByActivityStatisticsId(id)
}

// told is an error in the words of the server.
func told(err error) string {
	var refused *odataerrors.ODataError
	if errors.As(err, &refused) && refused.GetErrorEscaped() != nil {
		return fmt.Sprintf("%d %s: %s", refused.ResponseStatusCode, *refused.GetErrorEscaped().GetCode(), *refused.GetErrorEscaped().GetMessage())
	}
	return fmt.Sprint(err)
}

// refusal is the error of a request that must be refused.
func refusal(t *testing.T, err error, status int) odataerrors.MainErrorable {
	t.Helper()
	var refused *odataerrors.ODataError
	if !errors.As(err, &refused) {
		t.Fatalf("%T %v, want an ODataError", err, err)
	}
	main := refused.GetErrorEscaped()
	if refused.ResponseStatusCode != status || main == nil || main.GetCode() == nil || main.GetMessage() == nil || main.GetInnerError() == nil {
		t.Fatalf("status %d, %s", refused.ResponseStatusCode, told(err))
	}
	return main
}

func TestListTheDemoWeek(t *testing.T) {
	page, err := mine(t).Get(t.Context(), &users.ItemAnalyticsActivityStatisticsRequestBuilderGetRequestConfiguration{
		QueryParameters: &users.ItemAnalyticsActivityStatisticsRequestBuilderGetQueryParameters{Top: ptr(int32(1000))},
	})
	if err != nil {
		t.Fatal(told(err))
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
		t.Fatal(told(err))
	}
	c, isCall := read.(models.CallActivityStatisticsable)
	// The server writes whole seconds to this SDK as PT30.0S, because it reads PT30S as 0.
	if !isCall || *c.GetId() != "go-crud" || c.GetDuration().String() != "PT1H30M" || c.GetAfterHours().GetSeconds() != 30 || c.GetStartDate().String() != "2019-06-16" {
		t.Errorf("%T %v %v %v", read, *read.GetId(), read.GetDuration(), read.GetStartDate())
	}
	if err := item.Delete(t.Context(), nil); err != nil {
		t.Fatal(told(err))
	}
	_, err = item.Get(t.Context(), nil)
	refusal(t, err, 404)
}

// TestTheDocumentedPatch: the SDK's durations have no sign and no fraction, so that
// exact text goes through additional data, with the typed property unset.
func TestTheDocumentedPatch(t *testing.T) {
	item := create(t, "go-patch")
	change := models.NewCallActivityStatistics()
	change.SetStartDate(date("2019-06-18"))
	change.SetEndDate(date("2019-06-19"))
	change.SetTimeZoneUsed(ptr("Time Zone Used value"))
	change.SetAdditionalData(map[string]any{"duration": "-PT1M55.0810357S", "afterHours": "-PT1M34.3242013S"})
	updated, err := item.Patch(t.Context(), change, nil)
	if err != nil {
		t.Fatal(told(err))
	}
	// What is stored is exact ($filter proves it); what the SDK reads has lost its sign and its digits.
	if *updated.GetTimeZoneUsed() != "Time Zone Used value" || updated.GetEndDate().String() != "2019-06-19" || updated.GetDuration().GetSeconds() != 55 {
		t.Errorf("%v %v %v", *updated.GetTimeZoneUsed(), updated.GetEndDate(), updated.GetDuration())
	}
	exact := "duration eq duration'-PT1M55.0810357S' and microsoft.graph.callActivityStatistics/afterHours eq duration'-PT1M34.3242013S'"
	page, err := mine(t).Get(t.Context(), &users.ItemAnalyticsActivityStatisticsRequestBuilderGetRequestConfiguration{
		QueryParameters: &users.ItemAnalyticsActivityStatisticsRequestBuilderGetQueryParameters{Filter: &exact},
	})
	if err != nil {
		t.Fatal(told(err))
	}
	if len(page.GetValue()) != 1 || *page.GetValue()[0].GetId() != "go-patch" {
		t.Errorf("%d statistics with these durations", len(page.GetValue()))
	}

	typed := models.NewCallActivityStatistics()
	typed.SetDuration(duration("P8DT1H")) // sent as P1W1DT1H
	updated, err = item.Patch(t.Context(), typed, nil)
	if err != nil {
		t.Fatal(told(err))
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
		t.Fatal(told(err))
	}
	if c := cleared.(models.CallActivityStatisticsable); c.GetTimeZoneUsed() != nil || c.GetDuration().String() != "PT1H30M" {
		t.Errorf("%v %v", c.GetTimeZoneUsed(), c.GetDuration())
	}
	// An entity that was just read is sent back without its changes: annotations only.
	read, err := item.Get(t.Context(), nil)
	if err != nil {
		t.Fatal(told(err))
	}
	if _, err := item.Patch(t.Context(), read, nil); err != nil {
		t.Error(told(err))
	}
	if _, err := item.Patch(t.Context(), models.NewCallActivityStatistics(), nil); err != nil {
		t.Error(told(err))
	}
}

func TestPageToTheEnd(t *testing.T) {
	app := connect(t, "AFTERHOURS_APP_TOKEN")
	theirs := app.user("7f1e3c6a-2b5d-4c8e-9a01-c1a551c00005").Analytics().ActivityStatistics()
	var ids, found []string
	for i := range 110 {
		ids = append(ids, fmt.Sprintf("page-%03d", i))
		if _, err := theirs.Post(t.Context(), call(ids[i]), nil); err != nil {
			t.Fatal(told(err))
		}
	}
	page, err := theirs.Get(t.Context(), &users.ItemAnalyticsActivityStatisticsRequestBuilderGetRequestConfiguration{
		QueryParameters: &users.ItemAnalyticsActivityStatisticsRequestBuilderGetQueryParameters{Top: ptr(int32(25))},
	})
	if err != nil {
		t.Fatal(told(err))
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

func TestPreconditionFailed(t *testing.T) {
	all := mine(t)
	seen := nethttp.NewHeadersInspectionOptions()
	seen.InspectResponseHeaders = true
	_, err := all.Post(t.Context(), call("go-etag"), &users.ItemAnalyticsActivityStatisticsRequestBuilderPostRequestConfiguration{
		Options: []abstractions.RequestOption{seen},
	})
	if err != nil {
		t.Fatal(told(err))
	}
	headers := abstractions.NewRequestHeaders()
	headers.Add("If-Match", seen.GetResponseHeaders().Get("ETag")[0])
	configuration := &users.ItemAnalyticsActivityStatisticsActivityStatisticsItemRequestBuilderPatchRequestConfiguration{Headers: headers}
	item := all.ByActivityStatisticsId("go-etag")
	change := func() models.ActivityStatisticsable {
		c := models.NewCallActivityStatistics()
		c.SetTimeZoneUsed(ptr(time.Now().String()))
		return c
	}
	if _, err := item.Patch(t.Context(), change(), configuration); err != nil {
		t.Fatal(told(err))
	}
	_, err = item.Patch(t.Context(), change(), configuration)
	refusal(t, err, 412)
}

func TestRefusals(t *testing.T) {
	all := mine(t)
	_, err := all.ByActivityStatisticsId("missing").Get(t.Context(), nil)
	if code := *refusal(t, err, 404).GetCode(); !strings.Contains(code, "NotFound") {
		t.Error(code)
	}
	item := create(t, "go-twice")
	_, err = all.Post(t.Context(), call("go-twice"), nil)
	refusal(t, err, 409)
	change := models.NewCallActivityStatistics()
	change.SetAdditionalData(map[string]any{"nonsense": "1"})
	_, err = item.Patch(t.Context(), change, nil)
	if target := *refusal(t, err, 400).GetDetails()[0].GetTarget(); target != "nonsense" {
		t.Error(target)
	}
	_, err = connect(t, "AFTERHOURS_OLD_TOKEN").Me().Analytics().ActivityStatistics().Get(t.Context(), nil)
	if code := *refusal(t, err, 401).GetCode(); code != "InvalidAuthenticationToken" {
		t.Error(code)
	}
}

func TestFilterOrderbySelectCount(t *testing.T) {
	all := mine(t)
	get := func(q users.ItemAnalyticsActivityStatisticsRequestBuilderGetQueryParameters) models.ActivityStatisticsCollectionResponseable {
		page, err := all.Get(t.Context(), &users.ItemAnalyticsActivityStatisticsRequestBuilderGetRequestConfiguration{QueryParameters: &q})
		if err != nil {
			t.Fatal(told(err))
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
	if len(dates) != 5 || !slices.IsSorted(dates) || *focus.GetOdataCount() != 5 { // nine hours on each working day
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
		t.Fatal(told(err))
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
		t.Errorf("%v %s", written, told(err))
	}
}

func TestSettings(t *testing.T) {
	analytics := connect(t, "AFTERHOURS_TOKEN").Me().Analytics()
	read, err := analytics.Get(t.Context(), &users.ItemAnalyticsRequestBuilderGetRequestConfiguration{
		QueryParameters: &users.ItemAnalyticsRequestBuilderGetQueryParameters{Expand: []string{"activityStatistics"}},
	})
	if err != nil {
		t.Fatal(told(err))
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
		t.Error(told(err))
	}
}
