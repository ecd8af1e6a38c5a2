package handlers_test

import (
	"fmt"
	"strings"
	"testing"

	"afterhours/store/memory"
)

// seed sends rows of a media type.
func (c controlServer) seed(query, mediaType, rows string) testResponse {
	c.t.Helper()
	return c.do(call{method: "POST", path: "/control/seed" + query, token: c.token, body: rows, header: map[string]string{"Content-Type": mediaType}})
}

func TestSeedOfJSONLines(t *testing.T) {
	onEveryControlServer(t, func(t *testing.T, c controlServer) {
		line := func(part string) string { return fmt.Sprintf(`{"tenant":%q,"user":%q,%s}`, tenant, megan, part) + "\n" }
		rows := line(`"statistic":{"@odata.type":"#microsoft.graph.focusActivityStatistics","id":"a","duration":"PT1H"}`) +
			line(`"settings":{"hasOptedOut":false}`) +
			line(`"statistic":{"@odata.type":"#microsoft.graph.focusActivityStatistics","id":"b","startDate":"yesterday"}`) +
			"\nno JSON\n" +
			line(`"userPrincipalName":"megan@example.com"`)
		c.seed("", "application/x-ndjson", rows).want(t, 200, `"created":2`, `"replaced":0`, `"unchanged":1`,
			`{"line":3,"property":"startDate","reason":"`, `{"line":5,"reason":"The line cannot be read`)
		c.wantList(c.tokenOf(tenant, megan), "a=PT1H")
		c.seed("", "application/x-ndjson", strings.Replace(rows, "PT1H", "PT2H", 1)).want(t, 200, `"created":0`, `"replaced":1`, `"unchanged":2`)
		c.do(call{method: "GET", path: "/beta/users/megan@example.com/analytics/activityStatistics/a", token: c.appToken("Analytics.Read.All")}).want(t, 200, "PT2H")
	})
}

func TestSeedOfCSV(t *testing.T) {
	c := newControlServer(t, memory.New())
	rows := "PersonId,StatisticType,MetricDate,EndDate,Duration\n" + megan + ",focus,2019-06-16,2019-06-17,1.5\n" + megan + ",focus,2019-06-31,2019-07-01,1\n"
	c.seed("", "text/csv", rows).want(t, 200, `"created":1`, `"line":3,"property":"MetricDate"`)
	c.wantList(c.tokenOf(tenant, megan), "focus_2019-06-16_2019-06-17=PT1H30M")
	c.seed("?tenant="+strings.ToUpper(otherTenant), "text/csv; charset=utf-8", rows).want(t, 200, `"created":1`)
	c.wantList(c.tokenOf(otherTenant, megan), "focus_2019-06-16_2019-06-17=PT1H30M")
}

func TestSeedNamesAThousandFaults(t *testing.T) {
	c := newControlServer(t, memory.New())
	got := c.seed("", "application/x-ndjson", strings.Repeat("{}\n", 2500)).want(t, 200)
	if count := strings.Count(got.text, `"line":`); count != 1000 {
		t.Errorf("%d faults are named", count)
	}
}

func TestUnusableSeeds(t *testing.T) {
	c := newControlServer(t, memory.New())
	c.seed("", "application/json", "{}").wantRefused(t, 415, "UnsupportedMediaType", "Content-Type", "application/x-ndjson or text/csv")
	c.seed("", "text/csv", "A,B\n1,2\n").wantRefused(t, 400, "BadRequest", "", "there is no column")
	c.seed("", "text/csv", "PersonId,StatisticType\n\""+strings.Repeat("x", 2<<20)).wantRefused(t, 400, "BadRequest", "", "quotation mark")
	c.seed("?tenant=x", "text/csv", "A,B\n1,2\n").wantRefused(t, 400, "BadRequest", "tenant", "a GUID")
	c.seed("", "text/csv", strings.Repeat("x", 64<<20+1)).wantRefused(t, 413, "RequestEntityTooLarge", "", "67108864")
	c.wantList(c.tokenOf(tenant, megan), "")
}
