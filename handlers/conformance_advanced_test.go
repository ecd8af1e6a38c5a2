package handlers_test

import (
	"strings"
	"testing"
)

// advanced40 is section 13.1.3 of the OData Protocol 4.01.
var advanced40 = rules{
	"2":   func(t *testing.T, c testClient) { minimal40["13"](t, c) },
	"3":   func(t *testing.T, c testClient) { minimal40["2"](t, c) },
	"4":   func(t *testing.T, c testClient) { intermediate40["16"](t, c) },
	"6":   func(t *testing.T, c testClient) { intermediate40["12"](t, c) },
	"7":   func(t *testing.T, c testClient) { intermediate40["13"](t, c) },
	"8":   func(t *testing.T, c testClient) { intermediate40["17"](t, c) },
	"9.2": func(t *testing.T, c testClient) { intermediate40["7.5"](t, c) },
	"9.3": func(t *testing.T, c testClient) {
		got := c.send("GET", analytics+"?$expand=activityStatistics/microsoft.graph.focusActivityStatistics", "").want(t, 200, "focus_2019-06-22")
		if strings.Contains(got.text, "call_") {
			t.Error(got.text)
		}
	},
	"9.4": func(t *testing.T, c testClient) {
		c.send("GET", analytics+"?$expand=activityStatistics($orderby=startDate+desc,id;$top=1)", "").want(t, 200, `"activityStatistics":[{`, "call_2019-06-22")
	},
	"9.5": func(t *testing.T, c testClient) {
		c.send("GET", analytics+"?$expand=activityStatistics($count=true)", "").want(t, 200, `"activityStatistics@odata.count":36`)
	},
	"9.6": func(t *testing.T, c testClient) {
		got := c.send("GET", analytics+"?$expand=activityStatistics($top=2;$skip=34)", "").want(t, 200)
		if strings.Count(got.text, `"startDate"`) != 2 {
			t.Error(got.text)
		}
	},
	"11": func(t *testing.T, c testClient) {
		body := "--b\r\nContent-Type: application/http\r\n\r\nGET me/analytics/activityStatistics/" + seedID + " HTTP/1.1\r\n\r\n\r\n--b--\r\n"
		c.send("POST", "/beta/$batch", body, "Content-Type", "multipart/mixed; boundary=b").want(t, 200, "HTTP/1.1 200", seedID)
	},
	"12": func(t *testing.T, c testClient) {
		for path, as := range map[string]string{
			collection + "('" + seedID + "')":                    seedItem,
			collection + "(id='" + seedID + "')":                 seedItem,
			seedItem + "/duration":                               seedItem + "/duration",
			seedItem + "/duration/$value":                        seedItem + "/duration/$value",
			seedItem + "/$ref":                                   seedItem + "/$ref",
			collection + "/$count":                               collection + "/$count",
			collection + "/$ref":                                 collection + "/$ref",
			seedItem + "/microsoft.graph.callActivityStatistics": seedItem,
		} {
			c.do(call{method: "GET", path: path, as: as, token: c.token}).want(t, 200)
		}
	},
	"14": func(t *testing.T, c testClient) { minimal401["9.5"](t, c) },
}

// advanced401 is section 13.2.3.
var advanced401 = rules{
	"1": func(t *testing.T, c testClient) {
		for _, number := range []string{"1", "2", "4", "5"} {
			intermediate401[number](t, c)
		}
	},
	"6": func(t *testing.T, c testClient) { minimal401["10"](t, c) },
	"7": func(t *testing.T, c testClient) {
		advanced40["11"](t, c)
		c.send("POST", "/beta/$batch", `{"requests":[{"id":"1","method":"GET","url":"/me/analytics/settings"}]}`).want(t, 200, `"status":200`)
	},
	"10": func(t *testing.T, c testClient) { minimal401["8"](t, c) },
}
