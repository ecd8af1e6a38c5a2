package batch_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"afterhours/handlers/batch"
)

// TestMalformed checks the first fault of each malformed batch, and that none of its
// requests is started.
func TestMalformed(t *testing.T) {
	w := newNotesAPI()
	w.runner.Next = http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a request was started") })
	one := func(id, further string) string {
		return fmt.Sprintf(`{"id":%s,"method":"GET","url":"/x"%s}`, id, further)
	}
	for _, row := range []struct{ body, target, message string }{
		{``, "", "not JSON"},
		{`{"requests":[`, "", "not JSON"},
		{`{"requests":[]} x`, "", "not JSON"},
		{"{\"requests\":[{\"id\":\"\xff\"}]}", "", "UTF-8"},
		{`[]`, "", "must be an object"},
		{`{}`, "requests", "array"},
		{`{"Requests":[]}`, "requests", "array"},
		{`{"requests":null}`, "requests", "array"},
		{`{"requests":{}}`, "requests", "an array"},
		{`{"requests":[7]}`, "requests/0", "an object"},
		{`{"requests":[null]}`, "requests/0/id", "'id'"},
		{`{"requests":[` + one(`1`, "") + `]}`, "requests/0/id", "a text"},
		{`{"requests":[` + one(`""`, "") + `]}`, "requests/0/id", "'id'"},
		{`{"requests":[{"id":"1","url":"/x"}]}`, "requests/0/method", "'method'"},
		{`{"requests":[{"id":"1","method":"GET"}]}`, "requests/0/url", "'url'"},
		{`{"requests":[{"id":"1","method":"GET","url":{}}]}`, "requests/0/url", "a text"},
		{`{"requests":[` + one(`"a"`, "") + `,` + one(`"A"`, "") + `]}`, "requests/1/id", "Request 0 has the id"},
		{`{"requests":[` + one(`"1"`, `,"headers":[]`) + `]}`, "requests/0/headers", "an object"},
		{`{"requests":[` + one(`"1"`, `,"headers":{"a":1}`) + `]}`, "requests/0/headers/a", "a text"},
		{`{"requests":[` + one(`"1"`, `,"dependsOn":"2"`) + `]}`, "requests/0/dependsOn", "an array"},
		{`{"requests":[` + one(`"1"`, `,"dependsOn":[2]`) + `]}`, "requests/0/dependsOn/0", "a text"},
		{`{"requests":[` + one(`"1"`, `,"dependsOn":["2"]`) + `]}`, "requests/0/dependsOn", `no request "2"`},
		{`{"requests":[` + one(`"1"`, `,"depends_on":[""]`) + `]}`, "requests/0/dependsOn", "no request"},
		{`{"requests":[` + one(`"1"`, `,"dependsOn":["1"]`) + `]}`, "requests/0/dependsOn", "on itself"},
		{`{"requests":[` + one(`"1"`, `,"dependsOn":["2"]`) + `,` + one(`"2"`, `,"dependsOn":["1"]`) + `]}`, "requests/0/dependsOn", "on itself"},
		{`{"requests":[` + strings.Repeat(`{},`, 20) + `{}]}`, "requests", "21 requests; send at most 20"},
		{`{"requests":[` + strings.Repeat(`{},`, 20) + `{]}`, "", "not JSON"},
	} {
		body, err := w.run(outer(t), []byte(row.body))
		var malformed *batch.Malformed
		if !errors.As(err, &malformed) || body != nil {
			t.Errorf("%s: %s, %v", row.body, body, err)
			continue
		}
		if fault := malformed.Faults[0]; fault.Target != row.target || !strings.Contains(fault.Message, row.message) {
			t.Errorf("%s: %+v, want %s: %s", row.body, fault, row.target, row.message)
		}
	}
}

// TestAllFaults checks that a batch's faults are reported together, up to 50.
func TestAllFaults(t *testing.T) {
	w := newNotesAPI()
	for body, want := range map[string]int{
		`{"requests":[{"id":"1"},{"id":"1","method":"GET","url":"/x","dependsOn":["2","3"]}]}`:                     5,
		`{"requests":[{"id":"1","method":"GET","url":"/x","dependsOn":["` + strings.Repeat(`2","`, 1000) + `"]}]}`: 50,
	} {
		_, err := w.run(outer(t), []byte(body))
		var malformed *batch.Malformed
		if !errors.As(err, &malformed) || len(malformed.Faults) != want {
			t.Errorf("%.100s: %v", body, err)
		}
	}
}

// TestResponses checks how each form of a handler's response is written in the batch's.
func TestResponses(t *testing.T) {
	w := newNotesAPI()
	for _, row := range []struct {
		url     string
		status  int
		body    string
		headers map[string]string
	}{
		{"/plain/200", 200, "", map[string]string{}},
		{"/plain/204", 204, "", map[string]string{}},
		{"/plain/304", 304, "", map[string]string{}},
		{"/count", 200, `"42"`, map[string]string{"Content-Type": "text/plain"}},
		{"/broken-text", 200, `"/w=="`, map[string]string{"Content-Type": "text/plain"}},
		{"/bytes", 200, `"//4/"`, map[string]string{"Content-Type": "application/octet-stream"}},
		{"/half", 200, `"eyJhIjo="`, map[string]string{"Content-Type": "application/json"}},
		{"/twice", 200, `{"a":1e400,"a":2}`, map[string]string{"Content-Type": "application/problem+json; charset=utf-8"}},
		{"/late", 202, "", map[string]string{"ETag": `"e"`, "request-id": "r", "OData-Version": "4.0", "Warning": "a, b, c"}},
		{"/panic", 500, "", map[string]string{"Content-Type": "application/json"}},
	} {
		got := w.send(t, item("GET", row.url, ""))[0]
		isOther := string(got.Body) != row.body && row.url != "/panic"
		if got.Status != row.status || isOther || fmt.Sprint(got.Headers) != fmt.Sprint(row.headers) || got.Headers == nil {
			t.Errorf("%s: %+v, body %s", row.url, got, got.Body)
		}
		if row.url == "/panic" && (!strings.Contains(string(got.Body), "at the disco") || strings.Contains(string(got.Body), "half")) {
			t.Errorf("panic: %s", got.Body)
		}
	}
	if text, err := w.run(outer(t), []byte(`{"requests":[],"@odata.context":"x"}`)); err != nil || string(text) != `{"responses":[]}` {
		t.Errorf("none: %s %v", text, err)
	}
}

// TestDependencies checks the forms of dependsOn, and the statuses after a failure.
func TestDependencies(t *testing.T) {
	request := func(id, url, further string) string {
		return fmt.Sprintf(`{"id":%q,"method":"GET","url":%q%s}`, id, url, further)
	}
	for _, row := range []struct {
		name     string
		requests []string
		want     string
	}{
		{"none", []string{request("1", "/echo", `,"dependsOn":[]`), request("2", "/echo", `,"dependsOn":null`)}, "200 200"},
		{"one", []string{request("1", "/echo", ""), request("2", "/echo", `,"dependsOn":["1"]`)}, "200 200"},
		{"any case, twice", []string{request("Ab", "/echo", ""), request("2", "/echo", `,"dependsOn":["aB","AB"]`)}, "200 200"},
		{"Python", []string{request("1", "/plain/404", ""), request("2", "/echo", `,"depends_on":["1"]`)}, "404 424"},
		{"forward, as Java may", []string{request("2", "/echo", `,"dependsOn":["1"]`), request("1", "/plain/500", "")}, "424 500"},
		{"failed", []string{request("1", "/plain/404", ""), request("2", "/echo", `,"dependsOn":["1"]`), request("3", "/echo", `,"dependsOn":["2"]`), request("4", "/echo", "")}, "404 424 424 200"},
		{"304 is not success", []string{request("1", "/plain/304", ""), request("2", "/echo", `,"dependsOn":["1"]`)}, "304 424"},
		{"204 is success", []string{request("1", "/plain/204", ""), request("2", "/echo", `,"dependsOn":["1"]`)}, "204 200"},
		{"refused", []string{request("1", "/$batch", ""), request("2", "/echo", `,"dependsOn":["1"]`)}, "400 424"},
		{"one of two", []string{request("1", "/echo", ""), request("2", "/plain/409", ""), request("3", "/echo", `,"dependsOn":["1","2"]`)}, "200 409 424"},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := newNotesAPI().send(t, row.requests...)
			var statuses []string
			for i, response := range got {
				statuses = append(statuses, fmt.Sprint(response.Status))
				if !strings.Contains(row.requests[i], fmt.Sprintf(`{"id":%q`, response.ID)) {
					t.Errorf("response %d has the id %s", i, response.ID)
				}
			}
			if strings.Join(statuses, " ") != row.want {
				t.Errorf("%v, want %s", statuses, row.want)
			}
		})
	}
}

// TestReferences checks $id for an entity that another request created or read (OData
// JSON 19.2, 19.3).
func TestReferences(t *testing.T) {
	for _, row := range []struct{ first, second, want string }{
		{item("POST", "/v1.0/notes/a", `,"body":{"n":1}`), `{"id":"2","method":"GET","url":"$1","dependsOn":["1"]}`, `200 {"n":1}`},
		{item("POST", "/notes/a", `,"body":{"n":1},"headers":{"prefer":"return=minimal"}`), `{"id":"2","method":"GET","url":"/%241?x","dependsOn":["1"]}`, `200 {"n":1}`},
		{item("GET", "/notes/old", ""), `{"id":"2","method":"GET","url":"$1","dependsOn":["1"]}`, `200 {"n":0}`},
		{item("GET", "/notes/old", ""), `{"id":"2","method":"GET","url":"$1/more","dependsOn":["1"]}`, `404 `},
		{item("GET", "/notes/old", ""), `{"id":"2","method":"PATCH","url":"/notes/old","dependsOn":["1"],"headers":{"if-match":"$1"},"body":{}}`, `204 `},
		{item("GET", "/notes/old", ""), `{"id":"2","method":"PATCH","url":"/notes/old","dependsOn":["1"],"headers":{"if-match":"\"$1\""},"body":{}}`, `412 `},
		{item("GET", "/count", ""), `{"id":"2","method":"PATCH","url":"/notes/old","dependsOn":["1"],"headers":{"if-match":"$1"},"body":{}}`, `400 {"message":"The response to request \"1\" has no entity tag.","target":"requests/1/headers"}`},
		{item("POST", "/notes/a", `,"body":{"n":1}`), `{"id":"2","method":"GET","url":"$metadata","dependsOn":["1"]}`, `404 `},
	} {
		w := newNotesAPI()
		w.notes.Store("old", `{"n":0}`)
		got := w.send(t, row.first, row.second)[1]
		if text := fmt.Sprintf("%d %s", got.Status, got.Body); !strings.HasPrefix(text, row.want) {
			t.Errorf("%s\n%s\n%s, want %s", row.first, row.second, text, row.want)
		}
	}
}

// TestParallel checks that independent requests overlap, at most eight at once, and that
// a chain runs in order. The time is synctest's, so the result does not depend on the
// machine.
func TestParallel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var now, most atomic.Int32
		var mutex sync.Mutex
		var order []string
		w := newNotesAPI()
		w.runner.Next = http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			most.Store(max(most.Load(), now.Add(1)))
			time.Sleep(time.Second)
			now.Add(-1)
			mutex.Lock()
			defer mutex.Unlock()
			order = append(order, r.URL.Path)
		})
		var free, chain []string
		for i := range batch.MaxRequests {
			free = append(free, fmt.Sprintf(`{"id":"%d","method":"GET","url":"/%02d"}`, i, i))
			chain = append(chain, fmt.Sprintf(`{"id":"%d","method":"GET","url":"/%02d","dependsOn":["%d"]}`, i, i, i-1))
		}
		chain[0] = free[0]
		start := time.Now()
		w.send(t, free...)
		if took := time.Since(start); took != 3*time.Second || most.Load() != 8 {
			t.Errorf("20 requests took %s, %d at once; want 3s, 8 at once", took, most.Load())
		}
		most.Store(0)
		order = nil
		w.send(t, chain...)
		if most.Load() != 1 || !isSorted(order) {
			t.Errorf("a chain: %d at once, in the order %v", most.Load(), order)
		}
	})
}

func isSorted(texts []string) bool {
	for i := 1; i < len(texts); i++ {
		if texts[i-1] >= texts[i] {
			return false
		}
	}
	return true
}

// TestEnded checks that if the outer request ends, running requests see it in their
// contexts, no further request starts, and every request has a response.
func TestEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newNotesAPI()
		var begun atomic.Int32
		w.runner.Next = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			begun.Add(1)
			<-r.Context().Done()
			w.WriteHeader(http.StatusGatewayTimeout)
			_, _ = io.WriteString(w, "ended")
		})
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		var requests []string
		for i := range batch.MaxRequests {
			requests = append(requests, fmt.Sprintf(`{"id":"%d","method":"GET","url":"/x"}`, i))
		}
		requests[19] = `{"id":"19","method":"GET","url":"/x","dependsOn":["0"]}`
		text, err := w.run(outer(t).WithContext(ctx), []byte(`{"requests":[`+strings.Join(requests, ",")+`]}`))
		under, not := strings.Count(string(text), `"status":504`), strings.Count(string(text), `"status":503`)
		dependent := strings.Count(string(text), `"status":424`)
		if err != nil || begun.Load() != 8 || under != 8 || not+dependent != 12 {
			t.Errorf("%v: %d begun, %d ended, %d not begun, %d dependent", err, begun.Load(), under, not, dependent)
		}
	})
}
