// Package client drives the client in afterhours/gen, from outside its module.
package client

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"testing"

	"github.com/oapi-codegen/nullable"

	"afterhours/gen"
	"afterhours/store/edm"
)

func connect(t *testing.T, token string) *gen.ClientWithResponses {
	t.Helper()
	client, err := gen.NewClientWithResponses(os.Getenv("AFTERHOURS_URL")+"/beta", gen.WithRequestEditorFn(
		func(_ context.Context, request *http.Request) error {
			request.Header.Set("Authorization", "Bearer "+token)
			return nil
		}))
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func user(t *testing.T) *gen.ClientWithResponses { return connect(t, os.Getenv("AFTERHOURS_TOKEN")) }

// duration is a property with a value. The zero Nullable is absent, and nullable.NewNullNullable is null.
func duration(t *testing.T, text string) nullable.Nullable[gen.Duration] {
	t.Helper()
	parsed, err := edm.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	return nullable.NewNullableWithValue(parsed)
}

func date(t *testing.T, text string) nullable.Nullable[gen.Date] {
	t.Helper()
	parsed, err := edm.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return nullable.NewNullableWithValue(parsed)
}

func create(t *testing.T, id string) gen.CallActivityStatistics {
	t.Helper()
	var body gen.ActivityStatisticsCreate
	err := body.FromCallActivityStatisticsCreate(gen.CallActivityStatisticsCreate{
		ID:           &id,
		Activity:     new(gen.Call),
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

func read(t *testing.T, id string) gen.CallActivityStatistics {
	t.Helper()
	answer, err := user(t).GetMyStatisticWithResponse(t.Context(), id, nil)
	if err != nil || answer.JSON200 == nil {
		t.Fatalf("%v %s", err, answer.Body)
	}
	return isCall(t, *answer.JSON200)
}

// value returns a statistic as the type that its @odata.type tells.
func value(t *testing.T, statistic gen.ActivityStatistics) any {
	t.Helper()
	value, err := statistic.ValueByDiscriminator()
	if err != nil {
		t.Fatal(err)
	}
	return value
}

func isCall(t *testing.T, statistic gen.ActivityStatistics) gen.CallActivityStatistics {
	t.Helper()
	call, is := value(t, statistic).(gen.CallActivityStatistics)
	if !is {
		t.Fatalf("%T", value(t, statistic))
	}
	return call
}

func update(t *testing.T, id string, ifMatch *string, change gen.ActivityStatisticsUpdate) *gen.UpdateMyStatisticResponse {
	t.Helper()
	answer, err := user(t).UpdateMyStatisticWithResponse(t.Context(), id, &gen.UpdateMyStatisticParams{IfMatch: ifMatch}, change)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func TestCreatedAndRead(t *testing.T) {
	created, call := create(t, "go-read"), read(t, "go-read")
	if call.OdataEtag != created.OdataEtag || *call.Activity != gen.Call || call.AfterHours.MustGet() != duration(t, "PT30S").MustGet() {
		t.Errorf("%+v, created as %+v", call, created)
	}
}

func TestTheDocumentedPatch(t *testing.T) {
	create(t, "go-patch")
	answer := update(t, "go-patch", nil, gen.ActivityStatisticsUpdate{
		OdataType:    new(gen.TypeNameHashMicrosoftGraphCallActivityStatistics),
		Activity:     new(gen.Call),
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
	update(t, "go-merge", nil, gen.ActivityStatisticsUpdate{
		AfterHours:   nullable.NewNullNullable[gen.Duration](),
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
	query := gen.ListMyStatisticsParams{Filter: new("activity eq 'Focus' or activity eq 'Email'"), Top: new(gen.Top(4))}
	for {
		answer, err := user(t).ListMyStatisticsWithResponse(t.Context(), &query)
		if err != nil || answer.JSON200 == nil {
			t.Fatalf("%v %s", err, answer.Body)
		}
		sizes = append(sizes, len(answer.JSON200.Value))
		for _, statistic := range answer.JSON200.Value {
			switch s := value(t, statistic).(type) {
			case gen.FocusActivityStatistics:
				ids[s.ID] = true
			case gen.EmailActivityStatistics:
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
func own(t *testing.T, statistic gen.ActivityStatistics) (activity gen.AnalyticsActivityType, durations []nullable.Nullable[gen.Duration]) {
	t.Helper()
	type list = []nullable.Nullable[gen.Duration]
	switch s := value(t, statistic).(type) {
	case gen.CallActivityStatistics:
		return *s.Activity, list{s.AfterHours}
	case gen.ChatActivityStatistics:
		return *s.Activity, list{s.AfterHours}
	case gen.EmailActivityStatistics:
		return *s.Activity, list{s.AfterHours, s.ReadEmail, s.SentEmail}
	case gen.FocusActivityStatistics:
		return *s.Activity, nil
	case gen.MeetingActivityStatistics:
		return *s.Activity, list{s.AfterHours, s.Conflicting, s.Long, s.Multitasking, s.Organized, s.Recurring}
	default:
		t.Fatalf("%T", s)
		return "", nil
	}
}

func TestTheFiveTypes(t *testing.T) {
	answer, err := user(t).ListMyStatisticsWithResponse(t.Context(), &gen.ListMyStatisticsParams{
		Filter: new("startDate gt 2020-01-01"), Count: new(true),
	})
	if err != nil || answer.JSON200 == nil || *answer.JSON200.OdataCount != 35 {
		t.Fatalf("%v %s", err, answer.Body)
	}
	sizes := map[gen.AnalyticsActivityType]int{}
	for _, statistic := range answer.JSON200.Value {
		activity, durations := own(t, statistic)
		for _, d := range durations {
			if d.MustGet() != 0 {
				t.Errorf("%s: %s", activity, d.MustGet())
			}
		}
		sizes[activity] = len(durations)
	}
	want := map[gen.AnalyticsActivityType]int{gen.Call: 1, gen.Chat: 1, gen.Email: 3, gen.Focus: 0, gen.Meeting: 6}
	if !maps.Equal(sizes, want) {
		t.Errorf("%v, want %v", sizes, want)
	}
}

func TestEntityTags(t *testing.T) {
	stale := create(t, "go-etag").OdataEtag
	change := func(timeZone, ifMatch string) *gen.UpdateMyStatisticResponse {
		t.Helper()
		return update(t, "go-etag", &ifMatch, gen.ActivityStatisticsUpdate{TimeZoneUsed: nullable.NewNullableWithValue(timeZone)})
	}
	first := change("first", stale)
	if first.JSON200 == nil || first.Headers200.ETag == stale {
		t.Fatalf("%s %s", first.Status(), first.Body)
	}
	if refused := change("second", stale); refused.JSON412 == nil || refused.JSON412.Error.Code != gen.ErrorCodeResourceModified {
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
	faulty := update(t, "go-errors", nil, gen.ActivityStatisticsUpdate{
		Activity: new(gen.AnalyticsActivityType("Calls")), ReadEmail: duration(t, "PT1H"),
	})
	if faulty.JSON400 == nil || faulty.JSON400.Error.Details == nil {
		t.Fatalf("%s %s", faulty.Status(), faulty.Body)
	}
	details := *faulty.JSON400.Error.Details
	if len(details) != 1 || details[0].Code != gen.InvalidValue || *details[0].Target != "activity" {
		t.Errorf("%+v", details)
	}
	missing, err := user(t).GetMyStatisticWithResponse(t.Context(), "missing", nil)
	if err != nil || missing.JSON404 == nil || missing.JSON404.Error.Code != gen.ErrorCodeResourceNotFound {
		t.Errorf("%v %s", err, missing.Body)
	}
	stranger, err := connect(t, "none").ListMyStatisticsWithResponse(t.Context(), nil)
	if err != nil || stranger.JSON401 == nil || stranger.JSON401.Error.Code != gen.ErrorCodeInvalidAuthenticationToken {
		t.Fatalf("%v %s", err, stranger.Body)
	}
	if stranger.JSON401.Error.InnerError.RequestID == "" {
		t.Error("an error that does not name the request")
	}
}
