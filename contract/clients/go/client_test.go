// Package client_test drives the client that contract/clients/run generates, from outside the
// server's module.
package client_test

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"testing"

	"github.com/oapi-codegen/nullable"

	"afterhours/contract/clients/go/client"
	"afterhours/store/edm"
)

func connect(t *testing.T, token string) *client.ClientWithResponses {
	t.Helper()
	connected, err := client.NewClientWithResponses(os.Getenv("AFTERHOURS_URL")+"/beta", client.WithRequestEditorFn(
		func(_ context.Context, request *http.Request) error {
			request.Header.Set("Authorization", "Bearer "+token)
			return nil
		}))
	if err != nil {
		t.Fatal(err)
	}
	return connected
}

func user(t *testing.T) *client.ClientWithResponses { return connect(t, os.Getenv("AFTERHOURS_TOKEN")) }

// duration is a property with a value. The zero Nullable is absent, and nullable.NewNullNullable is null.
func duration(t *testing.T, text string) nullable.Nullable[client.Duration] {
	t.Helper()
	parsed, err := edm.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	return nullable.NewNullableWithValue(parsed)
}

func date(t *testing.T, text string) nullable.Nullable[client.Date] {
	t.Helper()
	parsed, err := edm.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return nullable.NewNullableWithValue(parsed)
}

func create(t *testing.T, id string) client.CallActivityStatistics {
	t.Helper()
	var body client.ActivityStatisticsCreate
	err := body.FromCallActivityStatisticsCreate(client.CallActivityStatisticsCreate{
		ID:           &id,
		Activity:     new(client.Call),
		StartDate:    date(t, "2019-06-16"),
		EndDate:      date(t, "2019-06-17"),
		TimeZoneUsed: nullable.NewNullableWithValue("Pacific Standard Time"),
		Duration:     duration(t, "PT1H30M"),
		AfterHours:   duration(t, "PT30S"),
	})
	if err != nil {
		t.Fatal(err)
	}
	answer, err := user(t).CreateMyStatisticWithResponse(t.Context(), nil, body)
	if err != nil || answer.JSON201 == nil {
		t.Fatalf("%v %s", err, answer.Body)
	}
	return isCall(t, *answer.JSON201)
}

func read(t *testing.T, id string) client.CallActivityStatistics {
	t.Helper()
	answer, err := user(t).GetMyStatisticWithResponse(t.Context(), id, nil)
	if err != nil || answer.JSON200 == nil {
		t.Fatalf("%v %s", err, answer.Body)
	}
	return isCall(t, *answer.JSON200)
}

// value returns a statistic as the type that its @odata.type tells.
func value(t *testing.T, statistic client.ActivityStatistics) any {
	t.Helper()
	value, err := statistic.ValueByDiscriminator()
	if err != nil {
		t.Fatal(err)
	}
	return value
}

func isCall(t *testing.T, statistic client.ActivityStatistics) client.CallActivityStatistics {
	t.Helper()
	call, is := value(t, statistic).(client.CallActivityStatistics)
	if !is {
		t.Fatalf("%T", value(t, statistic))
	}
	return call
}

func update(t *testing.T, id string, ifMatch *string, change client.ActivityStatisticsUpdate) *client.UpdateMyStatisticResponse {
	t.Helper()
	answer, err := user(t).UpdateMyStatisticWithResponse(t.Context(), id, &client.UpdateMyStatisticParams{IfMatch: ifMatch}, change)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func TestCreatedAndRead(t *testing.T) {
	created, call := create(t, "go-read"), read(t, "go-read")
	if call.OdataEtag != created.OdataEtag || *call.Activity != client.Call || call.AfterHours.MustGet() != duration(t, "PT30S").MustGet() {
		t.Errorf("%+v, created as %+v", call, created)
	}
}

func TestTheDocumentedPatch(t *testing.T) {
	create(t, "go-patch")
	answer := update(t, "go-patch", nil, client.ActivityStatisticsUpdate{
		OdataType:    new(client.TypeNameHashMicrosoftGraphCallActivityStatistics),
		Activity:     new(client.Call),
		StartDate:    date(t, "2019-06-18"),
		EndDate:      date(t, "2019-06-19"),
		TimeZoneUsed: nullable.NewNullableWithValue("Time Zone Used value"),
		Duration:     duration(t, "-PT1M55.0810357S"),
		AfterHours:   duration(t, "-PT1M34.3242013S"),
	})
	if answer.JSON200 == nil {
		t.Fatalf("%s %s", answer.Status(), answer.Body)
	}
	call := read(t, "go-patch")
	if call.OdataEtag != isCall(t, *answer.JSON200).OdataEtag || call.TimeZoneUsed.MustGet() != "Time Zone Used value" ||
		call.StartDate.MustGet().String() != "2019-06-18" || call.Duration.MustGet().String() != "-PT1M55.0810357S" ||
		call.AfterHours.MustGet().String() != "-PT1M34.3242013S" {
		t.Errorf("%+v", call)
	}
}

func TestPatchTellsAbsentFromNull(t *testing.T) {
	create(t, "go-merge")
	update(t, "go-merge", nil, client.ActivityStatisticsUpdate{
		AfterHours:   nullable.NewNullNullable[client.Duration](),
		TimeZoneUsed: nullable.NewNullableWithValue("UTC"),
	})
	call := read(t, "go-merge")
	if !call.AfterHours.IsNull() || call.TimeZoneUsed.MustGet() != "UTC" || call.Duration.MustGet().String() != "PT1H30M" {
		t.Errorf("%+v", call)
	}
}

func TestPages(t *testing.T) {
	var sizes []int
	ids := map[string]bool{}
	query := client.ListMyStatisticsParams{Filter: new("activity eq 'Focus' or activity eq 'Email'"), Top: new(client.Top(4))}
	for {
		answer, err := user(t).ListMyStatisticsWithResponse(t.Context(), &query)
		if err != nil || answer.JSON200 == nil {
			t.Fatalf("%v %s", err, answer.Body)
		}
		sizes = append(sizes, len(answer.JSON200.Value))
		for _, statistic := range answer.JSON200.Value {
			switch s := value(t, statistic).(type) {
			case client.FocusActivityStatistics:
				ids[s.ID] = true
			case client.EmailActivityStatistics:
				ids[s.ID] = true
			default:
				t.Errorf("%T does not match the filter", s)
			}
		}
		if answer.JSON200.OdataNextLink == nil {
			break
		}
		next, err := url.Parse(*answer.JSON200.OdataNextLink)
		if err != nil {
			t.Fatal(err)
		}
		query.Skiptoken = new(next.Query().Get("$skiptoken"))
	}
	if !slices.Equal(sizes, []int{4, 4, 4, 2}) || len(ids) != 14 { // two a day
		t.Errorf("%v, %d statistics", sizes, len(ids))
	}
}

// own returns what a statistic has beyond the common properties, by its type.
func own(t *testing.T, statistic client.ActivityStatistics) (activity client.AnalyticsActivityType, durations []nullable.Nullable[client.Duration]) {
	t.Helper()
	type list = []nullable.Nullable[client.Duration]
	switch s := value(t, statistic).(type) {
	case client.CallActivityStatistics:
		return *s.Activity, list{s.AfterHours}
	case client.ChatActivityStatistics:
		return *s.Activity, list{s.AfterHours}
	case client.EmailActivityStatistics:
		return *s.Activity, list{s.AfterHours, s.ReadEmail, s.SentEmail}
	case client.FocusActivityStatistics:
		return *s.Activity, nil
	case client.MeetingActivityStatistics:
		return *s.Activity, list{s.AfterHours, s.Conflicting, s.Long, s.Multitasking, s.Organized, s.Recurring}
	default:
		t.Fatalf("%T", s)
		return "", nil
	}
}

func TestTheFiveTypes(t *testing.T) {
	answer, err := user(t).ListMyStatisticsWithResponse(t.Context(), &client.ListMyStatisticsParams{
		Filter: new("startDate gt 2020-01-01"), Count: new(true),
	})
	if err != nil || answer.JSON200 == nil || *answer.JSON200.OdataCount != 35 {
		t.Fatalf("%v %s", err, answer.Body)
	}
	sizes := map[client.AnalyticsActivityType]int{}
	for _, statistic := range answer.JSON200.Value {
		activity, durations := own(t, statistic)
		for _, d := range durations {
			if !d.IsSpecified() || d.IsNull() {
				t.Errorf("%s without a duration", activity)
			}
		}
		sizes[activity] = len(durations)
	}
	want := map[client.AnalyticsActivityType]int{client.Call: 1, client.Chat: 1, client.Email: 3, client.Focus: 0, client.Meeting: 6}
	if !maps.Equal(sizes, want) {
		t.Errorf("%v, want %v", sizes, want)
	}
}

func TestEntityTags(t *testing.T) {
	stale := create(t, "go-etag").OdataEtag
	change := func(timeZone, ifMatch string) *client.UpdateMyStatisticResponse {
		t.Helper()
		return update(t, "go-etag", &ifMatch, client.ActivityStatisticsUpdate{TimeZoneUsed: nullable.NewNullableWithValue(timeZone)})
	}
	first := change("first", stale)
	if first.JSON200 == nil || first.Headers200.ETag == stale {
		t.Fatalf("%s %s", first.Status(), first.Body)
	}
	if refused := change("second", stale); refused.JSON412 == nil || refused.JSON412.Error.Code != client.ErrorCodeResourceModified {
		t.Errorf("%s %s", refused.Status(), refused.Body)
	}
	if kept := read(t, "go-etag").TimeZoneUsed.MustGet(); kept != "first" {
		t.Error(kept)
	}
	if third := change("third", first.Headers200.ETag); third.JSON200 == nil {
		t.Errorf("%s %s", third.Status(), third.Body)
	}
}

func TestErrors(t *testing.T) {
	create(t, "go-errors")
	faulty := update(t, "go-errors", nil, client.ActivityStatisticsUpdate{
		Activity: new(client.AnalyticsActivityType("Calls")), ReadEmail: duration(t, "PT1H"),
	})
	if faulty.JSON400 == nil || faulty.JSON400.Error.Details == nil {
		t.Fatalf("%s %s", faulty.Status(), faulty.Body)
	}
	details := *faulty.JSON400.Error.Details
	if len(details) != 1 || details[0].Code != client.InvalidValue || *details[0].Target != "activity" {
		t.Errorf("%+v", details)
	}
	missing, err := user(t).GetMyStatisticWithResponse(t.Context(), "missing", nil)
	if err != nil || missing.JSON404 == nil || missing.JSON404.Error.Code != client.ErrorCodeResourceNotFound {
		t.Errorf("%v %s", err, missing.Body)
	}
	stranger, err := connect(t, "none").ListMyStatisticsWithResponse(t.Context(), nil)
	if err != nil || stranger.JSON401 == nil || stranger.JSON401.Error.Code != client.ErrorCodeInvalidAuthenticationToken {
		t.Fatalf("%v %s", err, stranger.Body)
	}
	if stranger.JSON401.Error.InnerError.RequestID == "" {
		t.Error("an error that does not name the request")
	}
}
