package metrics_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"afterhours/contract/program"
)

// rulesFile is the file with the alerts.
const rulesFile = "../deploy/prometheus/rules.yml"

// need returns the path of a program of Debian's package prometheus.
func need(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		program.Missing(t, "%s is not there; Debian has it in the package prometheus", name)
	}
	return path
}

// TestRules: each alert fires when it must, and none for a server that is well, as promtool computes.
func TestRules(t *testing.T) {
	promtool := need(t, "promtool")
	for _, args := range [][]string{{"check", "rules", rulesFile}, {"test", "rules", "../deploy/prometheus/rules_test.yml"}, {"check", "config", "../deploy/prometheus/prometheus.yml"}} {
		if out, err := exec.CommandContext(t.Context(), promtool, args...).CombinedOutput(); err != nil {
			t.Errorf("promtool %s: %v: %s", strings.Join(args, " "), err, out)
		}
	}
	tests := read(t, "../deploy/prometheus/rules_test.yml")
	for _, alert := range regexp.MustCompile(`- alert: (\w+)`).FindAllStringSubmatch(read(t, rulesFile), -1) {
		if !strings.Contains(tests, "- alertname: "+alert[1]+"\n") || !strings.Contains(tests, "{alertname: "+alert[1]+",") {
			t.Errorf("%s is not tested to fire, and not to fire", alert[1])
		}
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestDashboard: Prometheus scrapes a server at work. Each query of the dashboard returns numbers, and each
// rule can be evaluated and names metrics that are there.
func TestDashboard(t *testing.T) {
	up, down := newIssuer(t), free(t)
	w := watch(t, t.TempDir(), "--issuer", up, "--issuer", down, "--audience", "api", "--claim", up+tenantOfItsOwn)
	at := startPrometheus(t, w)
	stop, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for n := 0; ; n++ {
			select {
			case <-stop:
				return
			default:
				w.create(t, fmt.Sprintf("call_%d", n))
				w.ask(t, http.MethodPatch, program.Statistics+"/call_0", w.token, fmt.Sprintf(`{"duration":"PT%dS"}`, n))
				w.ask(t, http.MethodGet, program.Statistics+"?$top=5", w.token, "")
				w.ask(t, http.MethodGet, program.Statistics, forged(down), "")
			}
		}
	}()
	defer func() { close(stop); <-ended }()
	for _, query := range queries(t) {
		var told string
		eventually(t, query+" returns numbers", func() bool {
			told = get(t, at+"/api/v1/query?query="+url.QueryEscape(query))
			if strings.Contains(told, `"status":"error"`) {
				t.Fatalf("%s: %s", query, told)
			}
			return regexp.MustCompile(`"value":\[[0-9.]+,"[0-9.e+-]+"\]`).MatchString(told)
		})
	}
	eventually(t, "each rule was evaluated", func() bool { return !strings.Contains(get(t, at+"/api/v1/rules"), `"health":"unknown"`) })
	if rules := get(t, at+"/api/v1/rules"); strings.Count(rules, `"health":"ok"`) != strings.Count(read(t, rulesFile), "- alert:") {
		t.Errorf("the rules are %s", rules)
	}
	names := own(w.scrape(t, ""))
	for _, name := range regexp.MustCompile(`afterhours_\w+`).FindAllString(read(t, rulesFile), -1) {
		if !slices.Contains(names, regexp.MustCompile(`_(bucket|count|sum)$`).ReplaceAllString(name, "")) {
			t.Errorf("a rule names %s, which a scrape does not have", name)
		}
	}
}

// queries returns the queries of the dashboard, with what Grafana puts in place of its variables.
func queries(t *testing.T) (all []string) {
	t.Helper()
	var dashboard struct {
		Panels []struct {
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal([]byte(read(t, "../deploy/grafana/dashboard.json")), &dashboard); err != nil {
		t.Fatal(err)
	}
	for _, panel := range dashboard.Panels {
		for _, target := range panel.Targets {
			all = append(all, strings.NewReplacer("$__rate_interval", "20s", "$instance", ".*").Replace(target.Expr))
		}
	}
	if len(all) < 30 {
		t.Fatalf("the dashboard has the queries %q", all)
	}
	return all
}

// startPrometheus starts Prometheus, which scrapes the server each second and has the rules, and returns its
// URL.
func startPrometheus(t *testing.T, w *watched) string {
	t.Helper()
	dir := t.TempDir()
	rules, err := filepath.Abs(rulesFile)
	if err != nil {
		t.Fatal(err)
	}
	config := fmt.Sprintf("global: {scrape_interval: 1s, evaluation_interval: 1s}\nrule_files: [%q]\nscrape_configs:\n  - job_name: afterhours\n    static_configs: [{targets: [%q]}]\n",
		rules, strings.TrimPrefix(w.admin, "http://"))
	file := filepath.Join(dir, "prometheus.yml")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.Command(need(t, "prometheus"), "--config.file="+file, "--storage.tsdb.path="+filepath.Join(dir, "data"), "--web.listen-address=127.0.0.1:0")
	log, err := command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait() // an error, since it was killed
	})
	address := regexp.MustCompile(`msg="Listening on" address=(\S+)`)
	for lines := bufio.NewScanner(log); lines.Scan(); {
		if found := address.FindStringSubmatch(lines.Text()); found != nil {
			go func() { _, _ = io.Copy(io.Discard, log) }()
			return "http://" + found[1]
		}
	}
	t.Fatal("Prometheus does not tell where it listens")
	return ""
}

// get returns the text at a URL.
func get(t *testing.T, address string) string {
	t.Helper()
	response, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
