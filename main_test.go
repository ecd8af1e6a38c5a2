package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"afterhours/contract/checked"
)

// asProgram makes the test binary run the program instead of the tests, so that
// tests can start, signal and kill a real process.
const asProgram = "AFTERHOURS_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// process is the program, running as a process of its own.
type process struct {
	t       *testing.T
	command *exec.Cmd
	url     string
	lines   *bufio.Scanner // standard output
	stderr  *bytes.Buffer
}

// startServe starts serve on the folder and waits until it listens.
func startServe(t *testing.T, dir string, args ...string) *process {
	t.Helper()
	args = append([]string{"serve", "--addr", "127.0.0.1:0", "--data", dir}, args...)
	p := &process{t: t, command: exec.Command(os.Args[0], args...), stderr: new(bytes.Buffer)}
	p.command.Env = append(os.Environ(), asProgram+"=1")
	p.command.Stderr = p.stderr
	out, err := p.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.command.Process.Kill() })
	p.lines = bufio.NewScanner(out)
	url, found := strings.CutPrefix(p.line(), "listening on ")
	if !found {
		t.Fatalf("serve did not say where it listens: %s", p.stderr)
	}
	p.url = url
	return p
}

func (p *process) line() string {
	p.lines.Scan()
	return p.lines.Text()
}

// end sends the signal and waits for the process to end.
func (p *process) end(signal os.Signal) error {
	p.t.Helper()
	if err := p.command.Process.Signal(signal); err != nil {
		p.t.Fatal(err)
	}
	for p.lines.Scan() {
		continue
	}
	return p.command.Wait()
}

// command runs a command line of the program in this process.
func command(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	err := run(t.Context(), args, func(string) string { return "" }, strings.NewReader(""), &out, io.Discard)
	return out.String(), err
}

func mustCommand(t *testing.T, args ...string) string {
	t.Helper()
	out, err := command(t, args...)
	if err != nil {
		t.Fatalf("afterhours %s: %v", strings.Join(args, " "), err)
	}
	return strings.TrimSuffix(out, "\n")
}

// send sends a request and returns status, entity tag and body.
func send(t *testing.T, client *http.Client, method, url, token, body string) (int, string, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "application/json")
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, response.Header.Get("ETag"), string(text)
}

// runCurl runs a printed command, without its first word, and holds the answer against
// the contract.
func runCurl(t *testing.T, method, arguments string) (status int, text string) {
	t.Helper()
	request := httptest.NewRequestWithContext(t.Context(), method, regexp.MustCompile(`https?://\S+`).FindString(arguments), nil)
	out, err := exec.CommandContext(t.Context(), "bash", "-c", "curl -sSi --http1.1 "+arguments).CombinedOutput()
	if err != nil {
		t.Fatalf("curl %s: %v: %s", arguments, err, out)
	}
	response, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(out)), request)
	if err != nil {
		t.Fatalf("curl %s: %v: %s", arguments, err, out)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	checked.Answer(t, request, response, body)
	return response.StatusCode, string(body)
}

// TestDemo does what the README's first command shows: serve --demo in an empty
// folder, then the printed command, by curl where there is one.
func TestDemo(t *testing.T) {
	p := startServe(t, filepath.Join(t.TempDir(), "data"), "--demo")
	var printed strings.Builder
	for !strings.HasSuffix(printed.String(), "}'\n") {
		printed.WriteString(p.line() + "\n")
	}
	_, curl, found := strings.Cut(printed.String(), "curl ")
	if !found {
		t.Fatalf("no command: %s", printed.String())
	}
	url := regexp.MustCompile(`http://\S+`).FindString(curl)
	token := regexp.MustCompile(`Bearer ([^']+)'`).FindStringSubmatch(curl)[1]
	body := curl[strings.Index(curl, "-d '")+4 : strings.LastIndex(curl, "'")]
	client := checked.Client(t)
	for _, base := range []string{"/beta/me", "/v1.0/me", "/localtest/me", "/beta/users/" + demoUser, "/v1.0/users/" + demoUPN, "/localtest/users/" + demoUser} {
		status, _, text := send(t, client, "PATCH", strings.Replace(url, "/beta/me", base, 1), token, body)
		if status != http.StatusOK || !strings.Contains(text, `"duration":"-PT1M55.0810357S","afterHours":"-PT1M34.3242013S"`) {
			t.Errorf("%s: %d %s", base, status, text)
		}
	}
	if _, _, count := send(t, client, "GET", url[:strings.LastIndex(url, "/")]+"/$count", token, ""); count != "35" {
		t.Errorf("%s statistics, want 35", count)
	}
	if _, err := exec.LookPath("curl"); err == nil {
		if status, text := runCurl(t, "PATCH", curl); status != http.StatusOK || !strings.Contains(text, `"duration":"-PT1M55.0810357S"`) {
			t.Errorf("curl: %d %s", status, text)
		}
	}
	for _, addr := range []string{p.url, strings.TrimPrefix(p.url, "http://")} {
		if out := mustCommand(t, "health", "--addr", addr); out != "ready" {
			t.Errorf("health: %q", out)
		}
	}
	if err := p.end(syscall.SIGTERM); err != nil {
		t.Errorf("SIGTERM: %v: %s", err, p.stderr)
	}
	if _, err := command(t, "health", "--addr", p.url); err == nil {
		t.Error("health of a server that has ended succeeds")
	}
}

// TestRestart: what was answered is there after an orderly end and after kill -9,
// with the entity tag that was answered.
func TestRestart(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
		t.Run(signal.String(), func(t *testing.T) {
			dir := t.TempDir()
			token := mustCommand(t, "token", "--data", dir)
			p := startServe(t, dir, "--demo")
			item := "/beta/me/analytics/activityStatistics/" + demoID("call", demoWeek(time.Now()))
			status, tag, text := send(t, checked.Client(t), "PATCH", p.url+item, token, `{"duration":"-PT1M55.0810357S"}`)
			_ = p.end(signal) // kill -9 right after the answer
			if status != http.StatusOK {
				t.Fatalf("PATCH: %d %s", status, text)
			}
			again := startServe(t, dir, "--demo") // --demo leaves alone what is there
			status, tagAgain, textAgain := send(t, checked.Client(t), "GET", again.url+item, token, "")
			text = strings.Replace(text, p.url, again.url, 1)
			if status != http.StatusOK || tagAgain != tag || textAgain != text {
				t.Errorf("after the restart: %d %s\n%s\nwant %s\n%s", status, tagAgain, textAgain, tag, text)
			}
		})
	}
}

// TestDrain: SIGTERM under load ends no request that was under way without an
// answer, loses no answered write, and the process exits 0.
func TestDrain(t *testing.T) {
	dir := t.TempDir()
	token := mustCommand(t, "token", "--data", dir)
	p := startServe(t, dir)
	client := checked.Client(t)
	var created sync.Map
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for n := 0; ; n++ {
				id := fmt.Sprintf("s%d-%d", i, n)
				body := `{"@odata.type":"#microsoft.graph.focusActivityStatistics","id":"` + id + `"}`
				request, _ := http.NewRequest("POST", p.url+"/beta/me/analytics/activityStatistics", strings.NewReader(body))
				request.Header.Set("Authorization", "Bearer "+token)
				request.Header.Set("Content-Type", "application/json")
				response, err := client.Do(request)
				if err != nil {
					if errors.Is(err, io.ErrUnexpectedEOF) {
						t.Errorf("an answer was cut off: %v", err)
					}
					return // the server takes no more
				}
				_ = response.Body.Close()
				created.Store(id, response.StatusCode)
			}
		})
	}
	time.Sleep(300 * time.Millisecond)
	if err := p.end(syscall.SIGTERM); err != nil {
		t.Errorf("exit: %v: %s", err, p.stderr)
	}
	group.Wait()
	again := startServe(t, dir)
	count := 0
	created.Range(func(id, status any) bool {
		count++
		if status != http.StatusCreated {
			t.Errorf("%s: %v", id, status)
		}
		if got, _, _ := send(t, client, "GET", again.url+"/beta/me/analytics/activityStatistics/"+id.(string), token, ""); got != http.StatusOK {
			t.Errorf("%s was answered 201 and is not there: %d", id, got)
		}
		return true
	})
	if count == 0 {
		t.Error("nothing was created")
	}
}

func TestSecondServerIsRefused(t *testing.T) {
	dir := t.TempDir()
	startServe(t, dir)
	out, err := command(t, "serve", "--addr", "127.0.0.1:0", "--data", dir)
	if err == nil || !strings.Contains(err.Error(), "server") {
		t.Errorf("a second server on one folder: %v %s", err, out)
	}
}

// TestUsers: names given on the command line, beside a running server.
func TestUsers(t *testing.T) {
	dir := t.TempDir()
	p := startServe(t, dir)
	app := mustCommand(t, "token", "--data", dir, "--role", "Analytics.ReadWrite.All")
	byName := p.url + "/beta/users/jane@example.com/analytics/activityStatistics/$count"
	if status, _, text := send(t, checked.Client(t), "GET", byName, app, ""); status != http.StatusNotFound {
		t.Errorf("before: %d %s", status, text)
	}
	const jane = "0F8FAD5B-d9cb-469f-a165-70867728950e"
	mustCommand(t, "user", "add", "--data", dir, "--id", jane, "--upn", "Jane@Example.com")
	if status, _, text := send(t, checked.Client(t), "GET", byName, app, ""); status != http.StatusOK || text != "0" {
		t.Errorf("after: %d %s", status, text)
	}
	if got := mustCommand(t, "user", "list", "--data", dir); got != strings.ToLower(jane)+" jane@example.com" {
		t.Errorf("list: %q", got)
	}
	mustCommand(t, "user", "remove", "--data", dir, "--upn", "JANE@example.com")
	if status, _, _ := send(t, checked.Client(t), "GET", byName, app, ""); status != http.StatusNotFound {
		t.Errorf("after remove: %d", status)
	}
	if _, err := command(t, "user", "remove", "--data", dir, "--upn", "jane@example.com"); err == nil {
		t.Error("removing a name twice succeeds")
	}
}

// TestForeignIssuer: a server that trusts another issuer beside its own takes
// that one's tokens, for the audience that it was told.
func TestForeignIssuer(t *testing.T) {
	if _, err := command(t, "serve", "--addr", "127.0.0.1:0", "--data", t.TempDir(), "--store", "memory", "--issuer", "https://id.example.com"); err == nil || !strings.Contains(err.Error(), "audience") {
		t.Errorf("an issuer without an audience: %v", err)
	}
	p := startServe(t, t.TempDir(), "--store", "memory", "--issuer", "https://id.example.com", "--audience", "api")
	strange := mustCommand(t, "token", "--data", t.TempDir())
	status, _, text := send(t, checked.Client(t), "GET", p.url+"/beta/me/analytics/activityStatistics", strange, "")
	if status != http.StatusUnauthorized {
		t.Errorf("a token of another folder's key: %d %s", status, text)
	}
}

// TestPublicURL: with one, links begin with it, whatever the request calls its host.
func TestPublicURL(t *testing.T) {
	dir := t.TempDir()
	p := startServe(t, dir, "--store", "memory", "--demo", "--public-url", "https://graph.example.com/")
	request, err := http.NewRequestWithContext(t.Context(), "GET", p.url+"/beta/me/analytics/activityStatistics?$top=1", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Host = "evil.example"
	request.Header.Set("Authorization", "Bearer "+mustCommand(t, "token", "--data", dir))
	response, err := checked.Client(t).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || strings.Contains(string(text), "evil") {
		t.Errorf("%v: %s", err, text)
	}
	var page map[string]any
	if err := json.Unmarshal(text, &page); err != nil {
		t.Fatal(err)
	}
	next, _ := page["@odata.nextLink"].(string)
	if !strings.HasPrefix(next, "https://graph.example.com/beta/users/"+demoUser) {
		t.Errorf("next link %q", next)
	}
}

// TestCommandLine: what is wrong with a command line is said, and where.
func TestCommandLine(t *testing.T) {
	dir := t.TempDir()
	for _, row := range []struct {
		args, message string
		code          int
	}{
		{"serve --prot 1", "unknown flag: --prot", 2},
		{"serve --store postgres://nobody:secret@127.0.0.1:1/none?connect_timeout=1", "127.0.0.1", 1},
		{"serve --store mongodb", "must be sqlite, memory or a URL", 2},
		{"serve --durability some", "must be full or normal", 2},
		{"serve --addr nowhere", "--addr", 1},
		{"serve --public-url graph.example.com", "write scheme, host and port", 1},
		{"serve --audience x", "none is given", 2},
		{"serve --issuer https://a.example,https://b.example --audience x", "one absolute URL", 1},
		{"token --expires 500ms", "needs a lifetime", 1},
		{"user add --upn q@x --id", "flag needs an argument", 2},
		{"user add --upn q@x --id " + demoUser + " --tenant x", "--tenant \"x\" is no GUID", 2},
		{"user add --upn " + demoUser + " --id " + demoUser, "no user principal name", 2},
		{"user add --upn a/b --id " + demoUser, "no user principal name", 2},
		{"user list --store memory", "keeps nothing", 2},
		{"user", "say add, list or remove", 2},
		{"user bogus", "unknown command", 2},
		{"serve extra", "unknown command", 2},
		{"serve --tls-cert a", "needs --tls-key", 2},
		{"serve --tls-key a", "needs --tls-cert", 2},
		{"serve --tls-dev --tls-cert a --tls-key b", "not both", 2},
		{"serve --store memory --tls-cert nothing --tls-key nothing", "no such file", 1},
		{"serve --store memory --tls-dev --addr graph.microsoft.com:0", "give --tls-cert", 1},
		{"health --ca nothing", "--ca", 1},
		{"token --tenant me", "tenant must be a GUID", 1},
		{"token --role A --scope B", "not both", 1},
		{"user add --id x --upn y", "--id \"x\" is no GUID", 2},
		{"user add --upn y", "required flag(s) \"id\" not set", 2},
		{"fly", "unknown command", 2},
		{"health --addr http://127.0.0.1:1", "refused", 1},
	} {
		args := strings.Fields(row.args)
		if args[0] != "health" && args[0] != "fly" && !strings.HasSuffix(row.args, "--id") {
			args = append(args, "--data", dir)
		}
		_, err := command(t, args...)
		if err == nil || !strings.Contains(err.Error(), row.message) || exitCode(err) != row.code {
			t.Errorf("%s: %v, exit code %d", row.args, err, exitCode(err))
		}
	}
	if out := mustCommand(t, "version"); !strings.HasPrefix(out, "afterhours ") {
		t.Errorf("version: %s", out)
	}
	environment := func(name string) string {
		return map[string]string{"AFTERHOURS_DATA": dir, "AFTERHOURS_EXPIRES": "soon"}[name]
	}
	err := run(context.Background(), []string{"token"}, environment, strings.NewReader(""), io.Discard, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "AFTERHOURS_EXPIRES") {
		t.Errorf("a bad environment variable: %v", err)
	}
}
