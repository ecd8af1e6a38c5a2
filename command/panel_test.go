package command

import (
	"net/http"
	"strings"
	"testing"

	"afterhours/contract/checked"
	"afterhours/contract/program"
)

// TestPanel: on a terminal, serve --demo shows links that open, and ends at Ctrl-C as it says.
func TestPanel(t *testing.T) {
	terminal := onTerminal(t, "trap : INT; TERM=xterm "+program.Path(t)+" serve --demo --addr 127.0.0.1:0 --data "+t.TempDir()+"; echo exit code $?")
	url := terminal.read(`^listening on (http://[\d.:]+)$`)[1]
	client := checked.Client(t)
	for _, label := range []string{"week", "docs"} {
		link, token, _ := strings.Cut(terminal.read(`^  ` + label + `  (\S+)$`)[1], "#token=")
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, link, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Accept", "text/html") // as a browser does
		page, err := client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = page.Body.Close()
		if kind := page.Header.Get("Content-Type"); page.StatusCode != http.StatusOK || !strings.HasPrefix(kind, "text/html") {
			t.Errorf("%s = %s, %s", link, page.Status, kind)
		}
		if status, _, text := checked.Send(t, client, http.MethodGet, url+program.Statistics, token, ""); status != http.StatusOK {
			t.Errorf("with the token of %s: %d %s", label, status, text)
		}
	}
	terminal.read(`^  stop  Ctrl-C$`)
	terminal.read(`^TOKEN=`)
	if _, err := terminal.keyboard.Write([]byte("\x03")); err != nil {
		t.Fatal(err)
	}
	terminal.read(`^exit code 0$`)
}
