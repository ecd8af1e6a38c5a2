package storetest

import (
	"fmt"
	"slices"

	"afterhours/store"
	"afterhours/store/edm"
)

// Two owners in one tenant, and one of them in another.
var (
	ada      = store.Owner{Tenant: "10000000-0000-0000-0000-000000000001", User: "20000000-0000-0000-0000-00000000000a"}
	bob      = store.Owner{Tenant: "10000000-0000-0000-0000-000000000001", User: "20000000-0000-0000-0000-00000000000b"}
	otherAda = store.Owner{Tenant: "10000000-0000-0000-0000-000000000002", User: "20000000-0000-0000-0000-00000000000a"}
)

// first is a key of ada's.
var first = store.Key{Owner: ada, ID: "call_2019-06-16_2019-06-17"}

// call is a record like those of Graph's documentation.
var call = store.Record{
	Type:         store.Call,
	Activity:     "Call",
	StartDate:    store.Of(edm.MinDate.AddDays(737_225)), // 2019-06-16
	EndDate:      store.Of(edm.MinDate.AddDays(737_226)),
	TimeZoneUsed: store.Of("Pacific Standard Time"),
	Duration:     store.Of(30 * edm.Minute),
}.With("afterHours", 5*edm.Minute+1)

// full has a different value in every property.
var full = func() store.Record {
	record := store.Record{
		Type:         store.Meeting,
		Activity:     "Meeting",
		StartDate:    store.Of(edm.MinDate.AddDays(1)),
		EndDate:      store.Of(edm.MinDate.AddDays(2)),
		TimeZoneUsed: store.Of("Europe/Berlin"),
	}
	for i, duration := range store.Durations() {
		record = record.With(duration.Name, edm.Duration(3+i))
	}
	return record
}()

// types has the activity of each type of statistics.
var types = map[store.Type]store.Activity{
	store.Call: "Call", store.Chat: "Chat", store.Email: "Email", store.Focus: "Focus", store.Meeting: "Meeting",
}

// unusualTexts are in byte order. A store that compares by a language, by UTF-16, by the
// normal form or without case would equate some of them, or order them in another way.
// None contains U+0000, which PostgreSQL cannot hold and the contract refuses.
var unusualTexts = slices.Sorted(slices.Values([]string{
	" ", " leading", "a", "a ", "a  ", "ab", "aB", "A", "B", "b", "i", "a/b", "a\tb", "a\nb", "a\r\nb",
	"!", "\"quoted\"", "$1", "%", "%00", "%2F", "'; DROP TABLE statistics; --", "*", "..", "?", "NULL", "[0]", `\`, `\u0041`, "_", "{}", "~", "\u007f",
	"\u00e9", "e\u0301", "\u00c5", "\u212b", // composed, decomposed, and two code points for one letter
	"\u00df", "\u0130", "\u0131", "\u03c3", "\ufb01", "\uff21", // change their length or letter when their case is folded
	"\u200b", "\u202eabc", "\u65e5\u672c", "\ufffd",
	"\U0001f9d1\u200d\U0001f4bb", "\U0010ffff", // before U+FFFD in UTF-16
}))

// withDuration returns the record with another duration.
func withDuration(record store.Record, duration edm.Duration) store.Record {
	record.Duration = store.Of(duration)
	return record
}

// numbered returns the n-th key of an owner. The keys are in byte order.
func numbered(owner store.Owner, n int) store.Key {
	return store.Key{Owner: owner, ID: fmt.Sprintf("call_%06d", n)}
}
