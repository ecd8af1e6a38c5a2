package growth_test

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"time"
)

const tenant = "7a1c0f52-3d84-4b6e-9f20-5e8d1b7c4a63"

// ofUser is how many statistics each user has: 200 days, with one of each of the five types a day. Stores differ in the
// number of users.
const ofUser = 1000

// types are the five types, each with the rest of its JSON. Statistic n of a user is of type n modulo five. Calls have
// the dates and the time zone of the documented PATCH, which therefore leaves the indexes and the results of filters
// as they are.
var types = []struct{ name, activity, rest string }{
	{"call", "Call", `,"timeZoneUsed":"Time Zone Used value","afterHours":"PT9M"`},
	{"chat", "Chat", `,"timeZoneUsed":"Pacific Standard Time","afterHours":null`},
	{"email", "Email", `,"timeZoneUsed":"Pacific Standard Time","afterHours":"PT1H","readEmail":"PT25M","sentEmail":"PT5M"`},
	{"focus", "Focus", `,"timeZoneUsed":"Pacific Standard Time"`},
	{"meeting", "Meeting", `,"timeZoneUsed":"Pacific Standard Time","afterHours":"PT0S","conflicting":"PT0S","long":"PT1H","multitasking":null,"organized":"PT30M","recurring":"PT30M"`},
}

// days are the dates of the statistics of a user that are no calls.
var days = func() (all [ofUser/5 + 1]string) {
	for n := range all {
		all[n] = time.Date(2026, 1, 1+n, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
	}
	return all
}()

// writeRows writes that many statistics as JSON Lines, user by user.
func writeRows(to io.Writer, count int) error {
	out := bufio.NewWriterSize(to, 64<<10)
	var line []byte
	for n := range count {
		of, number := types[n%5], n%ofUser
		start, end := days[number/5], days[number/5+1]
		if of.name == "call" {
			start, end = "2019-06-16", "2019-06-17"
		}
		line = fmt.Appendf(line[:0], `{"tenant":"`+tenant+`","user":"%s","statistic":{"@odata.type":"#microsoft.graph.%sActivityStatistics",`+
			`"id":"%s","activity":"%s","startDate":"%s","endDate":"%s","duration":"PT%dM%d.%07dS"%s}}`+"\n",
			user(n/ofUser), of.name, id(number), of.activity, start, end, number%59+1, n%59+1, n%9_999_991+1, of.rest)
		if _, err := out.Write(line); err != nil {
			return err
		}
	}
	return out.Flush()
}

func user(number int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012d", number) }

// id returns the id of a user's statistic.
func id(number int) string { return fmt.Sprintf("%s_%04d", types[number%5].name, number) }

// anyCall returns the id of any of the calls of a user.
func anyCall(random *rand.Rand) string { return id(5 * random.IntN(ofUser/5)) }
