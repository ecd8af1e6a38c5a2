package command

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"afterhours/contract/checked"
	"afterhours/contract/program"
)

// TestRestart: after SIGTERM and after SIGKILL the next server has the statistic as it was
// answered, with the same entity tag.
func TestRestart(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
		t.Run(signal.String(), func(t *testing.T) {
			dir := t.TempDir()
			token := mustRun(t, "token", "--data", dir)
			p := program.Serve(t, dir, "--demo")
			item := "/beta/me/analytics/activityStatistics/" + demoID("call", demoWeek(time.Now()))
			status, tag, text := checked.Send(t, checked.Client(t), "PATCH", p.URL+item, token, `{"duration":"-PT1M55.0810357S"}`)
			_ = p.End(signal) // right after the response
			if status != http.StatusOK {
				t.Fatalf("PATCH: %d %s", status, text)
			}
			again := program.Serve(t, dir, "--demo") // --demo changes no statistic that exists
			status, tagAgain, textAgain := checked.Send(t, checked.Client(t), "GET", again.URL+item, token, "")
			text = strings.Replace(text, p.URL, again.URL, 1)
			if status != http.StatusOK || tagAgain != tag || textAgain != text {
				t.Errorf("after the restart: %d %s\n%s\nwant %s\n%s", status, tagAgain, textAgain, tag, text)
			}
		})
	}
}

// TestDrain: after SIGTERM under load, every request under way is answered, no answered write
// is lost, and the process exits 0.
func TestDrain(t *testing.T) {
	dir := t.TempDir()
	token := mustRun(t, "token", "--data", dir)
	p := program.Serve(t, dir)
	client := checked.Client(t)
	var created sync.Map
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for n := 0; ; n++ {
				id := fmt.Sprintf("s%d-%d", i, n)
				body := `{"@odata.type":"#microsoft.graph.focusActivityStatistics","id":"` + id + `"}`
				request, _ := http.NewRequest("POST", p.URL+"/beta/me/analytics/activityStatistics", strings.NewReader(body))
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
	if err := p.End(syscall.SIGTERM); err != nil {
		t.Errorf("exit: %v: %s", err, p.Log())
	}
	group.Wait()
	again := program.Serve(t, dir)
	count := 0
	created.Range(func(id, status any) bool {
		count++
		if status != http.StatusCreated {
			t.Errorf("%s: %v", id, status)
		}
		if got, _, _ := checked.Send(t, client, "GET", again.URL+"/beta/me/analytics/activityStatistics/"+id.(string), token, ""); got != http.StatusOK {
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
	program.Serve(t, dir)
	out, err := run(t, "serve", "--addr", "127.0.0.1:0", "--data", dir)
	if err == nil || !strings.Contains(err.Error(), "server") {
		t.Errorf("a second server on one folder: %v %s", err, out)
	}
}

// TestLimit: with --limit a caller who sends more requests than that gets 429, and is told when to come
// again.
func TestLimit(t *testing.T) {
	dir := t.TempDir()
	p := program.Serve(t, dir, "--store", "memory", "--limit", "1")
	token, client := mustRun(t, "token", "--data", dir), checked.Client(t)
	for range 60 {
		status, _, body := checked.Send(t, client, http.MethodGet, p.URL+"/beta/me/analytics/settings", token, "")
		switch {
		case status == http.StatusTooManyRequests && strings.Contains(body, "The limit of requests a second for each caller is 1; try again after 1 s."):
			return
		case status != http.StatusOK:
			t.Fatalf("%d %s", status, body)
		}
	}
	t.Error("60 requests at once were not too many")
}

// TestEverySpellingLocks: no spelling of --store opens the data folder without its lock.
func TestEverySpellingLocks(t *testing.T) {
	dir := t.TempDir()
	program.Serve(t, dir)
	for _, spelling := range []string{"sqlite", "SQLite", "SQLITE", " sqlite", "sqlite ", "sqlite:", "sqlite:///", "sqlite3", "sqlite3://x", "file:x", "./afterhours.db", ""} {
		_, err := run(t, "serve", "--addr", "127.0.0.1:0", "--data", dir, "--store", spelling)
		if err == nil || !strings.Contains(err.Error(), "in use by another server") && ExitCode(err) != 2 {
			t.Errorf("--store %q beside a server: %v", spelling, err)
		}
	}
}

// TestForeignIssuer: --issuer needs --audience, and a token of a third issuer is 401.
func TestForeignIssuer(t *testing.T) {
	if _, err := run(t, "serve", "--addr", "127.0.0.1:0", "--data", t.TempDir(), "--store", "memory", "--issuer", "https://id.example.com"); err == nil || !strings.Contains(err.Error(), "audience") {
		t.Errorf("an issuer without an audience: %v", err)
	}
	p := program.Serve(t, t.TempDir(), "--store", "memory", "--issuer", "https://id.example.com", "--audience", "api")
	strange := mustRun(t, "token", "--data", t.TempDir())
	status, _, text := checked.Send(t, checked.Client(t), "GET", p.URL+"/beta/me/analytics/activityStatistics", strange, "")
	if status != http.StatusUnauthorized {
		t.Errorf("a token of another folder's key: %d %s", status, text)
	}
}

// TestPublicURL: links begin with --public-url, whatever the Host of the request.
func TestPublicURL(t *testing.T) {
	dir := t.TempDir()
	p := program.Serve(t, dir, "--store", "memory", "--demo", "--public-url", "https://graph.example.com/")
	request, err := http.NewRequestWithContext(t.Context(), "GET", p.URL+"/beta/me/analytics/activityStatistics?$top=1", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Host = "evil.example"
	request.Header.Set("Authorization", "Bearer "+mustRun(t, "token", "--data", dir))
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
