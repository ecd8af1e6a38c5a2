package generate

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"afterhours/store"
	"afterhours/store/bulk"
	"afterhours/store/edm"
)

func mustDate(t *testing.T, text string) edm.Date {
	t.Helper()
	date, err := edm.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return date
}

// planOf returns a plan of a year, of the usual time zones.
func planOf(t *testing.T, users int, seed uint64) *Plan {
	t.Helper()
	return &Plan{Tenant: "7a1c0f52-3d84-4b6e-9f20-5e8d1b7c4a63", Users: users, Weeks: 52, Seed: seed, Until: mustDate(t, "2026-10-31")}
}

// lived is a day of a user as its five statistics tell it.
type lived struct {
	user, zone string
	date       edm.Date
	durations  map[store.Type]edm.Duration
	afterHours edm.Duration // of all types
}

func (l *lived) total() (total edm.Duration) {
	for _, duration := range l.durations {
		total += duration
	}
	return total
}

// daysOf returns the days of a plan.
func daysOf(plan *Plan) (days []*lived) {
	for item := range plan.Items() {
		s := item.Statistic
		if len(days) == 0 || days[len(days)-1].date != s.StartDate.Value {
			days = append(days, &lived{user: item.Owner.User, zone: s.TimeZoneUsed.Value, date: s.StartDate.Value, durations: map[store.Type]edm.Duration{}})
		}
		day := days[len(days)-1]
		day.durations[s.Type] = s.Duration.Value
		if afterHours := store.DefinitionOf("afterHours"); afterHours.Of(s.Type) {
			day.afterHours += afterHours.Duration(&s.Record).Value
		}
	}
	return days
}

// TestEveryStatistic: whatever the seed, a statistic is one that a calendar and a mailbox could
// give. No part of a duration is longer than the whole.
func TestEveryStatistic(t *testing.T) {
	for seed := range uint64(20) {
		for item := range planOf(t, 5, seed).Items() {
			s := item.Statistic
			if s.EndDate.Value != s.StartDate.Value.AddDays(1) || !strings.HasPrefix(s.ID, strings.ToLower(string(s.Activity))+"_") || string(s.Type) != strings.ToLower(string(s.Activity)) {
				t.Fatalf("seed %d: %+v", seed, s)
			}
			whole := s.Duration.Value
			for _, definition := range store.Durations() {
				part := *definition.Duration(&s.Record)
				if part.Valid != definition.Of(s.Type) {
					t.Fatalf("seed %d: %s of %+v", seed, definition.Name, s)
				}
				if whole >= 0 && (part.Value < 0 || part.Value > whole) || whole < 0 && (part.Value > 0 || part.Value < whole) {
					t.Fatalf("seed %d: %s is longer than the whole of %+v", seed, definition.Name, s)
				}
			}
			if whole < 0 && s.Type != store.Call {
				t.Fatalf("seed %d: a negative %+v", seed, s)
			}
		}
	}
}

// TestDays: a day has five types and at most 24 hours, and nobody works on a holiday.
func TestDays(t *testing.T) {
	for seed := range uint64(20) {
		for _, day := range daysOf(planOf(t, 5, seed)) {
			if len(day.durations) != len(activities) || day.total() > edm.Duration(24*time.Hour/100) {
				t.Fatalf("seed %d: %+v", seed, day)
			}
			if _, month, number := day.date.Calendar(); slices.Contains(zoneNamed(day.zone).holidays, holiday{month, number}) && day.total() != 0 {
				t.Errorf("seed %d: work on a holiday: %+v", seed, day)
			}
		}
	}
}

// TestDistribution: the shares that the documentation gives hold for many users.
func TestDistribution(t *testing.T) {
	const users = 300
	plan := planOf(t, users, 7)
	worked, late, corrections, emptyWeekdays, weekdays := 0, map[string]int{}, 0, 0, 0
	totals, zonesSeen := map[store.Type]edm.Duration{}, map[string]bool{}
	workedBy, meetings, calls := map[string]int{}, map[string]edm.Duration{}, map[string]edm.Duration{}
	for _, day := range daysOf(plan) {
		zonesSeen[day.zone] = true
		isWeekend := weekdayOf(day.date) == time.Saturday || weekdayOf(day.date) == time.Sunday
		if !isWeekend {
			weekdays++
			if day.total() == 0 {
				emptyWeekdays++
			}
		}
		if day.durations[store.Email] == 0 || isWeekend {
			continue
		}
		worked++
		workedBy[day.user]++
		if day.afterHours > 0 {
			late[day.user]++
		}
		if day.durations[store.Call] < 0 {
			corrections++
		}
		meetings[day.user] += day.durations[store.Meeting]
		calls[day.user] += day.durations[store.Call]
		for name, duration := range day.durations {
			totals[name] += duration
		}
	}
	within := func(what string, got, low, high float64) {
		t.Helper()
		if got < low || got > high {
			t.Errorf("%s: %.3f; want %g to %g", what, got, low, high)
		}
	}
	hours := func(name store.Type) float64 {
		return float64(totals[name]) / float64(worked) / float64(60*ticksPerMinute)
	}
	within("hours of meetings on a working day", hours(store.Meeting), 1.6, 2.6)
	within("hours of focus", hours(store.Focus), 1.5, 3)
	within("hours of email", hours(store.Email), 0.8, 1.3)
	within("hours of chat", hours(store.Chat), 0.5, 0.9)
	within("hours of calls", hours(store.Call), 0.1, 0.4)
	within("weekdays with nothing", float64(emptyWeekdays)/float64(weekdays), 0.10, 0.30)
	within("corrections", float64(corrections)/float64(worked), 0.002, 0.01)
	within("time zones", float64(len(zonesSeen)), float64(len(zones)), float64(len(zones)))
	often, seldom, partTime := 0, 0, 0
	for user, days := range workedBy {
		switch share := float64(late[user]) / float64(days); {
		case share < 0.08:
			seldom++
		case share > 0.35:
			often++
		}
		if days < 190 {
			partTime++
		}
		if meetings[user] <= calls[user] {
			t.Errorf("%s calls for longer than they meet", user)
		}
	}
	within("users who hardly ever work late", float64(seldom)/users, 0.40, 0.60)
	within("users who often work late", float64(often)/users, 0.08, 0.22)
	within("part-time users", float64(partTime)/users, 0.12, 0.30)
	within("users", float64(len(workedBy)), users, users)
}

// TestWeeksOff: everybody has four or five weeks off a year, two of them together in summer.
func TestWeeksOff(t *testing.T) {
	for number := range 100 {
		p := newPerson(planOf(t, 100, 7), number)
		for _, year := range []int{1, 2024, 2026, 9998} {
			mondays := p.weeksOffIn(year)
			for _, monday := range mondays {
				if got, _, _ := monday.Calendar(); got != year || weekdayOf(monday) != time.Monday {
					t.Errorf("user %d in %d: %s is %s", number, year, monday, weekdayOf(monday))
				}
				if !p.isAway(monday.AddDays(6)) {
					t.Errorf("user %d works on %s, of the week off from %s", number, monday.AddDays(6), monday)
				}
			}
			if len(mondays) < 4 || len(mondays) > 5 || mondays[1] != mondays[0].AddDays(7) {
				t.Errorf("user %d in %d: %v", number, year, mondays)
			}
		}
	}
}

// TestMoreOfTheSame: with more users, with more weeks, or until another day, a day that both plans
// have is the same.
func TestMoreOfTheSame(t *testing.T) {
	all := map[store.Key]bulk.Item{}
	for item := range planOf(t, 4, 7).Items() {
		all[store.Key{Owner: item.Owner, ID: item.Statistic.ID}] = *item
	}
	fewer := planOf(t, 2, 7)
	fewer.Weeks, fewer.Until = 3, mustDate(t, "2026-02-10")
	count := 0
	for item := range fewer.Items() {
		count++
		if was := all[store.Key{Owner: item.Owner, ID: item.Statistic.ID}]; !reflect.DeepEqual(was, *item) {
			t.Fatalf("%+v and %+v", was.Statistic, item.Statistic)
		}
	}
	if count != 2*3*7*len(activities) {
		t.Errorf("%d statistics", count)
	}
}

// TestSeedsDiffer: another seed gives other users and other days.
func TestSeedsDiffer(t *testing.T) {
	one, other := daysOf(planOf(t, 1, 7)), daysOf(planOf(t, 1, 8))
	if one[0].user == other[0].user {
		t.Errorf("both seeds have the user %s", one[0].user)
	}
	for i, day := range one {
		if day.durations[store.Focus] != other[i].durations[store.Focus] {
			return
		}
	}
	t.Error("both seeds have the same days")
}

// TestZone: a zone that is asked for is everybody's, also one that is not in the table.
func TestZone(t *testing.T) {
	for _, name := range []string{"Europe/Paris", "Mars/Olympus"} {
		plan := planOf(t, 3, 7)
		plan.Zone = name
		for _, day := range daysOf(plan) {
			if day.zone != name {
				t.Fatalf("%s: %+v", name, day)
			}
		}
	}
}

func TestCheck(t *testing.T) {
	for want, plan := range map[string]Plan{
		"":                              {Users: 1, Weeks: 1, Until: edm.MinDate + 6},
		"--users 0: ":                   {Weeks: 1, Until: 1000},
		"--weeks -1: ":                  {Users: 1, Weeks: -1, Until: 1000},
		"--weeks 2: so many weeks ":     {Users: 1, Weeks: 2, Until: edm.MinDate + 12},
		"--until 9999-12-31: a statist": {Users: 1, Weeks: 1, Until: edm.MaxDate},
	} {
		err := plan.Check()
		if (err == nil) != (want == "") || err != nil && !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%+v: %v; want %q", plan, err, want)
		}
	}
}

// TestFirstAndLastWeek: the limits of the calendar can be generated.
func TestFirstAndLastWeek(t *testing.T) {
	for _, until := range []edm.Date{edm.MinDate + 6, edm.MaxDate - 1} {
		plan := Plan{Users: 1, Weeks: 1, Until: until}
		if err := plan.Check(); err != nil {
			t.Fatal(err)
		}
		if days := daysOf(&plan); len(days) != 7 || days[0].date != until-6 || days[6].date != until {
			t.Errorf("until %s: %d days from %s", until, len(days), days[0].date)
		}
	}
}

// TestTables: the shares of each table are a hundred percent.
func TestTables(t *testing.T) {
	for name, sum := range map[string]int{
		"zones":          sumOf(zones, func(z zone) int { return z.share }),
		"schedules":      sumOf(schedules, func(s schedule) int { return s.share }),
		"roles":          sumOf(roles, func(k role) int { return k.share }),
		"lates":          sumOf(lates, func(l lateness) int { return l.share }),
		"lateActivities": sumOf(lateActivities, func(l lateActivity) int { return l.share }),
	} {
		if sum != 100 {
			t.Errorf("%s: %d percent", name, sum)
		}
	}
}

func sumOf[Row any](rows []Row, share func(Row) int) (sum int) {
	for _, row := range rows {
		sum += share(row)
	}
	return sum
}

// TestCount: a plan has as many items as it says.
func TestCount(t *testing.T) {
	plan := planOf(t, 3, 7)
	items := int64(0)
	for range plan.Items() {
		items++
	}
	if items != plan.Count() {
		t.Errorf("%d items, and Count is %d", items, plan.Count())
	}
}
