package command

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"afterhours/contract/program"
)

// TestEnvironment: a flag is taken from its environment variable unless it is given, and an
// error names the variable.
func TestEnvironment(t *testing.T) {
	dir := t.TempDir()
	environment := map[string]string{"AFTERHOURS_DATA": dir, "AFTERHOURS_EXPIRES": "soon"}
	if _, _, err := runWith(t, environment, "", "token"); err == nil || !strings.Contains(err.Error(), "AFTERHOURS_EXPIRES") || ExitCode(err) != 2 {
		t.Errorf("a bad value: %v", err)
	}
	for variable, message := range map[string]string{
		"AFTERHOURS_STORE=mysql": "environment variable AFTERHOURS_STORE: --store mysql: it must be",
		"AFTERHOURS_DEMO=on":     "environment variable AFTERHOURS_DEMO: --demo on: it must be true or false;",
	} {
		name, value, _ := strings.Cut(variable, "=")
		if _, _, err := runWith(t, map[string]string{name: value, "AFTERHOURS_DATA": dir}, "", "serve"); err == nil || !strings.Contains(err.Error(), message) || ExitCode(err) != 2 {
			t.Errorf("%s: %v", variable, err)
		}
	}
	if _, _, err := runWith(t, environment, "", "token", "--expires", "1h"); err != nil {
		t.Errorf("a bad value of a flag that is given: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "issuer.key")); err != nil {
		t.Errorf("AFTERHOURS_DATA is not used: %v", err)
	}
}

// TestUnknownVariables: serve names variables that look like those of flags and are not, but
// not their values.
func TestUnknownVariables(t *testing.T) {
	command := exec.Command(program.Path(t), "serve", "--addr", "127.0.0.1:0", "--data", t.TempDir())
	command.Env = append(os.Environ(), "AFTERHOURS_STROE=secret", "AFTERHOURS_COLOUR=secret", "AFTERHOURS_STORE=memory", "AFTERHOURS_CA=x")
	server, err := program.Start(command)
	if err != nil {
		t.Fatal(err)
	}
	if err := server.End(os.Interrupt); err != nil {
		t.Error(err)
	}
	log := server.Log()
	for _, want := range []string{
		`"level":"WARN","msg":"no flag has this environment variable (did you mean AFTERHOURS_STORE?)","name":"AFTERHOURS_STROE"`,
		`"level":"WARN","msg":"no flag has this environment variable","name":"AFTERHOURS_COLOUR"`,
	} {
		if !strings.Contains(log, want) {
			t.Errorf("the log has no %s: %s", want, log)
		}
	}
	for _, other := range []string{"secret", `"AFTERHOURS_STORE"`, "AFTERHOURS_CA"} {
		if strings.Contains(log, other) {
			t.Errorf("the log has %s: %s", other, log)
		}
	}
}
