package command

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"afterhours/contract/checked"
	"afterhours/contract/program"
)

// serveAdmin starts a server with an admin listener, and returns the URL of that.
func serveAdmin(t *testing.T, data string, args ...string) (p *program.Server, url string) {
	t.Helper()
	if !slices.Contains(args, "--admin-addr") {
		args = append(args, "--admin-addr", "127.0.0.1:0")
	}
	p = program.Serve(t, data, append(args, "--store", "memory")...)
	url, found := strings.CutPrefix(p.Line(), "admin listening on ")
	if !found {
		t.Fatalf("the server does not print its admin listener: %s", p.Log())
	}
	return p, url
}

// askAdmin sends a request to an admin listener. The change may be nil.
func askAdmin(t testing.TB, method, url, body string, change func(*http.Request)) (response *http.Response, text string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(request)
	}
	if response, err = http.DefaultClient.Do(request); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	read, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(read)
}

// TestAdminListener: the listener is where the line, the log and the ready file say. It serves its routes, and
// the API's listener serves none of them but the probes.
func TestAdminListener(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ready.json")
	p, url := serveAdmin(t, t.TempDir(), "--ready-file", file)
	if r := readReady(t, file); r.AdminURL != url || !strings.Contains(p.Log(), `"admin":"`+url+`"`) {
		t.Errorf("the ready file has %q, want %q, and so should the log: %s", r.AdminURL, url, p.Log())
	}
	for path, begins := range map[string]string{
		"/metrics": "# HELP afterhours_", "/livez": "ok", "/readyz": "ok", "/log-level": `{"level":"info"}`, "/debug/pprof/": "/debug/pprof/allocs\n",
		"/debug/pprof/heap": "\x1f\x8b", "/debug/pprof/profile?seconds=1": "\x1f\x8b", "/debug/pprof/trace?seconds=1": "go 1.", "/debug/pprof/goroutine?debug=1": "goroutine profile: ",
	} {
		response, text := askAdmin(t, "GET", url+path, "", nil)
		if response.StatusCode != http.StatusOK || !strings.HasPrefix(text, begins) {
			t.Errorf("GET %s = %s %.100q; want 200 and %q", path, response.Status, text, begins)
		}
		if response, _ := askAdmin(t, "HEAD", url+path, "", nil); response.StatusCode != http.StatusOK {
			t.Errorf("HEAD %s = %s", path, response.Status)
		}
		if strings.HasSuffix(path, "z") {
			continue
		}
		if status, _, _ := checked.Send(t, checked.Client(t), "GET", p.URL+path, "", ""); status != http.StatusNotFound {
			t.Errorf("the API's listener answers %s with %d", path, status)
		}
	}
}

// TestAdminRefuses: each refusal has its status, and the one shape of errors.
func TestAdminRefuses(t *testing.T) {
	_, url := serveAdmin(t, t.TempDir())
	host := func(name string) func(*http.Request) { return func(r *http.Request) { r.Host = name } }
	from := func(site string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", site) }
	}
	for _, row := range []struct {
		method, path, body string
		change             func(*http.Request)
		status             int
		message            string
	}{
		{"GET", "/", "", nil, 404, "Nothing is at '/'. There are /metrics, /debug/pprof/, /log-level, /livez and /readyz."},
		{"GET", "/metrics/", "", nil, 404, "Nothing is at '/metrics/'."},
		{"GET", "/debug/pprof/cmdline", "", nil, 404, "Nothing is at '/debug/pprof/cmdline'."},
		{"GET", "/" + strings.Repeat("x", 300), "", nil, 404, "Nothing is at '/" + strings.Repeat("x", 99) + "'."},
		{"POST", "/metrics", "", nil, 405, "The method is not allowed here. Allowed are: GET, HEAD."},
		{"ET", "/metrics", "", nil, 405, "Allowed are: GET, HEAD."},
		{"DELETE", "/log-level", "", nil, 405, "Allowed are: GET, HEAD, PUT."},
		{"PUT", "/log-level", "debug", nil, 400, `The body must be {"level":"debug"}, with debug, info, warn or error.`},
		{"PUT", "/log-level", `{"level":"loud"}`, nil, 400, "The body must be"},
		{"PUT", "/log-level", `{"level":"debug"} {"level":"info"}`, nil, 400, "The body must be"},
		{"PUT", "/log-level", `{"level":"debug","more":1}`, nil, 400, "The body must be"},
		{"PUT", "/log-level", `{"level":"` + strings.Repeat("x", 2000) + `"}`, nil, 400, "The body must be"},
		{"GET", "/debug/pprof/profile?seconds=301", "", nil, 400, "'seconds' is '301'; it must be a number from 1 to 300."},
		{"GET", "/debug/pprof/heap?seconds=x", "", nil, 400, "'seconds' is 'x'"},
		{"GET", "/metrics", "", host("evil.example"), 400, "'Host' is 'evil.example'; it must be localhost or an address, as in 127.0.0.1:9090."},
		{"GET", "/metrics", "", host("localhost.evil.example:9090"), 400, "'Host' is"},
		{"GET", "/debug/pprof/profile?seconds=1", "", from("cross-site"), 403, "A page of another origin sent this; the admin listener has no answer for it."},
		{"PUT", "/log-level", `{"level":"debug"}`, from("same-site"), 403, "A page of another origin"},
	} {
		response, text := askAdmin(t, row.method, url+row.path, row.body, row.change)
		wantAdminError(t, row.method+" "+row.path, response, text, row.status, row.message)
	}
	for _, site := range []string{"none", "same-origin"} { // typed into a browser, or a link of this page
		if response, text := askAdmin(t, "GET", url+"/livez", "", from(site)); response.StatusCode != http.StatusOK {
			t.Errorf("Sec-Fetch-Site %s: %s %s", site, response.Status, text)
		}
	}
	for _, name := range []string{"localhost", "LOCALHOST:1", "127.0.0.1", "[::1]:9090", "10.0.0.1:9090"} {
		if response, text := askAdmin(t, "GET", url+"/livez", "", host(name)); response.StatusCode != http.StatusOK {
			t.Errorf("Host %s: %s %s", name, response.Status, text)
		}
	}
}

func wantAdminError(t *testing.T, what string, response *http.Response, text string, status int, message string) {
	t.Helper()
	var body struct {
		Error struct {
			Code, Message string
			InnerError    struct {
				Date      string
				RequestID string `json:"request-id"`
			}
		}
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(&body)
	if response.StatusCode != status || err != nil || body.Error.Code == "" || !strings.Contains(body.Error.Message, message) ||
		body.Error.InnerError.Date == "" || body.Error.InnerError.RequestID != response.Header.Get("request-id") || (status == 405) != (response.Header.Get("Allow") != "") {
		t.Errorf("%s = %s %v %s (%v); want %d with %s", what, response.Status, response.Header, text, err, status, message)
	}
}

// TestAdminProfilesOneByOne: while a profile is taken, another one is refused.
func TestAdminProfilesOneByOne(t *testing.T) {
	_, url := serveAdmin(t, t.TempDir())
	ended := make(chan string)
	go func() {
		for {
			response, _ := askAdmin(t, "GET", url+"/debug/pprof/profile?seconds=3", "", nil)
			if response.StatusCode != http.StatusTooManyRequests { // or else one of those below was first
				ended <- response.Status
				return
			}
		}
	}()
	for {
		response, text := askAdmin(t, "GET", url+"/debug/pprof/heap", "", nil)
		if response.StatusCode != http.StatusOK {
			wantAdminError(t, "a second profile", response, text, http.StatusTooManyRequests, "Another profile is being taken.")
			break
		}
		select {
		case status := <-ended:
			t.Fatalf("the first profile ended with %s, and no second one was refused", status)
		default:
		}
	}
	if status := <-ended; status != "200 OK" {
		t.Errorf("the first profile: %s", status)
	}
}

// TestAdminToken: with a token file, each request needs its token, on an address that others reach and on one
// of this machine. A token that is put into the file works at once, and the old one no more.
func TestAdminToken(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const first, second = "first-0123456789abcdef", "second-0123456789abcdef"
	write(first + "\n")
	for _, addr := range []string{"127.0.0.1:0", "0.0.0.0:0"} {
		write(first + "\n")
		p, url := serveAdmin(t, t.TempDir(), "--admin-addr", addr, "--admin-token-file", file)
		ask := func(token string, want int) {
			t.Helper()
			for _, path := range []string{"/metrics", "/livez", "/debug/pprof/heap", "/log-level", "/none"} {
				response, text := askAdmin(t, "GET", url+path, "", func(r *http.Request) {
					if token != "" {
						r.Header.Set("Authorization", "Bearer "+token)
					}
				})
				if want == http.StatusUnauthorized {
					wantAdminError(t, path, response, text, want, "This needs the token of --admin-token-file. Send the header: Authorization: Bearer {token}.")
				} else if (response.StatusCode == http.StatusOK) != (path != "/none") {
					t.Errorf("%s with the token: %s", path, response.Status)
				}
			}
		}
		ask("", http.StatusUnauthorized)
		ask("wrong", http.StatusUnauthorized)
		ask(first, http.StatusOK)
		write(second)
		ask(first, http.StatusUnauthorized)
		ask(second, http.StatusOK)
		write("")
		ask(second, http.StatusUnauthorized)
		if log := p.Log(); !strings.Contains(log, "a request of the admin listener lacks its token") || !strings.Contains(log, "must hold one token") || strings.Contains(log, second) {
			t.Errorf("the log is %s", log)
		}
	}
}

// TestLogLevel: the level that the flag sets, and that is set while the server runs, decides which lines there
// are.
func TestLogLevel(t *testing.T) {
	data := t.TempDir()
	p, url := serveAdmin(t, data, "--log-level", "warn")
	token, client := mustRun(t, "token", "--data", data), checked.Client(t)
	for _, row := range []struct {
		level string // to set, "" for none
		want  string // among the lines of a request, "" if there must be none
	}{
		{"", ""},
		{"debug", `"operation":"getMySettings"`},
		{"info", `"msg":"request"`},
		{"error", ""},
	} {
		if row.level != "" {
			response, text := askAdmin(t, "PUT", url+"/log-level", `{"level":"`+row.level+`"}`, nil)
			if want := `{"level":"` + row.level + `"}` + "\n"; response.StatusCode != http.StatusOK || text != want {
				t.Errorf("PUT %s = %s %s", row.level, response.Status, text)
			}
		}
		before := len(p.Log())
		checked.Send(t, client, "GET", p.URL+"/beta/me/analytics/settings", token, "")
		for end := time.Now().Add(10 * time.Second); row.want != "" && !strings.Contains(p.Log()[before:], row.want) && time.Now().Before(end); {
			time.Sleep(time.Millisecond)
		}
		if lines := p.Log()[before:]; !strings.Contains(lines, row.want) || row.want == "" && strings.Contains(lines, "request_id") {
			t.Errorf("at the level %s a request is logged as %q, want %q", row.level, lines, row.want)
		}
	}
	if log := p.Log(); strings.Count(log, "the level of the log is changed") != 3 {
		t.Errorf("the log does not tell of each change: %s", log)
	}
}

// TestAdminStopsLast: while the server waits for a request under way at its end, it can be scraped, and new
// clients of the API are refused. It ends with 0 all the same.
func TestAdminStopsLast(t *testing.T) {
	data := t.TempDir()
	p, url := serveAdmin(t, data)
	token := mustRun(t, "token", "--data", data)
	connection, err := p.Dial()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = connection.Close() }()
	body := []byte(`{"requests":[]}`)
	_, _ = io.WriteString(connection, "POST /beta/$batch HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nAuthorization: Bearer "+token+"\r\nContent-Length: 15\r\n\r\n")
	_, _ = connection.Write(body[:5])
	inFlight := func() bool {
		_, text := askAdmin(t, "GET", url+"/metrics", "", nil)
		return strings.Contains(text, "\nafterhours_requests_in_flight 1\n")
	}
	for end := time.Now().Add(10 * time.Second); !inFlight() && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	ended := make(chan error)
	go func() { ended <- p.End(syscall.SIGTERM) }()
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		fresh, err := p.Dial()
		if err != nil {
			break // the API's listener is closed
		}
		_ = fresh.Close()
		if time.Now().After(end) {
			t.Fatal("the API's listener is not closed")
		}
	}
	if !inFlight() {
		t.Error("the scrape of a server that ends does not show the request under way")
	}
	_, _ = connection.Write(body[5:])
	answer, _ := io.ReadAll(connection)
	if err := <-ended; err != nil || !bytes.HasPrefix(answer, []byte("HTTP/1.1 ")) {
		t.Errorf("the server ended with %v after answering %q", err, answer)
	}
}
