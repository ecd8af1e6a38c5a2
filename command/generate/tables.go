package generate

import "time"

// zone is a time zone with its holidays.
type zone struct {
	share    int // of the users, in percent
	name     string
	holidays []holiday
}

// holiday is a public holiday that has the same date every year.
type holiday struct {
	month time.Month
	day   int
}

var (
	american = []holiday{{1, 1}, {6, 19}, {7, 4}, {11, 11}, {12, 25}}
	european = []holiday{{1, 1}, {5, 1}, {12, 25}, {12, 26}}
)

// zones have names of both kinds: most mailboxes use those of Windows, some those of IANA.
var zones = []zone{
	{25, "Pacific Standard Time", american},
	{15, "Eastern Standard Time", american},
	{15, "GMT Standard Time", []holiday{{1, 1}, {12, 25}, {12, 26}}},
	{15, "W. Europe Standard Time", european},
	{10, "Europe/Paris", []holiday{{1, 1}, {5, 1}, {5, 8}, {7, 14}, {8, 15}, {11, 1}, {11, 11}, {12, 25}}},
	{10, "India Standard Time", []holiday{{1, 26}, {8, 15}, {10, 2}, {12, 25}}},
	{5, "Asia/Tokyo", []holiday{{1, 1}, {2, 11}, {2, 23}, {4, 29}, {5, 3}, {5, 4}, {5, 5}, {8, 11}, {11, 3}, {11, 23}}},
	{5, "America/Sao_Paulo", []holiday{{1, 1}, {4, 21}, {5, 1}, {9, 7}, {10, 12}, {11, 2}, {11, 15}, {12, 25}}},
}

// zoneNamed returns the zone of that name, with european holidays if it is none of zones.
func zoneNamed(name string) zone {
	for _, z := range zones {
		if z.name == name {
			return z
		}
	}
	return zone{name: name, holidays: european}
}

// schedule has the days of the week on which somebody works.
type schedule struct {
	share int // of the users, in percent
	days  []time.Weekday
}

// schedules: four users in five work full time.
var schedules = []schedule{
	{80, []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}},
	{5, []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday}},
	{5, []time.Weekday{time.Monday, time.Tuesday, time.Thursday, time.Friday}},
	{5, []time.Weekday{time.Monday, time.Tuesday, time.Wednesday}},
	{5, []time.Weekday{time.Wednesday, time.Thursday, time.Friday}},
}

// role has the minutes that a user of this kind spends on a typical working day, from and to.
type role struct {
	share   int // of the users, in percent
	minutes [len(activities)][2]int
}

// roles: the more somebody leads, the more meetings and email there are. Focus is missing, as it
// takes what remains of the day.
var roles = []role{
	{55, [...][2]int{email: {20, 60}, meeting: {40, 120}, chat: {15, 60}, call: {2, 20}}},
	{30, [...][2]int{email: {40, 100}, meeting: {90, 210}, chat: {20, 60}, call: {5, 45}}},
	{15, [...][2]int{email: {60, 120}, meeting: {180, 300}, chat: {20, 60}, call: {10, 60}}},
}

// lateness is how often somebody works after hours.
type lateness struct {
	share             int // of the users, in percent
	workdays, daysOff int // how many of a hundred
}

// lates: half of the users hardly ever work late, and a few often do.
var lates = []lateness{{50, 2, 0}, {35, 20, 1}, {15, 50, 15}}
