package batch_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"afterhours/handlers/batch"
)

// grouped returns a GET request in an atomicity group; "" for none.
func grouped(id, group, url, further string) string {
	if group != "" {
		further += fmt.Sprintf(`,"atomicityGroup":%q`, group)
	}
	return fmt.Sprintf(`{"id":%q,"method":"GET","url":%q%s}`, id, url, further)
}

func statuses(responses []response) string {
	var text []string
	for _, response := range responses {
		text = append(text, fmt.Sprint(response.Status))
	}
	return strings.Join(text, " ")
}

// TestMalformedGroups checks the faults of groups that are not adjacent, of names that
// refer to nothing or to two things, and of groups that would wait for themselves.
func TestMalformedGroups(t *testing.T) {
	w := newNotesAPI()
	w.runner.Next = http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a request was started") })
	for _, row := range []struct {
		requests        []string
		target, message string
	}{
		{[]string{grouped("1", "g", "/x", ""), grouped("2", "", "/x", ""), grouped("3", "G", "/x", "")}, "requests/2/atomicityGroup", "must be adjacent"},
		{[]string{grouped("1", "g", "/x", ""), grouped("2", "h", "/x", ""), grouped("3", "g", "/x", "")}, "requests/2/atomicityGroup", "must be adjacent"},
		{[]string{grouped("1", "A", "/x", ""), grouped("a", "", "/x", "")}, "requests/0/atomicityGroup", "id of request 1"},
		{[]string{grouped("1", "g", "/x", `,"dependsOn":["g"]`)}, "requests/0/dependsOn", "itself"},
		{[]string{grouped("1", "g", "/x", `,"dependsOn":["2"]`), grouped("2", "g", "/x", "")}, "requests/0/dependsOn", "in their order"},
		{[]string{grouped("1", "g", "/x", `,"dependsOn":["h"]`), grouped("2", "h", "/x", `,"dependsOn":["1"]`)}, "requests/0/dependsOn", "itself"},
		{[]string{grouped("1", "g", "/x", `,"dependsOn":["3"]`), grouped("2", "g", "/x", ""), grouped("3", "", "/x", `,"dependsOn":["2"]`)}, "requests/0/dependsOn", "itself"},
		{[]string{grouped("1", "", "/x", `,"dependsOn":["g"]`)}, "requests/0/dependsOn", `no request "g"`},
		{[]string{`{"id":"1","method":"GET","url":"/x","atomicityGroup":7}`}, "requests/0/atomicityGroup", "a text"},
	} {
		body, err := w.run(outer(t), []byte(`{"requests":[`+strings.Join(row.requests, ",")+`]}`))
		var malformed *batch.Malformed
		if !errors.As(err, &malformed) || malformed.Faults[0].Target != row.target || !strings.Contains(malformed.Faults[0].Message, row.message) {
			t.Errorf("%s: %s, %v; want %s: %s", row.requests, body, err, row.target, row.message)
		}
	}
}

// TestGroups checks the status of each request of a group and of requests that depend on
// the group.
func TestGroups(t *testing.T) {
	for _, row := range []struct {
		name     string
		requests []string
		want     string
	}{
		{"done", []string{grouped("1", "g", "/echo", ""), grouped("2", "G", "/plain/204", `,"dependsOn":["1"]`)}, "200 204"},
		{"first fails", []string{grouped("1", "g", "/plain/404", ""), grouped("2", "g", "/echo", "")}, "404 424"},
		{"last fails", []string{grouped("1", "g", "/echo", ""), grouped("2", "g", "/echo", ""), grouped("3", "g", "/plain/409", "")}, "424 424 409"},
		{"304 is no success", []string{grouped("1", "g", "/echo", ""), grouped("2", "g", "/plain/304", "")}, "424 304"},
		{"refused", []string{grouped("1", "g", "/echo", ""), grouped("2", "g", "/$batch", "")}, "424 400"},
		{"panics", []string{grouped("1", "g", "/echo", ""), grouped("2", "g", "/panic", "")}, "424 500"},
		{"others go on", []string{grouped("1", "g", "/plain/404", ""), grouped("2", "h", "/echo", ""), grouped("3", "", "/echo", "")}, "404 200 200"},
		{"after a group", []string{grouped("1", "g", "/echo", ""), grouped("2", "", "/echo", `,"dependsOn":["G"]`)}, "200 200"},
		{"after a group that fails", []string{grouped("1", "g", "/echo", ""), grouped("2", "g", "/plain/404", ""), grouped("3", "", "/echo", `,"dependsOn":["g"]`)}, "424 404 424"},
		{"after one of a group that fails", []string{grouped("1", "g", "/echo", ""), grouped("2", "g", "/plain/404", ""), grouped("3", "", "/echo", `,"dependsOn":["1"]`)}, "424 404 424"},
		{"group after what fails", []string{grouped("1", "", "/plain/404", ""), grouped("2", "g", "/echo", ""), grouped("3", "g", "/echo", `,"dependsOn":["1"]`)}, "404 424 424"},
		{"group after a group, forward", []string{grouped("1", "g", "/echo", `,"dependsOn":["h"]`), grouped("2", "h", "/echo", ""), grouped("3", "h", "/echo", "")}, "200 200 200"},
		{"null", []string{`{"id":"1","method":"GET","url":"/echo","atomicityGroup":null}`}, "200"},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := newNotesAPI().send(t, row.requests...)
			if statuses(got) != row.want {
				t.Errorf("%s, want %s", statuses(got), row.want)
			}
			for i, response := range got {
				if isGrouped := strings.Contains(row.requests[i], `"atomicityGroup":"`); isGrouped != (response.AtomicityGroup != nil) ||
					isGrouped && !strings.Contains(row.requests[i], fmt.Sprintf(`"atomicityGroup":%q`, *response.AtomicityGroup)) {
					t.Errorf("response %d to %s has the group %v", i, row.requests[i], response.AtomicityGroup)
				}
			}
		})
	}
}

// TestReferencesInGroups checks that $id can refer to an entity that the same group has
// created but not committed.
func TestReferencesInGroups(t *testing.T) {
	got := newNotesAPI().send(t,
		`{"id":"1","atomicityGroup":"g","method":"POST","url":"/notes/a","body":{"n":1}}`,
		`{"id":"2","atomicityGroup":"g","method":"PATCH","url":"$1","dependsOn":["1"],"headers":{"if-match":"$1"},"body":{}}`,
		`{"id":"3","method":"GET","url":"$1","dependsOn":["g"]}`)
	if statuses(got) != "201 204 200" || string(got[2].Body) != `{}` {
		t.Errorf("%s: %s", statuses(got), got[2].Body)
	}
}

type markKey struct{}

// TestAtomically checks that the requests have the context that Atomically passes, that
// it may run them again, and that all are refused if it returns an error.
func TestAtomically(t *testing.T) {
	failure := errors.New("disk on fire")
	for _, row := range []struct {
		name   string
		before func(requests func() bool) error
		last   string // the url of the last request
		want   string
		asked  int32
	}{
		{"again", func(requests func() bool) error { return errors.Join(asError(requests()), asError(requests())) }, "/mark", "200 200", 4},
		{"its error", func(requests func() bool) error { requests(); return failure }, "/mark", "503 503", 2},
		{"its error alone", func(func() bool) error { return failure }, "/mark", "503 503", 0},
		{"failed", func(requests func() bool) error {
			if requests() {
				t.Error("the requests succeeded")
			}
			return nil
		}, "/plain/400", "424 400", 1},
		{"panics", func(func() bool) error { panic("at the disco") }, "/mark", "503 503", 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := newNotesAPI()
			var asked atomic.Int32
			w.mux.HandleFunc("/beta/mark", func(_ http.ResponseWriter, r *http.Request) {
				if r.Context().Value(markKey{}) != row.name {
					t.Error("a request has another context")
				}
				asked.Add(1)
			})
			w.runner.Atomically = func(ctx context.Context, requests func(context.Context) bool) error {
				return row.before(func() bool { return requests(context.WithValue(ctx, markKey{}, row.name)) })
			}
			refuse := w.runner.Refuse
			w.runner.Refuse = func(w http.ResponseWriter, outer *http.Request, refusal batch.Refusal) {
				if (refusal.Cause != nil) != (refusal.Status == http.StatusServiceUnavailable) {
					t.Errorf("%+v", refusal)
				}
				refuse(w, outer, refusal)
			}
			got := w.send(t, grouped("1", "g", "/mark", ""), grouped("2", "g", row.last, ""))
			if statuses(got) != row.want || asked.Load() != row.asked {
				t.Errorf("%s, %d asked; want %s, %d", statuses(got), asked.Load(), row.want, row.asked)
			}
		})
	}
}

func asError(succeeded bool) error {
	if !succeeded {
		return errors.New("the requests failed")
	}
	return nil
}

// TestGroupsInTime checks that the requests of a group never overlap, that groups do, and
// that a request that depends on a group starts only after the group's commit.
func TestGroupsInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newNotesAPI()
		var running, committed atomic.Int32
		w.runner.Next = http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "after") {
				if committed.Load() != 2 {
					t.Error("a request started before the groups that it depends on were committed")
				}
				return
			}
			running.Add(1)
			defer running.Add(-1)
			time.Sleep(time.Second)
			if running.Load() > 2 {
				t.Errorf("%d requests of two groups at once", running.Load())
			}
		})
		w.runner.Atomically = func(ctx context.Context, requests func(context.Context) bool) error {
			requests(ctx)
			time.Sleep(time.Second)
			committed.Add(1)
			return nil
		}
		start := time.Now()
		got := w.send(t, grouped("1", "g", "/x", ""), grouped("2", "g", "/x", ""), grouped("3", "h", "/x", ""), grouped("4", "h", "/x", ""),
			grouped("5", "", "/after", `,"dependsOn":["1","h"]`))
		if took := time.Since(start); took != 3*time.Second || statuses(got) != "200 200 200 200 200" {
			t.Errorf("%s after %s", statuses(got), took)
		}
	})
}
