package generate

import (
	"fmt"
	"slices"
	"time"

	"afterhours/store"
	"afterhours/store/edm"
)

const (
	ticksPerSecond = edm.Duration(time.Second / 100)
	ticksPerMinute = 60 * ticksPerSecond
	quarter        = 15 // of an hour, in minutes: the grid of a calendar
	workday        = 8 * 60
)

// day is one day of a person while it is made.
type day struct {
	random
	typical    [len(activities)]int // minutes
	duration   [len(activities)]edm.Duration
	afterHours [len(activities)]edm.Duration // a part of duration
}

// day returns the statistics of a date, in the order of activities.
func (p *person) day(date edm.Date) []store.Statistic {
	d := &day{random: newRandom(p.seed, p.number, ofDay, int(date)), typical: p.typical}
	switch {
	case p.isAway(date):
	case !slices.Contains(p.works, weekdayOf(date)):
		d.workLate(p.late.daysOff)
	case d.happens(2): // ill
	default:
		d.work()
		d.workLate(p.late.workdays)
		d.correct()
	}
	return d.statistics(date, p.zone.name)
}

// work fills the working hours. Focus gets a part of what meetings and calls leave. People read
// email and chat during half of these, too.
func (d *day) work() {
	meetings := d.minutesOf(meeting, 50, 150) / quarter * quarter
	emails, chats := d.minutesOf(email, 60, 140), d.minutesOf(chat, 60, 140)
	calls := 0
	if d.happens(65) {
		calls = d.minutesOf(call, 50, 150)
		d.duration[call] = d.exactly(calls, 1)
	}
	left := max(0, workday-meetings-calls-(emails+chats)/2)
	d.duration[meeting] = minutes(meetings)
	d.duration[email] = d.exactly(emails, ticksPerSecond)
	d.duration[chat] = d.exactly(chats, ticksPerSecond)
	d.duration[focus] = minutes(left * d.between(25, 75) / 100 / quarter * quarter)
}

// minutesOf returns how many minutes the day has of an activity: so many percent of the typical
// ones.
func (d *day) minutesOf(activity, low, high int) int {
	return d.typical[activity] * d.between(low, high) / 100
}

// lateActivities are what people do after hours.
var lateActivities = []lateActivity{{50, email}, {25, chat}, {15, meeting}, {10, call}}

// lateActivity is an index of activities, and how many of a hundred times it is the one.
type lateActivity struct{ share, activity int }

// workLate adds what is done after hours, on so many days of a hundred. It has a tail: a quarter
// of an hour is twice as frequent as half an hour, and so on up to four hours.
func (d *day) workLate(percent int) {
	if !d.happens(percent) {
		return
	}
	length := quarter
	for length < 16*quarter && d.happens(50) {
		length *= 2
	}
	d.addLate(length)
	if d.happens(30) {
		d.addLate(quarter)
	}
}

// addLate adds an activity after hours, of so many minutes.
func (d *day) addLate(length int) {
	activity := choose(d.random, lateActivities, func(l lateActivity) int { return l.share }).activity
	added := minutes(length)
	if activity != meeting {
		added = d.exactly(length, ticksPerSecond)
	}
	d.duration[activity] += added
	d.afterHours[activity] += added
}

// correct makes one call in 200 a correction, which takes back what was counted before. It is
// negative, as in the example of Graph's documentation.
func (d *day) correct() {
	if d.below(200) > 0 {
		return
	}
	d.duration[call] = -d.exactly(d.between(0, 3), 1)
	d.afterHours[call] = d.duration[call] / 100 * edm.Duration(d.between(0, 100))
}

// statistics returns the day's five statistics.
func (d *day) statistics(date edm.Date, zone string) []store.Statistic {
	statistics := make([]store.Statistic, len(activities))
	for i, a := range activities {
		s := &statistics[i]
		s.ID = fmt.Sprintf("%s_%s_%s", a.name, date, date.AddDays(1))
		s.Revision = store.Revision(d.source.Uint64())
		s.Record = store.Record{
			Type:         a.name,
			Activity:     a.activity,
			StartDate:    store.Of(date),
			EndDate:      store.Of(date.AddDays(1)),
			TimeZoneUsed: store.Of(zone),
			Duration:     store.Of(d.duration[i]),
		}
		if i != focus {
			s.Record = s.With("afterHours", d.afterHours[i])
		}
	}
	d.splitEmail(&statistics[email].Record)
	d.splitMeetings(&statistics[meeting].Record)
	return statistics
}

// splitEmail divides the time for email into reading and writing.
func (d *day) splitEmail(r *store.Record) {
	read := d.share(d.duration[email], 55, 75, ticksPerSecond)
	*r = r.With("readEmail", read).With("sentEmail", d.duration[email]-read)
}

// splitMeetings says of what kind the meetings are. One may be of several kinds.
func (d *day) splitMeetings(r *store.Record) {
	all := d.duration[meeting]
	conflicting := edm.Duration(0)
	if d.happens(15) {
		conflicting = min(all, minutes(2*quarter))
	}
	long := edm.Duration(0)
	if all >= minutes(2*60) && d.happens(40) {
		long = d.share(all, 50, 80, minutes(quarter))
	}
	*r = r.With("conflicting", conflicting).
		With("long", long).
		With("multitasking", d.share(all, 0, 40, ticksPerMinute)).
		With("organized", d.share(all, 0, 60, minutes(quarter))).
		With("recurring", d.share(all, 20, 70, minutes(quarter)))
}

// share returns so many percent of a duration, as a multiple of the unit.
func (d *day) share(whole edm.Duration, low, high int, unit edm.Duration) edm.Duration {
	return whole * edm.Duration(d.between(low, high)) / 100 / unit * unit
}

// exactly returns so many minutes and a part of the next one, in units.
func (d *day) exactly(length int, unit edm.Duration) edm.Duration {
	return minutes(length) + edm.Duration(d.below(int(ticksPerMinute/unit)))*unit
}

func minutes(length int) edm.Duration { return edm.Duration(length) * ticksPerMinute }
