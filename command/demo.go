package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"afterhours/handlers/auth"
	"afterhours/store"
	"afterhours/store/edm"
)

// The default tenant and user of the commands.
const (
	demoTenant = "7a1c0f52-3d84-4b6e-9f20-5e8d1b7c4a63"
	demoUser   = "48d31887-5fad-4d73-a9f5-3c356e68a038"
	demoUPN    = "megan@example.com"
)

// demoTypes are the five types in the order of the documented list.
var demoTypes = []struct {
	name     store.Type
	activity store.Activity
}{
	{store.Email, "Email"}, {store.Meeting, "Meeting"}, {store.Focus, "Focus"}, {store.Chat, "Chat"}, {store.Call, "Call"},
}

// loadDemo stores the week that Graph documents, moved to the last complete week before
// now, Sunday to Saturday. It leaves statistics that exist unchanged.
func loadDemo(ctx context.Context, to store.Store, now time.Time) error {
	owner := store.Owner{Tenant: demoTenant, User: demoUser}
	if err := to.PutUser(ctx, store.User{Owner: owner, UPN: demoUPN}, false); err != nil && !errors.Is(err, store.ErrExists) {
		return err
	}
	sunday := demoWeek(now)
	for day := range 7 {
		for _, t := range demoTypes {
			record := demoRecord(t.name, t.activity, sunday, day)
			key := store.Key{Owner: owner, ID: demoID(t.name, sunday.AddDays(day))}
			if _, _, err := to.Put(ctx, key, record, store.NoRevision); err != nil && !errors.Is(err, store.ErrExists) {
				return err
			}
		}
	}
	return nil
}

// demoWeek returns the Sunday that began the last complete week before now.
func demoWeek(now time.Time) edm.Date {
	return edm.DateOf(now).AddDays(-7 - int(now.Weekday()))
}

func demoID(t store.Type, day edm.Date) string {
	return fmt.Sprintf("%s_%s_%s", t, day, day.AddDays(1))
}

// demoRecord returns one day of the documented week: nine hours of focus on a working day,
// zero for all else.
func demoRecord(t store.Type, activity store.Activity, sunday edm.Date, day int) store.Record {
	record := store.Record{
		Type:         t,
		Activity:     activity,
		StartDate:    store.Of(sunday.AddDays(day)),
		EndDate:      store.Of(sunday.AddDays(day + 1)),
		TimeZoneUsed: store.Of("Pacific Standard Time"),
	}
	for _, duration := range store.Durations() {
		if duration.Of(t) {
			*duration.Duration(&record) = store.Of(edm.Duration(0))
		}
	}
	if t == store.Focus && day >= 1 && day <= 5 {
		record.Duration = store.Of(edm.Duration(9 * time.Hour / 100))
	}
	return record
}

// introduce prints a token of the demo user and a curl command that works unchanged: with
// --demo the documented PATCH, otherwise a read.
func (a *App) introduce(out io.Writer) error {
	token, err := a.demoToken(time.Hour)
	if err != nil {
		return err
	}
	if !a.config.Demo {
		_, err = fmt.Fprintf(out, "\n%s %s/beta/me/analytics/activityStatistics \\\n  -H 'Authorization: Bearer %s'\n", a.curl(), a.URL(), token)
		return err
	}
	day := demoWeek(time.Now()).AddDays(1)
	_, err = fmt.Fprintf(out, `
token of %[1]s, for an hour:
%[2]s

%[7]s -X PATCH %[3]s/beta/me/analytics/activityStatistics/%[4]s \
  -H 'Authorization: Bearer %[2]s' \
  -H 'Content-Type: application/json' \
  -d '{
    "@odata.type": "#microsoft.graph.callActivityStatistics",
    "activity": "Call",
    "startDate": "%[5]s",
    "endDate": "%[6]s",
    "timeZoneUsed": "Time Zone Used value",
    "duration": "-PT1M55.0810357S",
    "afterHours": "-PT1M34.3242013S"
  }'
`, demoUPN, token, a.URL(), demoID(store.Call, day), day, day.AddDays(1), a.curl())
	return err
}

// demoToken returns a token of the demo user.
func (a *App) demoToken(expires time.Duration) (string, error) {
	claims := auth.Claims{Tenant: demoTenant, User: demoUser, UPN: demoUPN,
		Scopes: []string{"Analytics.ReadWrite"}, Expires: expires}
	return a.issuer.Mint(claims, time.Now())
}

// curl returns the beginning of a curl command that trusts this server.
func (a *App) curl() string {
	if a.caFile == "" {
		return "curl"
	}
	return "curl --cacert " + quote(a.caFile)
}
