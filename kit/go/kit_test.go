package afterhourstest_test

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"afterhours/contract/checked"
	"afterhours/contract/program"
	afterhourstest "afterhours/kit/go"
)

func TestMain(m *testing.M) { os.Exit(program.Main(m)) }

const (
	statistics = "/v1.0/me/analytics/activityStatistics"
	item       = "/me/analytics/activityStatistics/{activityStatistics-id}"
)

// call is a call with the id and a duration of so many days.
func call(id string, days int) map[string]any {
	return map[string]any{"@odata.type": "#microsoft.graph.callActivityStatistics", "id": id, "duration": fmt.Sprintf("P%dD", days)}
}

// send sends a request of the user, with the entity tag as If-Match unless it is "".
func send(t testing.TB, server *afterhourstest.Server, method, path, body, tag string) (status int, newTag, text string) {
	t.Helper()
	client := server.Client()
	client.Transport = withTag{client.Transport, tag}
	return checked.Send(t, client, method, server.URL+path, server.Token(t), body)
}

type withTag struct {
	http.RoundTripper
	tag string
}

func (w withTag) RoundTrip(request *http.Request) (*http.Response, error) {
	if w.tag != "" {
		request.Header.Set("If-Match", w.tag)
	}
	return w.RoundTripper.RoundTrip(request)
}

// wantDays fails the test unless the duration of the statistic is so many days.
func wantDays(t testing.TB, server *afterhourstest.Server, id string, days int) {
	t.Helper()
	if got, want := server.Get(t, id)["duration"], fmt.Sprintf("P%dD", days); got != want {
		t.Errorf("the duration is %v; want %s", got, want)
	}
}

// TestKinds uses all that a server can do, of each kind.
func TestKinds(t *testing.T) {
	t.Setenv("AFTERHOURS_BIN", program.Path(t))
	for name, options := range map[string][]afterhourstest.Option{
		"in process":             {},
		"without a socket":       {afterhourstest.WithoutSocket},
		"with TLS":               {afterhourstest.WithTLS},
		"the program":            {afterhourstest.WithProgram},
		"the program, with TLS":  {afterhourstest.WithProgram, afterhourstest.WithTLS},
		"alone":                  {afterhourstest.Alone},
		"alone, without socket":  {afterhourstest.Alone, afterhourstest.WithoutSocket},
		"a program for one test": {afterhourstest.Alone, afterhourstest.WithProgram},
	} {
		t.Run(name, func(t *testing.T) { useAll(t, options...) })
	}
}

func useAll(t *testing.T, options ...afterhourstest.Option) {
	server := afterhourstest.New(t, options...)
	status, tag, text := send(t, server, "POST", statistics, `{"@odata.type":"#microsoft.graph.callActivityStatistics","id":"c1","duration":"PT1H"}`, "")
	if status != http.StatusCreated {
		t.Fatalf("POST: %d %s", status, text)
	}
	if status, _, text = send(t, server, "PATCH", statistics+"/c1", `{"duration":"-PT1M55.0810357S"}`, tag); status != http.StatusOK {
		t.Errorf("PATCH: %d %s", status, text)
	}
	if status, _, text = send(t, server, "PATCH", statistics+"/c1", `{"duration":"PT2H"}`, tag); status != http.StatusPreconditionFailed {
		t.Errorf("PATCH with the old tag: %d %s", status, text)
	}
	if got := server.Get(t, "c1")["duration"]; got != "-PT1M55.0810357S" {
		t.Errorf("the duration is %v", got)
	}
	if found := server.Requests(t, afterhourstest.Filter{Method: "PATCH", Route: item, User: server.User}); len(found) != 2 || found[0].Status != 200 || found[1].Status != 412 {
		t.Errorf("the requests are %+v", found)
	}
	if found := server.Requests(t, afterhourstest.Filter{Status: 412, Count: 1, Wait: time.Second}); len(found) != 1 {
		t.Errorf("the requests with 412 are %+v", found)
	}

	server.Put(t, call("c2", 10))
	restore := server.Snapshot(t)
	server.Put(t, call("c2", 20))
	wantDays(t, server, "c2", 20)
	restore()
	wantDays(t, server, "c2", 10)
	server.Reset(t)
	if status, _, text := send(t, server, "GET", statistics+"/$count", "", ""); status != http.StatusOK || text != "0" {
		t.Errorf("after a reset: %d %s", status, text)
	}
	if found := server.Requests(t, afterhourstest.Filter{Method: "PATCH"}); len(found) != 0 {
		t.Errorf("after a reset the requests are %+v", found)
	}
}

// TestUnderExec: a server that runs is used if the environment leads to it.
func TestUnderExec(t *testing.T) {
	if os.Getenv("AFTERHOURS_URL") != "" {
		if server := afterhourstest.New(t); server.URL != os.Getenv("AFTERHOURS_URL") {
			t.Errorf("the server is %s", server.URL)
		}
		useAll(t)
		return
	}
	for _, flag := range []string{"--demo", "--tls-dev"} {
		command := exec.CommandContext(t.Context(), program.Path(t), "exec", flag, "--", os.Args[0], "-test.run", "^TestUnderExec$", "-test.v")
		if out, err := command.CombinedOutput(); err != nil || !strings.Contains(string(out), "--- PASS: TestUnderExec") {
			t.Errorf("%s: %v: %s", flag, err, out)
		}
	}
}

// TestTokens: tokens are of the user unless the test asks for another one, and expire by the clock.
func TestTokens(t *testing.T) {
	server := afterhourstest.New(t, afterhourstest.Alone)
	server.Put(t, call("c1", 5))
	get := func(path, token string) int {
		t.Helper()
		status, _, _ := checked.Send(t, server.Client(), "GET", server.URL+path, token, "")
		return status
	}
	mine, app := server.Token(t), server.TokenWith(t, afterhourstest.TokenRequest{Roles: []string{"Analytics.Read.All"}})
	theirs := server.TokenWith(t, afterhourstest.TokenRequest{User: "0f8fad5b-d9cb-469f-a165-70867728950e", ExpiresIn: "PT3H"})
	for name, row := range map[string]struct {
		path, token string
		status      int
	}{
		"the user":        {statistics + "/c1", mine, 200},
		"another user":    {statistics + "/c1", theirs, 404},
		"an application":  {"/v1.0/users/" + server.User + "/analytics/activityStatistics/c1", app, 200},
		"an expired one":  {statistics + "/c1", server.TokenWith(t, afterhourstest.TokenRequest{ExpiresIn: "-PT1H"}), 401},
		"another service": {statistics + "/c1", server.TokenWith(t, afterhourstest.TokenRequest{Audience: "api://another"}), 401},
	} {
		if status := get(row.path, row.token); status != row.status {
			t.Errorf("%s: %d; want %d", name, status, row.status)
		}
	}
	server.Advance(t, 2*time.Hour)
	if status := get(statistics+"/c1", mine); status != 401 {
		t.Errorf("two hours later: %d", status)
	}
	if status := get(statistics+"/c1", theirs); status != 404 {
		t.Errorf("two hours later, with a token for three: %d", status)
	}
}

// TestEightInParallel: tests in parallel use one server, the same ids, and do not see each other.
func TestEightInParallel(t *testing.T) {
	for n := range 8 {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			server := afterhourstest.New(t)
			for round := range 20 {
				server.Put(t, call("same", 10*n+round+1))
				restore := server.Snapshot(t)
				wantDays(t, server, "same", 10*n+round+1)
				server.Reset(t)
				if status, _, text := send(t, server, "GET", statistics+"/$count", "", ""); text != "0" {
					t.Errorf("after a reset: %d %s", status, text)
				}
				if found := server.Requests(t, afterhourstest.Filter{}); len(found) != 1 {
					t.Errorf("after a reset and a request: %d requests", len(found))
				}
				restore()
				wantDays(t, server, "same", 10*n+round+1)
			}
		})
	}
}

// TestSpeed: a server starts within 200 ms, and a tenant with a thousand statistics is reset within 20 ms.
func TestSpeed(t *testing.T) {
	t.Setenv("AFTERHOURS_BIN", program.Path(t))
	factor := time.Duration(1)
	if program.HasRaceDetector() {
		factor = 10
	}
	fastest := func(what string, limit time.Duration, do func() time.Duration) {
		t.Helper()
		best := time.Hour
		for n := 0; n < 5 || n < 50 && best > factor*limit; n++ { // other tests may share the machine
			best = min(best, do())
		}
		t.Logf("%s: %v", what, best)
		if best > factor*limit {
			t.Errorf("%s takes %v; want at most %v", what, best, factor*limit)
		}
	}
	for name, options := range map[string][]afterhourstest.Option{
		"start in process": {afterhourstest.Alone}, "start of the program": {afterhourstest.Alone, afterhourstest.WithProgram},
	} {
		fastest(name, 200*time.Millisecond, func() time.Duration {
			began := time.Now()
			afterhourstest.New(t, options...)
			return time.Since(began)
		})
	}
	server := afterhourstest.New(t)
	fastest("reset of a thousand statistics", 20*time.Millisecond, func() time.Duration {
		for n := range 1000 {
			server.Put(t, call(fmt.Sprint("c", n), n+1))
		}
		if _, _, count := send(t, server, "GET", statistics+"/$count", "", ""); count != "1000" {
			t.Errorf("there are %s statistics", count)
		}
		began := time.Now()
		server.Reset(t)
		return time.Since(began)
	})
}

// TestReadme: the example of README.md is the file report_test.go.
func TestReadme(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	example, err := os.ReadFile("report_test.go")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(readme), "```go\n"+string(example)+"```\n") {
		t.Error("the example of README.md is not report_test.go")
	}
}

// recorder is a test that has failed if it has said something.
type recorder struct {
	testing.TB
	said string
}

func (r *recorder) Helper() {}

func (r *recorder) Fatalf(format string, values ...any) {
	r.said = fmt.Sprintf(format, values...)
	runtime.Goexit()
}

func (r *recorder) Fatal(values ...any) { r.Fatalf("%s", fmt.Sprint(values...)) }

// TestFailures: a test fails with words that say what is wrong.
func TestFailures(t *testing.T) {
	server := afterhourstest.New(t)
	t.Setenv("PATH", t.TempDir())
	t.Setenv("AFTERHOURS_BIN", "")
	for want, do := range map[string]func(t testing.TB){
		"is refused: duration": func(t testing.TB) {
			server.Put(t, map[string]any{"@odata.type": "#microsoft.graph.callActivityStatistics", "id": "x", "duration": 5})
		},
		"cannot get the statistic none: 404":    func(t testing.TB) { server.Get(t, "none") },
		"New(t, afterhourstest.Alone)":          func(t testing.TB) { server.Advance(t, time.Hour) },
		"cannot create a token: 400":            func(t testing.TB) { server.TokenWith(t, afterhourstest.TokenRequest{User: "me"}) },
		"set AFTERHOURS_BIN to the program":     func(t testing.TB) { afterhourstest.New(t, afterhourstest.WithProgram, afterhourstest.Alone) },
		"WithoutSocket is for a server in this": func(t testing.TB) { afterhourstest.New(t, afterhourstest.WithoutSocket, afterhourstest.WithTLS) },
	} {
		r := &recorder{TB: t}
		done := make(chan struct{})
		go func() {
			defer close(done)
			do(r)
		}()
		if <-done; !strings.Contains(r.said, want) {
			t.Errorf("the test says %q; want %q", r.said, want)
		}
	}
}
