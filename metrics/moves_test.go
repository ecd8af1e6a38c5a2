package metrics_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"afterhours/contract/program"
)

// ask sends a request and returns the status of its response.
func (w *watched) ask(t testing.TB, method, path, token, body string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, w.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	request.Header.Set("Content-Type", "application/json")
	if method == "SIMULATE" {
		request.Method = http.MethodGet
		request.Header.Set("Afterhours-Simulate", "503")
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Error(err)
		return 0
	}
	defer func() { _ = response.Body.Close() }()
	_, _ = io.Copy(io.Discard, response.Body)
	return response.StatusCode
}

// create creates a statistic.
func (w *watched) create(t testing.TB, id string) {
	t.Helper()
	body := fmt.Sprintf(`{"@odata.type":"#microsoft.graph.callActivityStatistics","id":%q}`, id)
	if status := w.ask(t, http.MethodPost, program.Statistics, w.token, body); status != http.StatusCreated {
		t.Errorf("creating %s: %d", id, status)
	}
}

// createMany creates 320 statistics whose ids are long and random, and so changes many pages of the
// database.
func (w *watched) createMany(t testing.TB) {
	var clients sync.WaitGroup
	for range 16 {
		clients.Go(func() {
			items := make([]string, 20)
			for n := range items {
				items[n] = fmt.Sprintf(`{"id":"%d","method":"POST","url":"/me/analytics/activityStatistics","headers":{"Content-Type":"application/json"},`+
					`"body":{"@odata.type":"#microsoft.graph.callActivityStatistics","id":%q}}`, n, rand.Text()+strings.Repeat("x", 100))
			}
			w.ask(t, http.MethodPost, "/beta/$batch", w.token, `{"requests":[`+strings.Join(items, ",")+`]}`)
		})
	}
	clients.Wait()
}

// atOnce sends a request on that many connections at once.
func (w *watched) atOnce(t testing.TB, count int, path string) {
	var clients sync.WaitGroup
	for range count {
		clients.Go(func() { w.ask(t, http.MethodGet, path, w.token, "") })
	}
	clients.Wait()
}

// upload sends a batch without the last byte of its body, on a connection that stays open until the end
// of the test.
func (w *watched) upload(t testing.TB, length int) {
	t.Helper()
	connection, err := w.Dial()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() })
	_, _ = fmt.Fprintf(connection, "POST /beta/$batch HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n", w.token, length)
	_, _ = connection.Write(bytes.Repeat([]byte(" "), length-1)) // an error means that it is refused
}

// newIssuer starts an issuer of tokens, with one key. Its documents can be fetched while it is up.
func newIssuer(t *testing.T) (url string) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	point, err := key.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	text := base64.RawURLEncoding.EncodeToString
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		document := map[string]any{"issuer": "http://" + r.Host, "jwks_uri": "http://" + r.Host + "/keys"}
		if r.URL.Path == "/keys" {
			document = map[string]any{"keys": []any{map[string]any{"kty": "EC", "crv": "P-256", "kid": "1", "x": text(point[1:33]), "y": text(point[33:])}}}
		}
		_ = json.NewEncoder(w).Encode(document)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// tenantOfItsOwn follows the name of an issuer in --claim. Two issuers of any tenant would be refused.
const tenantOfItsOwn = "#tenant==7a1c0f52-3d84-4b6e-9f20-5e8d1b7c4a63"

// forged returns a token that names the issuer and has no valid signature.
func forged(issuer string) string {
	text := base64.RawURLEncoding.EncodeToString
	return text([]byte(`{"alg":"ES256","kid":"1"}`)) + "." + text(fmt.Appendf(nil, `{"iss":%q}`, issuer)) + "." + text(make([]byte, 64))
}

// free returns the URL of a port on which nobody listens.
func free(t *testing.T) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return "http://" + listener.Addr().String()
}

// TestMetricsMove: each metric moves when that happens which it counts. What never moves says what the
// server is. A server has no metric that is not in the table.
func TestMetricsMove(t *testing.T) {
	up, down := newIssuer(t), free(t)
	dir := t.TempDir()
	w := watch(t, dir, "--control", "--issuer", up, "--issuer", down, "--audience", "api", "--claim", up+tenantOfItsOwn)
	for n := range 200 {
		w.create(t, fmt.Sprintf("call_%d", n))
	}
	limited := limitedServer(t)
	item := program.Statistics + "/call_1"
	ask := func(method, path, token, body string) func() {
		return func() { w.ask(t, method, path, token, body) }
	}
	manyLists := func() { w.atOnce(t, 100, program.Statistics+"?$orderby=duration") }
	changes := 0
	change := func() {
		changes++
		w.ask(t, http.MethodPatch, item, w.token, fmt.Sprintf(`{"duration":"PT%dS"}`, changes))
	}
	type labels map[string]string
	seen := map[string]bool{}
	for _, row := range []struct {
		name   string
		labels labels
		action func() // repeated until the metric has moved; nil if the metric is never 0
	}{
		{"request_duration_seconds", labels{"operation": "getMyStatistic", "status": "200"}, ask("GET", item, w.token, "")},
		{"request_duration_seconds", labels{"operation": "getMyStatistic", "status": "401"}, ask("GET", item, "", "")},
		{"request_duration_seconds", labels{"operation": "getMyStatistic", "status": "fault"}, ask("SIMULATE", item, w.token, "")},
		{"request_duration_seconds", labels{"operation": "other", "status": "404"}, ask("GET", "/secret", "", "")},
		{"requests_in_flight", nil, func() { w.upload(t, 100) }},
		{"connections", nil, func() { w.upload(t, 100) }},
		{"connections_limit", nil, nil},
		{"throttled_requests_total", nil, limited.read},
		{"connections_closed_total", nil, limited.connect},
		{"queue_running", nil, manyLists},
		{"queue_waiting", nil, manyLists},
		{"queue_refused_total", nil, manyLists},
		{"queue_limit", labels{"queue": "slow"}, nil},
		{"memory_held_bytes", labels{"memory": "large_bodies"}, func() { w.upload(t, 1<<20) }},
		{"memory_limit_bytes", labels{"memory": "answers"}, nil},
		{"memory_refused_total", labels{"memory": "large_bodies"}, func() { w.upload(t, 4<<20) }},
		{"token_verifications_total", labels{"issuer": "https://afterhours.internal", "outcome": "accepted"}, func() { ask("GET", item, program.Run(t, "token", "--data", dir), "")() }},
		{"token_verifications_total", labels{"issuer": up, "outcome": "refused"}, ask("GET", item, forged(up), "")},
		{"token_verifications_total", labels{"issuer": down, "outcome": "unavailable"}, ask("GET", item, forged(down), "")},
		{"token_verifications_total", labels{"issuer": "unknown", "outcome": "refused"}, ask("GET", item, forged("https://secret.example"), "")},
		{"key_fetches_total", labels{"issuer": up, "outcome": "fetched"}, nil},
		{"key_fetches_total", labels{"issuer": down, "outcome": "failed"}, nil},
		{"keys_fetched_timestamp_seconds", labels{"issuer": up}, nil},
		{"cache_hits_total", labels{"cache": "tokens"}, ask("GET", item, w.token, "")},
		{"cache_misses_total", labels{"cache": "tokens"}, ask("GET", item, forged(up), "")},
		{"cache_hits_total", labels{"cache": "statistics"}, change},
		{"cache_misses_total", labels{"cache": "statistics"}, ask("PATCH", program.Statistics+"/secret", w.token, `{"duration":"PT1S"}`)},
		{"store_call_duration_seconds", labels{"operation": "Get", "result": "not_found"}, ask("GET", program.Statistics+"/secret", w.token, "")},
		{"store_call_duration_seconds", labels{"operation": "Put", "result": "ok"}, change},
		{"store_batch_calls", labels{"queue": "writes"}, change},
		{"store_batch_wait_seconds", labels{"queue": "writes"}, change},
		{"store_commit_duration_seconds", nil, change},
		{"store_file_bytes", labels{"file": "journal"}, change},
		{"store_checkpoint_duration_seconds", nil, func() { w.createMany(t) }},
		{"store_connections", labels{"pool": "lists", "state": "in_use"}, manyLists},
		{"store_connections_limit", labels{"pool": "points"}, nil},
		{"store_connection_waits_total", labels{"pool": "points"}, func() { w.atOnce(t, 50, item) }},
		{"store_connection_wait_seconds_total", labels{"pool": "points"}, func() { w.atOnce(t, 50, item) }},
		{"build_info", labels{"contract": contractVersion(t)}, nil},
	} {
		seen["afterhours_"+row.name] = true
		of := w
		if row.name == "connections_closed_total" || row.name == "throttled_requests_total" {
			of = limited.watched
		}
		before := 0.0
		if row.action != nil {
			before = of.value(t, "afterhours_"+row.name, row.labels)
		}
		done := make(chan struct{})
		var actions sync.WaitGroup
		actions.Go(func() {
			for row.action != nil {
				select {
				case <-done:
					return
				default:
					row.action()
				}
			}
		})
		eventually(t, row.name+" has moved", func() bool { return of.value(t, "afterhours_"+row.name, row.labels) > before })
		close(done)
		actions.Wait()
	}
	scraped := w.scrape(t, "")
	for _, name := range own(scraped) {
		if !seen[name] {
			t.Errorf("%s is not in the table", name)
		}
	}
	if scraped["go_goroutines"] == nil || scraped["process_open_fds"] == nil {
		t.Error("the metrics of Go and of the process are missing")
	}
	wantNothingOfCallers(t, w)
}

// wantNothingOfCallers fails the test if a label has a text that a caller has sent.
func wantNothingOfCallers(t *testing.T, w *watched) {
	t.Helper()
	w.ask(t, "SECRET", "/secret?secret=secret", "secret", "secret")
	for name, family := range w.scrape(t, "") {
		if text := family.String(); strings.Contains(strings.ToLower(text), "secret") || strings.Contains(text, "call_1") {
			t.Errorf("%s has a caller's text: %s", name, text)
		}
	}
}
