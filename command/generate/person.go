package generate

import (
	"encoding/binary"
	"slices"
	"time"

	"github.com/google/uuid"

	"afterhours/store"
	"afterhours/store/edm"
)

// person is a user: what stays the same from day to day.
type person struct {
	seed    uint64
	number  int // of the user
	owner   store.Owner
	zone    zone
	works   []time.Weekday
	typical [len(activities)]int // minutes of a working day
	late    lateness

	year     int        // of weeksOff
	weeksOff []edm.Date // the Mondays of the weeks off in that year
}

func newPerson(plan *Plan, number int) *person {
	r := newRandom(plan.Seed, number, ofPerson, 0)
	p := &person{seed: plan.Seed, number: number, year: -1}
	p.owner = store.Owner{Tenant: plan.Tenant, User: r.guid()}
	p.zone = choose(r, zones, func(z zone) int { return z.share })
	if plan.Zone != "" {
		p.zone = zoneNamed(plan.Zone)
	}
	p.works = choose(r, schedules, func(s schedule) int { return s.share }).days
	for i, minutes := range choose(r, roles, func(k role) int { return k.share }).minutes {
		p.typical[i] = r.between(minutes[0], minutes[1])
	}
	p.late = choose(r, lates, func(l lateness) int { return l.share })
	return p
}

// guid returns a random GUID (RFC 9562, version 4).
func (r random) guid() string {
	var id uuid.UUID
	binary.LittleEndian.PutUint64(id[:8], r.source.Uint64())
	binary.LittleEndian.PutUint64(id[8:], r.source.Uint64())
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	return id.String()
}

// isAway reports whether the person has a public holiday or a week off.
func (p *person) isAway(date edm.Date) bool {
	_, month, day := date.Calendar()
	if slices.Contains(p.zone.holidays, holiday{month, day}) {
		return true
	}
	monday := date.AddDays(-int(weekdayOf(date)+6) % daysPerWeek)
	if year, _, _ := monday.Calendar(); year != p.year {
		p.year, p.weeksOff = year, p.weeksOffIn(year)
	}
	return slices.Contains(p.weeksOff, monday)
}

// weeksOffIn returns the Mondays of the person's weeks off in a year: two together in summer, one in
// winter, one in autumn and, for half of the users, the one before New Year.
func (p *person) weeksOffIn(year int) []edm.Date {
	r := newRandom(p.seed, p.number, ofYear, year)
	first := edm.DateOf(time.Date(year, time.January, 1, 0, 0, 0, 0, time.UTC))
	first = first.AddDays((8 - int(weekdayOf(first))) % daysPerWeek) // the first Monday
	var mondays []edm.Date
	off := func(week int) { mondays = append(mondays, first.AddDays(week*daysPerWeek)) }
	summer := r.between(25, 33)
	off(summer)
	off(summer + 1)
	off(r.between(1, 10))
	off(r.between(40, 47))
	if r.happens(50) {
		off(51)
	}
	return mondays
}

// weekdayOf returns the day of the week. The first date of all is a Monday.
func weekdayOf(date edm.Date) time.Weekday {
	return time.Weekday(int(date-edm.MinDate+1) % daysPerWeek)
}
