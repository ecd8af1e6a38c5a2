package handlers_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"pgregory.net/rapid"
)

// The pools are small, so that requests are about the same statistics. The last value or two of a
// pool are wrong. Bodies always have an id, or dates to compose one: a random id would differ
// between the stores.
var (
	sameIDs       = []string{"a", "a", "b", "b", "A", "it's", "~z", "call_2019-06-16_2019-06-17", "not an id"}
	sameTypes     = []string{"call", "call", "chat", "email", "focus", "meeting", "nothing"}
	sameDates     = []string{`"2019-06-16"`, `"2019-06-17"`, `"0001-01-01"`, `"9999-12-31"`, `null`, `"2019-02-29"`}
	sameZones     = []string{`"Pacific Standard Time"`, `"pacific standard time"`, `""`, `"日本標準時"`, `"é"`, `"é"`, `"𐀀"`, `"�"`, `"50%_'\\"`, `null`, `7`, `"\u0000"`}
	sameDurations = []string{`"PT0S"`, `"PT1H"`, `"PT1H0M0.0000001S"`, `"-PT1M55.0810357S"`, `"P10675199DT2H48M5.4775807S"`, `"-P10675199DT2H48M5.4775808S"`, `null`, `"P10675199DT2H48M5.4775808S"`, `"long"`}
	sameActivity  = []string{`"Call"`, `"Chat"`, `"Focus"`, `null`, `"Sleep"`}
	sameNames     = []string{"duration", "afterHours", "readEmail", "sentEmail", "conflicting", "long", "multitasking", "organized", "recurring", "startDate", "endDate", "timeZoneUsed", "activity", "id", "colour"}
	sameFilters   = []string{
		"activity eq 'Call'", "activity in ('Chat','Focus')", "startDate ge 2019-06-17", "startDate lt endDate", "year(startDate) eq 2019 or day(endDate) eq 31",
		"duration gt duration'PT1H'", "duration add duration'PT1H' ge afterHours", "duration sub afterHours le duration'PT0S'", "duration mul 2 gt duration'PT1H'", "totalseconds(duration) gt 3600",
		"afterHours eq null", "not (duration gt duration'PT0S')", "timeZoneUsed ne null and length(timeZoneUsed) lt 5", "contains(timeZoneUsed,'é')", "startswith(timeZoneUsed,'P')",
		"tolower(timeZoneUsed) eq 'pacific standard time'", "toupper(id) eq 'A'", "endswith(id,'17')", "contains(timeZoneUsed,'%') or contains(timeZoneUsed,'_')",
		"month(startDate) add 1 gt 6", "concat(id,timeZoneUsed) gt 'b'", "trim(timeZoneUsed) eq ''", "isof('microsoft.graph.callActivityStatistics')",
		"microsoft.graph.emailActivityStatistics/readEmail ne null", "id gt 'a' and id le 'c'", "startDate add duration'P1D' eq endDate", "colour eq 'red'", "activity eq", "duration gt 7",
	}
	sameOrders  = []string{"startDate", "startDate desc,id", "duration desc", "timeZoneUsed", "activity desc,duration", "id desc", "afterHours,timeZoneUsed desc", "length(timeZoneUsed)", "colour"}
	sameSelects = []string{"id", "duration,activity", "*", "microsoft.graph.callActivityStatistics/afterHours", "readEmail", "colour"}
	sameApplies = []string{
		"aggregate($count as n,duration with sum as total,afterHours with average as mean)", "groupby((activity),aggregate(duration with sum as total,id with countdistinct as n))",
		"filter(activity eq 'Call')/compute(month(startDate) as month,year(startDate) as year)/groupby((year,month),aggregate(duration with max as total,startDate with min as first))",
		"groupby((startDate,timeZoneUsed),aggregate(microsoft.graph.callActivityStatistics/afterHours with sum as total))/filter(total ne null)",
		"filter(tolower(timeZoneUsed) eq 'utc' or length(id) gt 3)/groupby((timeZoneUsed))", "groupby((duration),aggregate(duration mul 3 with sum as total))",
		"groupby((endDate,activity),aggregate(duration with sum as total))/groupby((activity),aggregate(total with average as mean,$count as n))", "topcount(1,duration)", "aggregate",
	}
	sameAboutGroups = []string{"", "&$top=1", "&$orderby=total desc", "&$filter=total gt duration'PT1H'&$count=true", "&$select=activity", "&$filter=colour eq 1"}
	samePrefers     = []string{"return=minimal", "return=representation", "create-if-missing", "create-if-missing, return=minimal", "odata.maxpagesize=1", "omit-values=nulls", "nonsense"}
	sameSetting     = []string{`{"hasLicense":true,"hasGraphMailbox":true,"hasOptedOut":false}`, `{"hasOptedOut":false,"hasLicense":true}`, `{"hasOptedOut":true}`, `{"hasLicense":false}`, `{}`, `{"hasLicense":null}`, `[`}
)

func pick(t *rapid.T, label string, of []string) string { return rapid.SampledFrom(of).Draw(t, label) }

// seldom reports true once in n times.
func seldom(t *rapid.T, label string, n int) bool { return rapid.IntRange(1, n).Draw(t, label) == n }

// actions returns the requests of which a sequence is made. Those that store something come more
// often.
func (s *comparison) actions() map[string]func(*rapid.T) {
	one := func(draw func(*rapid.T) drawnRequest) func(*rapid.T) {
		return func(t *rapid.T) { s.ask(t, draw(t)) }
	}
	return map[string]func(*rapid.T){
		"create": one(s.create), "create more": one(s.create), "create even more": one(s.create),
		"patch": one(s.patch), "patch more": one(s.patch), "delete": one(s.delete),
		"replace": one(s.replace), "set": one(s.set),
		"get": one(s.get), "property": one(s.property), "list": one(s.list), "list more": one(s.list), "groups": one(s.groups), "count": one(s.count),
		"next": s.follow, "settings": one(s.settings), "analytics": one(s.analytics), "batch": one(s.batch), "wrong": one(s.wrong),
	}
}

// path returns the path of the user's analytics, in one of its spellings.
func (s *comparison) path(t *rapid.T) string {
	return pick(t, "base", []string{"/beta/me", "/v1.0/users/" + s.user, "/localtest/me"}) + "/analytics"
}

func (s *comparison) collection(t *rapid.T) string { return s.path(t) + "/activityStatistics" }

func (s *comparison) item(t *rapid.T) string {
	return s.collection(t) + "/" + url.PathEscape(pick(t, "id", sameIDs))
}

func (s *comparison) create(t *rapid.T) drawnRequest {
	return drawnRequest{method: "POST", url: s.collection(t) + drawSelect(t), body: drawNew(t), header: s.drawHeader(t)}
}

func (s *comparison) patch(t *rapid.T) drawnRequest {
	return drawnRequest{method: "PATCH", url: s.item(t) + drawSelect(t), body: drawBody(t, nil), header: s.drawHeader(t)}
}

func (s *comparison) replace(t *rapid.T) drawnRequest {
	request := s.patch(t)
	request.method = "PUT"
	return request
}

// set draws a write of one property.
func (s *comparison) set(t *rapid.T) drawnRequest {
	path, values := s.item(t)+"/"+pick(t, "property", sameNames), slices.Concat(sameDates, sameDurations, sameZones, sameActivity)
	switch pick(t, "write", []string{"set", "set", "clear", "clear value"}) {
	case "clear":
		return drawnRequest{method: "DELETE", url: path, header: s.drawHeader(t)}
	case "clear value":
		return drawnRequest{method: "DELETE", url: path + "/$value", header: s.drawHeader(t)}
	}
	return drawnRequest{method: pick(t, "method", []string{"PUT", "PATCH"}), url: path, body: `{"value":` + pick(t, "value", values) + `}`, header: s.drawHeader(t)}
}

func (s *comparison) delete(t *rapid.T) drawnRequest {
	return drawnRequest{method: "DELETE", url: s.item(t), header: s.drawHeader(t)}
}

func (s *comparison) get(t *rapid.T) drawnRequest {
	return drawnRequest{method: "GET", url: s.item(t) + drawSelect(t), header: s.drawHeader(t)}
}

func (s *comparison) property(t *rapid.T) drawnRequest {
	return drawnRequest{method: "GET", url: s.item(t) + "/" + pick(t, "property", sameNames) + pick(t, "value", []string{"", "/$value"})}
}

func (s *comparison) list(t *rapid.T) drawnRequest {
	return drawnRequest{method: "GET", url: s.collection(t) + pick(t, "cast", []string{"", "", "", "/microsoft.graph.callActivityStatistics"}) + drawQuery(t), header: s.drawHeader(t)}
}

func (s *comparison) groups(t *rapid.T) drawnRequest {
	apply := strings.TrimPrefix(asQuery("$apply", pick(t, "apply", sameApplies)), "?")
	return drawnRequest{method: "GET", url: s.collection(t) + "?" + apply + spaced(pick(t, "about groups", sameAboutGroups))}
}

func (s *comparison) count(t *rapid.T) drawnRequest {
	return drawnRequest{method: "GET", url: s.collection(t) + "/$count" + asQuery("$filter", pick(t, "filter", sameFilters))}
}

// follow reads a list and follows its next links to the end.
func (s *comparison) follow(t *rapid.T) {
	s.ask(t, s.list(t))
	for s.next != "" {
		s.ask(t, drawnRequest{method: "GET", url: s.next})
	}
}

func (s *comparison) settings(t *rapid.T) drawnRequest {
	if rapid.Bool().Draw(t, "read") {
		return drawnRequest{method: "GET", url: s.path(t) + "/settings"}
	}
	return drawnRequest{method: "PATCH", url: s.path(t) + "/settings", body: pick(t, "settings", sameSetting), header: s.drawHeader(t)}
}

func (s *comparison) analytics(t *rapid.T) drawnRequest {
	if rapid.Bool().Draw(t, "read") {
		return drawnRequest{method: "GET", url: s.path(t) + pick(t, "expand", []string{"", "?$expand=activityStatistics", "?$expand=colour",
			"?$expand=activityStatistics($filter=duration%20gt%20duration'PT1H';$orderby=duration%20desc;$top=2;$count=true)&$select=id", "?$expand=activityStatistics/$count"})}
	}
	return drawnRequest{method: "PATCH", url: s.path(t), body: `{"settings":` + pick(t, "settings", sameSetting) + `}`}
}

// wrong draws a request that every operation refuses.
func (s *comparison) wrong(t *rapid.T) drawnRequest {
	return rapid.SampledFrom([]drawnRequest{
		{method: "PUT", url: "/beta/me/analytics/settings", body: `{}`},
		{method: "GET", url: "/beta/me/analytics/nothing"},
		{method: "POST", url: "/beta/me/analytics/activityStatistics", body: `{`},
		{method: "POST", url: "/beta/me/analytics/activityStatistics", body: `{"id":"a"}`},
		{method: "PATCH", url: "/beta/me/analytics/activityStatistics/a"},
		{method: "PATCH", url: "/beta/me/analytics/activityStatistics/a", body: `{"id":"b"}`},
		{method: "GET", url: "/beta/me/analytics/activityStatistics?$skiptoken=WzFd"},
		{method: "GET", url: "/beta/users/" + lee + "/analytics/activityStatistics"},
		{method: "DELETE", url: "/beta/me/analytics/activityStatistics"},
	}).Draw(t, "wrong")
}

// batch draws a batch that is a group, a chain of dependencies, or reads only. Other batches may be
// done in any order, so their responses could differ.
func (s *comparison) batch(t *rapid.T) drawnRequest {
	kind := pick(t, "batch", []string{"group", "chain", "reads"})
	draws := []func(*rapid.T) drawnRequest{s.create, s.patch, s.replace, s.set, s.delete, s.get}
	switch kind {
	case "chain":
		draws = append(draws, s.list, s.count, s.property, s.settings)
	case "reads":
		draws = []func(*rapid.T) drawnRequest{s.get, s.list, s.count, s.property}
	}
	var requests []string
	for n := range rapid.IntRange(1, 5).Draw(t, "requests") {
		one := rapid.SampledFrom(draws).Draw(t, "request")(t)
		text := fmt.Sprintf(`{"id":"%d","method":%q,"url":%q`, n, one.method, one.url)
		if kind == "group" {
			text += `,"atomicityGroup":"g"`
		} else if kind == "chain" && n > 0 {
			text += fmt.Sprintf(`,"dependsOn":["%d"]`, n-1)
		}
		var headers []string
		if one.body != "" {
			text += `,"body":` + one.body
			headers = append(headers, `"Content-Type":"application/json"`)
		}
		for name, value := range one.header {
			headers = append(headers, fmt.Sprintf("%q:%q", name, value))
		}
		slices.Sort(headers)
		requests = append(requests, text+`,"headers":{`+strings.Join(headers, ",")+`}}`)
	}
	return drawnRequest{method: "POST", url: "/beta/$batch", body: `{"requests":[` + strings.Join(requests, ",") + `]}`}
}

// drawHeader draws conditions and preferences, mostly none.
func (s *comparison) drawHeader(t *rapid.T) map[string]string {
	header := map[string]string{}
	for _, name := range []string{"If-Match", "If-None-Match"} {
		if seldom(t, name, 4) {
			// a recent entity tag is most likely a current one
			last := len(s.sides[0].tags)
			header[name] = pick(t, "tag", []string{fmt.Sprintf(`W/"{tag %d}"`, max(1, last-rapid.IntRange(0, 3).Draw(t, "back"))), "*", `W/"AAAAAAAAAAA"`, "none"})
		}
	}
	if seldom(t, "Prefer", 4) {
		header["Prefer"] = pick(t, "prefer", samePrefers)
	}
	if seldom(t, "Accept", 8) {
		header["Accept"] = "application/json;odata.metadata=" + pick(t, "metadata", []string{"full", "none", "minimal", "minimal;IEEE754Compatible=true", "other"})
	}
	if seldom(t, "OData-MaxVersion", 8) {
		header["OData-MaxVersion"] = "4.01"
	}
	return header
}

// drawNew draws the body of a creation.
func drawNew(t *rapid.T) string {
	members := []string{fmt.Sprintf(`"@odata.type":"#microsoft.graph.%sActivityStatistics"`, pick(t, "type", sameTypes))}
	if seldom(t, "composed", 4) {
		return drawBody(t, append(members, `"startDate":"2019-06-16"`, `"endDate":"2019-06-17"`))
	}
	return drawBody(t, append(members, fmt.Sprintf(`"id":%q`, pick(t, "id", sameIDs))))
}

// drawBody draws the members of a body, in addition to the given ones.
func drawBody(t *rapid.T, members []string) string {
	has := strings.Join(members, ",")
	for range rapid.IntRange(0, 4).Draw(t, "properties") {
		name := pick(t, "property", sameNames)
		values := sameDurations
		switch name {
		case "startDate", "endDate":
			values = sameDates
		case "timeZoneUsed":
			values = sameZones
		case "activity":
			values = sameActivity
		case "id":
			continue
		}
		// the last value is wrong: it is seldom drawn, because one fault fails the whole request
		if !seldom(t, "wrong", 12) {
			values = values[:len(values)-1]
		}
		if name == "colour" && !seldom(t, "colour", 12) {
			name = "duration"
		}
		if quoted := fmt.Sprintf("%q:", name); !strings.Contains(has, quoted) {
			members = append(members, quoted+pick(t, name, values))
			has = strings.Join(members, ",")
		}
	}
	return "{" + has + "}"
}

func drawSelect(t *rapid.T) string {
	if !seldom(t, "select", 6) {
		return ""
	}
	return asQuery("$select", pick(t, "selected", sameSelects))
}

// drawQuery draws the options of a list. A value is seldom wrong.
func drawQuery(t *rapid.T) string {
	var options []string
	for _, option := range []struct {
		name   string
		values []string
	}{
		{"$filter", sameFilters}, {"$orderby", sameOrders}, {"$select", sameSelects},
		{"$top", []string{"1", "2", "3", "-1"}}, {"$skip", []string{"0", "1", "2", "x"}}, {"$count", []string{"true", "false", "maybe"}},
	} {
		if !seldom(t, option.name, 3) {
			continue
		}
		values := option.values
		if !seldom(t, "wrong", 12) {
			values = values[:len(values)-1]
		}
		options = append(options, strings.TrimPrefix(asQuery(option.name, pick(t, option.name, values)), "?"))
	}
	return "?" + strings.Join(options, "&")
}

func asQuery(name, value string) string {
	return "?" + name + "=" + strings.ReplaceAll(url.QueryEscape(value), "+", "%20")
}
