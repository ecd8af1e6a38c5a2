package handlers_test

import (
	"testing"

	"afterhours/handlers"
	"afterhours/store/memory"
)

// TestStrict checks over the socket that a strict server refuses what Graph leaves open in every kind of
// write, and that any other server takes it.
func TestStrict(t *testing.T) {
	ts := newTestServer(t, memory.New())
	ts.createSeed()
	token := ts.userToken(megan, "Analytics.ReadWrite")
	lenient := testClient{ts, token}
	strict := testClient{ts.anotherServer(func(config *handlers.Config) { config.Strict = true }), token}
	const call = `{"@odata.type":"#microsoft.graph.callActivityStatistics","startDate":"2019-06-16"`
	lenient.send("POST", collection, call+`,"id":"a"}`).want(t, 201)

	strict.send("PATCH", collection+"/a", `{"endDate":"2019-06-15"}`).wantRefused(t, 400, "BadRequest", "endDate", "'endDate' is '2019-06-15'; it must not be before 'startDate', which is '2019-06-16'.")
	strict.send("POST", collection, call+`,"timeZoneUsed":"Time Zone Used value"}`).wantRefused(t, 400, "BadRequest", "timeZoneUsed", "'timeZoneUsed' is 'Time Zone Used value'; it must be the name of a time zone")
	strict.send("PATCH", collection+"/b", call+`,"activity":"Chat"}`, "Prefer", "create-if-missing").wantRefused(t, 400, "BadRequest", "activity", "it must be 'Call'")
	both := strict.send("PATCH", collection+"/a", `{"duration":"PT1H","afterHours":"PT2H","timeZoneUsed":""}`)
	both.wantRefused(t, 400, "BadRequest", "afterHours", "'afterHours' is 'PT2H'; it must not be longer than 'duration', which is 'PT1H'.")
	both.wantRefused(t, 400, "BadRequest", "timeZoneUsed", "'timeZoneUsed' is empty")
	const batch = `{"requests":[
		{"id":"1","method":"PATCH","url":"/me/analytics/activityStatistics/a","headers":{"Content-Type":"application/json"},"body":{"endDate":"2019-06-15"}},
		{"id":"2","method":"PATCH","url":"/me/analytics/activityStatistics/a","headers":{"Content-Type":"application/json"},"body":{"duration":"PT3H"},"atomicityGroup":"g"},
		{"id":"3","method":"PATCH","url":"/me/analytics/activityStatistics/a","headers":{"Content-Type":"application/json"},"body":{"activity":"Email"},"atomicityGroup":"g"}]}`
	strict.send("POST", "/beta/$batch", batch).want(t, 200, `"status":400`, "'endDate' is '2019-06-15'", "it must be 'Call'", `"status":424`)
	strict.send("GET", collection+"/a", "").want(t, 200, `"endDate":null`, `"timeZoneUsed":null`, `"duration":null`, `"activity":"Call"`)
	strict.send("PATCH", collection+"/a", `{"endDate":"2019-06-17","timeZoneUsed":"Europe/Berlin"}`).want(t, 200)

	lenient.send("PATCH", collection+"/a", `{"endDate":"2019-06-15","timeZoneUsed":"","activity":"Chat","duration":"PT1H","afterHours":"PT2H"}`).want(t, 200)
	strict.send("PATCH", collection+"/a", `{"duration":"PT3H"}`).want(t, 200) // what it leaves as it was is not held against it
}
