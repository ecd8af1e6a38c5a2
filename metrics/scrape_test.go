package metrics_test

import (
	"errors"
	"io"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"

	_ "afterhours/command" // so that go test repeats these tests when the program changes
	"afterhours/contract/program"
)

func TestMain(m *testing.M) { os.Exit(program.Main(m)) }

// watched is a server with an admin listener.
type watched struct {
	*program.Server
	admin string // URL of the admin listener
	token string // of the demo user
}

// watch starts a server with an admin listener on the store of the folder. The token is one of the
// server's own key.
func watch(t *testing.T, data string, args ...string) *watched {
	t.Helper()
	return watchServer(t, program.Serve(t, data, append(args, "--admin-addr", "127.0.0.1:0")...), data)
}

func watchServer(t *testing.T, server *program.Server, data string) *watched {
	t.Helper()
	admin, found := strings.CutPrefix(server.Line(), "admin listening on ")
	if !found {
		t.Fatalf("the server does not print its admin listener: %s", server.Log())
	}
	return &watched{server, admin, program.Run(t, "token", "--data", data)}
}

// scrape returns what a scrape has, read by Prometheus's own parser. With an accept header for it, the
// format is that of protocol buffers.
func (w *watched) scrape(t testing.TB, accept string) map[string]*dto.MetricFamily {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.admin+"/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept", accept)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	decoder := expfmt.NewDecoder(response.Body, expfmt.ResponseFormat(response.Header))
	families := map[string]*dto.MetricFamily{}
	for {
		family := &dto.MetricFamily{}
		err := decoder.Decode(family)
		if errors.Is(err, io.EOF) {
			return families
		}
		if err != nil {
			t.Fatal(err)
		}
		families[family.GetName()] = family
	}
}

// value returns the sum of a metric over all of its labels that have the values, of a histogram the
// number of observations. A metric that is not there is 0.
func (w *watched) value(t testing.TB, name string, labels map[string]string) float64 {
	t.Helper()
	sum := 0.0
	for _, metric := range w.scrape(t, "")[name].GetMetric() {
		has := map[string]string{}
		for _, label := range metric.GetLabel() {
			has[label.GetName()] = label.GetValue()
		}
		if isSubset(labels, has) {
			sum += metric.GetGauge().GetValue() + metric.GetCounter().GetValue() + float64(metric.GetHistogram().GetSampleCount())
		}
	}
	return sum
}

func isSubset(some, all map[string]string) bool {
	for name, value := range some {
		if all[name] != value {
			return false
		}
	}
	return true
}

// own returns the names of this program's metrics, sorted.
func own(families map[string]*dto.MetricFamily) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(families)), func(name string) bool { return !strings.HasPrefix(name, "afterhours_") })
}

// eventually fails the test unless the condition holds within a minute.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !holds(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited a minute in vain until %s", what)
		}
	}
}

// TestPage: docs/metrics.md has each metric of a server, and no other.
func TestPage(t *testing.T) {
	issuer := newIssuer(t)
	w := watch(t, t.TempDir(), "--issuer", issuer, "--audience", "api")
	w.create(t, "call")
	eventually(t, "the issuer's keys are fetched", func() bool { return w.value(t, "afterhours_keys_fetched_timestamp_seconds", nil) > 0 })
	text, err := os.ReadFile("../docs/metrics.md")
	if err != nil {
		t.Fatal(err)
	}
	var described []string
	for _, row := range regexp.MustCompile("(?m)^\\| `(afterhours_[a-z_]+)").FindAllStringSubmatch(string(text), -1) {
		described = append(described, row[1])
	}
	slices.Sort(described)
	if scraped := own(w.scrape(t, "")); !slices.Equal(described, scraped) {
		t.Errorf("docs/metrics.md has\n%q, a scrape has\n%q", described, scraped)
	}
}

// TestNativeHistograms: who asks for protocol buffers gets native histograms beside the classic buckets.
func TestNativeHistograms(t *testing.T) {
	w := watch(t, t.TempDir(), "--store", "memory")
	w.ask(t, http.MethodGet, "/livez", w.token, "")
	family := w.scrape(t, string(expfmt.NewFormat(expfmt.TypeProtoDelim)))["afterhours_request_duration_seconds"]
	histogram := family.GetMetric()[0].GetHistogram()
	if histogram.GetSampleCount() != 1 || histogram.GetSchema() < 3 || len(histogram.GetPositiveSpan()) != 1 || len(histogram.GetBucket()) < 15 {
		t.Errorf("the histogram is %v", histogram)
	}
}

// TestLint: promtool finds nothing to say about a scrape. A server with the other store has no other names.
func TestLint(t *testing.T) {
	promtool := need(t, "promtool")
	w := watch(t, t.TempDir())
	w.create(t, "call")
	response, err := http.Get(w.admin + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	command := exec.CommandContext(t.Context(), promtool, "check", "metrics")
	command.Stdin = response.Body
	if out, err := command.CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("promtool: %v: %s", err, out)
	}
}
