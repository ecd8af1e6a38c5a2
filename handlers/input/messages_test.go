package input_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestMessagesOfBodies checks the words for the faults of a body: what is wrong, and what would be right.
func TestMessagesOfBodies(t *testing.T) {
	update, create := operation(t, http.MethodPatch, itemRoute), operation(t, http.MethodPost, collectionRoute)
	const types = "#microsoft.graph.callActivityStatistics, #microsoft.graph.chatActivityStatistics, #microsoft.graph.emailActivityStatistics, " +
		"#microsoft.graph.focusActivityStatistics, #microsoft.graph.meetingActivityStatistics"
	const properties = "@odata.type, activity, afterHours, conflicting, duration, endDate, id, long, multitasking, organized, readEmail, recurring, sentEmail, startDate, timeZoneUsed"
	for body, want := range map[string]string{
		`{"durtion":"PT1H"}`:       "durtion unknownProperty There is no property 'durtion' here; there are " + properties + ". Did you mean 'duration'?",
		`{"Duration":"PT1H"}`:      "Duration unknownProperty There is no property 'Duration' here; there are " + properties + ". Did you mean 'duration'?",
		`{"color":"red"}`:          "color unknownProperty There is no property 'color' here; there are " + properties + ".",
		`{"activity":"Cal"}`:       "activity invalidValue 'activity' is 'Cal'; it must be one of Email, Meeting, Focus, Chat, Call. Did you mean 'Call'?",
		`{"activity":"call"}`:      "activity invalidValue 'activity' is 'call'; it must be one of Email, Meeting, Focus, Chat, Call. Did you mean 'Call'?",
		`{"activity":"Sleep"}`:     "activity invalidValue 'activity' is 'Sleep'; it must be one of Email, Meeting, Focus, Chat, Call.",
		`{"activity":7}`:           "activity invalidValue 'activity' is 7; it must be one of Email, Meeting, Focus, Chat, Call.",
		`{"activity":null}`:        "activity nullNotAllowed 'activity' is null; it must be one of Email, Meeting, Focus, Chat, Call.",
		`{"duration":300}`:         "duration invalidValue 'duration' is 300; it must be a text, as in PT1H30M.",
		`{"duration":true}`:        "duration invalidValue 'duration' is true; it must be a text, as in PT1H30M.",
		`{"startDate":{"a":1}}`:    "startDate invalidValue 'startDate' is an object; it must be a text, as in 2019-06-16.",
		`{"timeZoneUsed":["UTC"]}`: "timeZoneUsed invalidValue 'timeZoneUsed' is an array; it must be a text, as in Pacific Standard Time",
		`{"id":"c 1"}`:             "id invalidValue 'id' is 'c 1'; it must be an id. Begin it with a letter or a digit",
		`{"id":""}`:                "id invalidValue 'id' is empty; give it a value or leave it out.",
		`{"timeZoneUsed":"` + strings.Repeat("x", 257) + `"}`: "timeZoneUsed invalidValue 'timeZoneUsed' is '" + strings.Repeat("x", 60) + "…'; it must be a text that is not longer than 256 characters.",
		`{"@odata.type":"#microsoft.graph.callActivityStatistic"}`: "@odata.type invalidValue '@odata.type' is '#microsoft.graph.callActivityStatistic'; it must be one of " + types +
			". Did you mean '#microsoft.graph.callActivityStatistics'?",
		`{"id":null}`: "id nullNotAllowed 'id' is null; it must be a text, as in call_2019",
		`null`:        " nullNotAllowed The body is null; it must be a JSON object.",
		`[]`:          " invalidValue The body is an array; it must be a JSON object.",
	} {
		_, err := validate(update, patch(body), false)
		wantFaultsIn(t, body, err, want)
	}
	batch := operation(t, http.MethodPost, "/beta/$batch")
	for body, want := range map[string]string{
		`{"requests":[` + strings.Repeat("{},", 20) + `{}]}`: "requests invalidValue 'requests' has 21 members; it must have at most 20.",
		`{"requests":[]}`: "requests invalidValue 'requests' has too few members; it must have at least 1.",
		`{"requets":[]}`:  "requests missingProperty 'requests' is missing; it is required. Did you mean it by 'requets'?",
		`{"requests":[{"id":"1","methd":"GET","url":"/me"}]}`:        "requests/0/method missingProperty 'requests/0/method' is missing; it is required. Did you mean it by 'methd'?",
		`{"requests":[{"id":"1","verb":"GET","url":"/me"}]}`:         "requests/0/method missingProperty 'requests/0/method' is missing; it is required.",
		`{"requests":[{"id":1,"method":"GET","url":"/me"}]}`:         "requests/0/id invalidValue 'requests/0/id' is 1; it must be a text.",
		`{"requests":[{"id":"1","method":"GET","url":"/me"},"GET"]}`: "requests/1 invalidValue 'requests/1' is 'GET'; it must be a JSON object.",
		`{"requests":{"id":"1"}}`:                                    "requests invalidValue 'requests' is an object; it must be a JSON array.",
	} {
		request := httptest.NewRequest(http.MethodPost, "/beta/$batch", strings.NewReader(body))
		request.Header.Set("Content-Type", "application/json")
		_, err := readAndValidate(request, batch, nil, false)
		wantFaultsIn(t, body, err, want)
	}
	for body, want := range map[string]string{
		`{"id":"a"}`: "@odata.type invalidValue '@odata.type' is missing; it must be one of " + types + ".",
		`{"@odata.type":"chatActivityStatistics"}`: "@odata.type invalidValue '@odata.type' is 'chatActivityStatistics'; it must be one of " + types + ". Did you mean '#microsoft.graph.chatActivityStatistics'?",
		`{"@odata.type":7}`:                        "@odata.type invalidValue '@odata.type' is 7; it must be one of " + types + ".",
		`{"@odata.type":"#microsoft.graph.focusActivityStatistics","start-date":1}`:         "start-date unknownProperty There is no property 'start-date' here; there are @odata.type, activity, duration, endDate, id, startDate, timeZoneUsed. Did you mean 'startDate'?",
		`{"@odata.type":"#microsoft.graph.focusActivityStatistics","` + text(5000) + `":1}`: text(60) + "… unknownProperty There is no property '" + text(60) + "…' here; there are @odata.type, ",
	} {
		request := httptest.NewRequest(http.MethodPost, collectionRoute, strings.NewReader(body))
		request.Header.Set("Content-Type", "application/json")
		_, err := readAndValidate(request, create, nil, false)
		wantFaultsIn(t, body, err, want)
	}
}

func text(length int) string { return strings.Repeat("x", length) }

// TestMessagesOfParameters checks the words for the faults of query options and headers.
func TestMessagesOfParameters(t *testing.T) {
	list := operation(t, http.MethodGet, collectionRoute)
	const options = "here; there are $filter, $orderby, $select, $top, $skip, $count, $skiptoken, $format."
	for query, want := range map[string]string{
		"$fitler=a":   "$fitler unknownQueryOption There is no query option '$fitler' " + options + " Did you mean '$filter'?",
		"fitler=a":    "fitler unknownQueryOption There is no query option 'fitler' " + options + " Did you mean '$filter'?",
		"$orderBby=a": "$orderBby unknownQueryOption There is no query option '$orderBby' " + options + " Did you mean '$orderby'?",
		"$search=a":   "$search notSupported OData has the query option '$search', but this server does not implement it here.",
		"$top=ten":    "$top invalidValue '$top' is 'ten'; it must be a whole number from 0 to 1000.",
		"$top=1.5":    "$top invalidValue '$top' is '1.5'; it must be a whole number from 0 to 1000.",
		"$top=":       "$top invalidValue '$top' is empty; it must be a whole number from 0 to 1000.",
		"$top=1001":   "$top invalidValue '$top' is 1001; it must be at most 1000.",
		"$count=yes":  "$count invalidValue '$count' is 'yes'; it must be true or false.",
		"$filter=":    "$filter invalidValue '$filter' is empty; give it a value or leave it out.",
		"$filter=%zz": "query invalidValue The query has '%zz'; write %25 for a percent sign. Any other % needs two hexadecimal digits after it, as in %20 for a space.",
	} {
		request := httptest.NewRequest(http.MethodGet, collectionRoute, nil)
		request.URL.RawQuery = query
		_, err := readAndValidate(request, list, nil, false)
		wantFaultsIn(t, query, err, want)
	}
	property := operation(t, http.MethodGet, itemRoute+"/:property")
	_, err := readAndValidate(httptest.NewRequest(http.MethodGet, "/", nil), property, map[string]string{"activityStatistics-id": "a", "property": "durtion"}, false)
	wantFaultsIn(t, "property", err, "property invalidValue 'property' is 'durtion'; it must be one of id, activity, startDate, endDate, timeZoneUsed, duration, "+
		"afterHours, readEmail, sentEmail, conflicting, long, multitasking, organized, recurring. Did you mean 'duration'?")
}

// TestBodyAndParametersFailTogether checks that one response names the faults of the parameters and that
// of a body that is no JSON.
func TestBodyAndParametersFailTogether(t *testing.T) {
	request := patch(`{'a':1}`, "If-Match", "abc")
	request.URL.RawQuery = "$seletc=id"
	_, err := validate(operation(t, http.MethodPatch, itemRoute), request, false)
	wantFaultsIn(t, "both", err,
		"$seletc unknownQueryOption There is no query option '$seletc' here; there are $select, $format. Did you mean '$select'?",
		"If-Match malformedEntityTag 'If-Match' is 'abc'; it must be an entity tag. Put the entity tag in quotes",
		` invalidValue Unable to read JSON request payload: line 1, column 2: found a single quote; put names and texts in double quotes`)
}
