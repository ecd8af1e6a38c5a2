package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
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
