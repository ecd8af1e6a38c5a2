package traces

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"afterhours/contract/program"
)

var collectorPath = flag.String("collector", "", "the built program of contract/traces/collector; contract/traces/run gives it")

// span is a span in OTLP's JSON.
type span struct {
	TraceID, SpanID, ParentSpanID, Name string
	Kind                                int
	Attributes                          []struct {
		Key   string
		Value struct{ StringValue, IntValue string }
	}
	Status struct{ Code int }
}

// String returns the name, the kind and the attributes of the span.
func (s span) String() string {
	kinds := map[int]string{1: "internal", 2: "server"}
	text := s.Name + ", " + kinds[s.Kind]
	for _, one := range s.Attributes {
		text += ", " + one.Key + "=" + one.Value.StringValue + one.Value.IntValue
	}
	if s.Status.Code != 0 {
		text += fmt.Sprintf(", status %d", s.Status.Code)
	}
	return text
}

// collector is the collector of OpenTelemetry as a process.
type collector struct {
	url     string
	command *exec.Cmd
	lines   *bufio.Scanner // of what it prints
}

func startCollector(t *testing.T) *collector {
	t.Helper()
	c := &collector{command: exec.Command(*collectorPath, "127.0.0.1:0")}
	out, err := c.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	log, err := c.command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.command.Process.Kill() })
	c.lines = bufio.NewScanner(out)
	c.lines.Buffer(nil, 1<<20)
	endpoint := regexp.MustCompile(`"endpoint":"([^"]+)"`)
	ready, read := bufio.NewScanner(log), ""
	for ready.Scan() {
		read += ready.Text() + "\n"
		if found := endpoint.FindStringSubmatch(ready.Text()); found != nil {
			c.url = "http://" + found[1]
		}
		if strings.Contains(ready.Text(), "Everything is ready") {
			go func() { // or a full pipe would stop it
				for ready.Scan() {
				}
			}()
			return c
		}
	}
	t.Fatalf("the collector did not start: %s", read)
	return nil
}

// end ends the collector, and returns the spans that it has received.
func (c *collector) end(t *testing.T) (spans []span) {
	t.Helper()
	if err := c.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for c.lines.Scan() {
		var batch struct {
			ResourceSpans []struct{ ScopeSpans []struct{ Spans []span } }
		}
		if err := json.Unmarshal(c.lines.Bytes(), &batch); err != nil {
			t.Fatalf("%v: %s", err, c.lines.Text())
		}
		for _, resource := range batch.ResourceSpans {
			for _, scope := range resource.ScopeSpans {
				spans = append(spans, scope.Spans...)
			}
		}
	}
	if err := c.command.Wait(); err != nil {
		t.Errorf("the collector: %v", err)
	}
	return spans
}

// tree returns the spans below a parent, each on a line, indented by its depth.
func tree(spans []span, traceID, parent, indent string) string {
	var branches []string
	for _, one := range spans {
		if one.TraceID == traceID && one.ParentSpanID == parent {
			branches = append(branches, indent+one.String()+"\n"+tree(spans, traceID, one.SpanID, indent+"  "))
		}
	}
	slices.Sort(branches)
	return strings.Join(branches, "")
}

// TestCollector sends a change and a batch within the trace of a caller. The collector of OpenTelemetry receives a
// span for each request, each request of the batch and each call of the store, each below the one that caused it.
func TestCollector(t *testing.T) {
	if *collectorPath == "" {
		t.Skip("it needs the collector: contract/traces/run builds it and runs this test")
	}
	received, data := startCollector(t), t.TempDir()
	server := serve(t, received.url, data, "--new")
	token := program.Run(t, "token", "--data", data)
	const one = program.Statistics + "/focus_1"
	server.send("POST", program.Statistics, token, `{"@odata.type":"#microsoft.graph.focusActivityStatistics","id":"focus_1"}`)
	caller := "traceparent: 00-" + callerTrace + "-" + callerSpan + "-01"
	for _, request := range []struct{ method, path, body string }{
		{"PATCH", one, `{"duration":"PT1H"}`},
		{"POST", "/v1.0/$batch", `{"requests":[
			{"id":"1","method":"PATCH","url":"/me/analytics/activityStatistics/focus_1","body":{"duration":"PT2H"}},
			{"id":"2","method":"GET","url":"/me/analytics/activityStatistics?$top=1","dependsOn":["1"]},
			{"id":"3","method":"DELETE","url":"/me/analytics/activityStatistics/focus_2","dependsOn":["2"]}]}`},
	} {
		if status := server.send(request.method, request.path, token, request.body, caller); status != http.StatusOK {
			t.Fatalf("%s %s = %d", request.method, request.path, status)
		}
	}
	server.end()
	spans := received.end(t)

	const want = `PATCH /me/analytics/activityStatistics/{activityStatistics-id}, server, http.request.method=PATCH, http.route=/me/analytics/activityStatistics/{activityStatistics-id}, http.response.status_code=200
  store.Put, internal, afterhours.outcome=ok
POST /$batch, server, http.request.method=POST, http.route=/$batch, http.response.status_code=200
  DELETE /me/analytics/activityStatistics/{activityStatistics-id}, internal, http.request.method=DELETE, http.route=/me/analytics/activityStatistics/{activityStatistics-id}, http.response.status_code=404
    store.Get, internal, afterhours.outcome=not_found
  GET /me/analytics/activityStatistics, internal, http.request.method=GET, http.route=/me/analytics/activityStatistics, http.response.status_code=200
    store.List, internal, afterhours.outcome=ok
    store.Settings, internal, afterhours.outcome=ok
  PATCH /me/analytics/activityStatistics/{activityStatistics-id}, internal, http.request.method=PATCH, http.route=/me/analytics/activityStatistics/{activityStatistics-id}, http.response.status_code=200
    store.Put, internal, afterhours.outcome=ok
`
	if got := tree(spans, callerTrace, callerSpan, ""); got != want {
		t.Errorf("below the caller are\n%swant\n%s", got, want)
	}
	if log := server.Log(); strings.Count(log, `"trace_id":"`+callerTrace+`"`) != 5 {
		t.Errorf("the log does not have the trace of the caller in five lines: %s", log)
	}
}
