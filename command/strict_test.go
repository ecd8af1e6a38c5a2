package command

import (
	"strings"
	"syscall"
	"testing"

	"afterhours/contract/checked"
	"afterhours/contract/program"
)

// TestServeStrict checks that serve --strict refuses what Graph leaves open, that the printed command of
// --demo still works, and that serve without it takes the same write and logs a hint.
func TestServeStrict(t *testing.T) {
	const write = `{"@odata.type":"#microsoft.graph.callActivityStatistics","id":"a","timeZoneUsed":"Time Zone Used value"}`
	dir := t.TempDir()
	token := mustRun(t, "token", "--data", dir)
	post := func(p *program.Server) (int, string) {
		status, _, text := checked.Send(t, checked.Client(t), "POST", p.URL+"/beta/me/analytics/activityStatistics", token, write)
		return status, text
	}
	strict := program.Serve(t, dir, "--strict", "--demo")
	var printed strings.Builder
	for !strings.HasSuffix(printed.String(), "}'\n") {
		printed.WriteString(strict.Line() + "\n")
	}
	if !strings.Contains(printed.String(), `"timeZoneUsed": "Pacific Standard Time"`) {
		t.Errorf("printed: %s", printed.String())
	}
	if status, text := post(strict); status != 400 || !strings.Contains(text, "'timeZoneUsed' is 'Time Zone Used value'; it must be the name of a time zone") {
		t.Errorf("strict: %d %s", status, text)
	}
	if err := strict.End(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	lenient := program.Serve(t, dir)
	if status, text := post(lenient); status != 201 {
		t.Errorf("not strict: %d %s", status, text)
	}
	if log := lenient.Log(); !strings.Contains(log, `"rule":"unknownTimeZone"`) {
		t.Errorf("no hint in the log: %s", log)
	}
}
