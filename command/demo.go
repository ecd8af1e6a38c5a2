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

// demoMinutes is what the demo user does from Monday to Friday, in minutes. A duration that is
// not here is zero.
var demoMinutes = []struct {
	name     store.Type
	property store.PropertyName
	days     [5]int
}{
	{store.Email, store.PropertyDuration, [5]int{85, 70, 95, 60, 75}},
	{store.Email, "afterHours", [5]int{15, 0, 25, 10, 0}},
	{store.Email, "readEmail", [5]int{55, 45, 60, 40, 50}},
	{store.Email, "sentEmail", [5]int{30, 25, 35, 20, 25}},
	{store.Meeting, store.PropertyDuration, [5]int{150, 180, 120, 210, 90}},
	{store.Meeting, "afterHours", [5]int{0, 30, 0, 0, 0}},
	{store.Meeting, "conflicting", [5]int{0, 30, 0, 30, 0}},
	{store.Meeting, "long", [5]int{0, 90, 0, 120, 0}},
	{store.Meeting, "multitasking", [5]int{15, 20, 10, 30, 5}},
	{store.Meeting, "organized", [5]int{60, 60, 30, 90, 30}},
	{store.Meeting, "recurring", [5]int{60, 30, 60, 60, 60}},
	{store.Focus, store.PropertyDuration, [5]int{120, 90, 150, 60, 180}},
	{store.Chat, store.PropertyDuration, [5]int{35, 40, 30, 45, 25}},
	{store.Chat, "afterHours", [5]int{5, 10, 0, 5, 0}},
	{store.Call, store.PropertyDuration, [5]int{20, 35, 0, 15, 30}},
	{store.Call, "afterHours", [5]int{0, 10, 0, 0, 0}},
}

// The durations of Graph's own example of a call, which are negative: -PT1M55.0810357S and
// -PT1M34.3242013S. The call of graphExampleDay has them.
const (
	graphExampleDuration   = edm.Duration(-1_150_810_357)
	graphExampleAfterHours = edm.Duration(-943_242_013)
	graphExampleDay        = 3 // Wednesday
)

// loadedDemo is what loadDemo has done.
type loadedDemo struct {
	sunday        edm.Date // the first day of the week
	created, kept int      // statistics
}

// loadDemo stores the list that Graph documents, five types on each day of a week, for the last
// complete week before now, Sunday to Saturday. It leaves statistics that exist unchanged.
func loadDemo(ctx context.Context, to store.Store, now time.Time) (loadedDemo, error) {
	loaded := loadedDemo{sunday: demoWeek(now)}
	owner := store.Owner{Tenant: demoTenant, User: demoUser}
	if err := to.PutUser(ctx, store.User{Owner: owner, UPN: demoUPN}, false); err != nil && !errors.Is(err, store.ErrExists) {
		return loaded, err
	}
	for day := range 7 {
		for _, t := range demoTypes {
			record := demoRecord(t.name, t.activity, loaded.sunday, day)
			key := store.Key{Owner: owner, ID: demoID(t.name, loaded.sunday.AddDays(day))}
			_, _, err := to.Put(ctx, key, record, store.NoRevision)
			switch {
			case err == nil:
				loaded.created++
			case errors.Is(err, store.ErrExists):
				loaded.kept++
			default:
				return loaded, err
			}
		}
	}
	return loaded, nil
}

// print says what was stored, and what was there before and is as it was.
func (l loadedDemo) print(out io.Writer) {
	kept := ""
	if l.kept > 0 {
		kept = fmt.Sprintf("; already there and left unchanged: %d", l.kept)
	}
	fmt.Fprintf(out, "\nloaded %s of the week %s to %s for %s%s\n", counted(l.created, "statistic"), l.sunday, l.sunday.AddDays(6), demoUPN, kept)
	if l.created > 0 {
		fmt.Fprintf(out, "the negative call of %s is Graph's own example\n", l.sunday.AddDays(graphExampleDay))
	}
}

// demoWeek returns the Sunday that began the last complete week before now.
func demoWeek(now time.Time) edm.Date {
	return edm.DateOf(now).AddDays(-7 - int(now.Weekday()))
}

func demoID(t store.Type, day edm.Date) string {
	return fmt.Sprintf("%s_%s_%s", t, day, day.AddDays(1))
}

// demoRecord returns one day of the week. Saturday and Sunday are zero.
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
	if day == 0 || day == 6 {
		return record
	}
	for _, row := range demoMinutes {
		if row.name == t {
			*store.DefinitionOf(row.property).Duration(&record) = store.Of(edm.Duration(row.days[day-1]) * ticksPerMinute)
		}
	}
	if t == store.Call && day == graphExampleDay {
		record.Duration = store.Of(graphExampleDuration)
		*store.DefinitionOf("afterHours").Duration(&record) = store.Of(graphExampleAfterHours)
	}
	return record
}

const ticksPerMinute = edm.Duration(time.Minute / 100)

// introduce prints the links of the pages, how to stop, and what a person may paste into a shell as it
// is: a token of the demo user and a command that reads. With --demo, it says before that what was loaded, the command reads one
// call, and the documented PATCH of that call follows.
func (a *App) introduce(out io.Writer) error {
	token, err := a.demoToken(time.Hour)
	if err != nil {
		return err
	}
	url := a.URL() + "/beta/me/analytics/activityStatistics"
	day := a.demo.sunday.AddDays(1)
	if a.config.Demo {
		a.demo.print(out)
		url += "/" + demoID(store.Call, day)
	}
	_, err = fmt.Fprintf(out, `
  week  %[1]s/#token=%[2]s
  docs  %[1]s/docs#token=%[2]s
  stop  Ctrl-C

paste this into another terminal; its token, which the links have too, is valid for an hour

TOKEN=%[2]s

%[3]s %[4]s \
  -H "Authorization: Bearer $TOKEN"
`, a.URL(), token, a.curl(), url)
	if err != nil || !a.config.Demo {
		return err
	}
	zone := "Time Zone Used value" // as documented
	if a.config.Strict {
		zone = "Pacific Standard Time"
	}
	_, err = fmt.Fprintf(out, `
%s -X PATCH %s \
  -H "Authorization: Bearer $TOKEN" \
  -H 'Content-Type: application/json' \
  -d '{
    "@odata.type": "#microsoft.graph.callActivityStatistics",
    "activity": "Call",
    "startDate": "%s",
    "endDate": "%s",
    "timeZoneUsed": "%s",
    "duration": "-PT1M55.0810357S",
    "afterHours": "-PT1M34.3242013S"
  }'
`, a.curl(), url, day, day.AddDays(1), zone)
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
