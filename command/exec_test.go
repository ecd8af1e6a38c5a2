package command

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"afterhours/contract/checked"
	"afterhours/contract/program"
	"afterhours/store/cassandra/cassandratest"
)

// executing is exec with a command that runs.
type executing struct {
	*exec.Cmd
	stdin  io.WriteCloser
	lines  *bufio.Scanner // of standard output
	stderr bytes.Buffer   // to read after the end
}

// environmentWithoutOurs returns the environment of the test without the variables of the program. It would
// warn of those that are for tests, such as AFTERHOURS_TEST_POSTGRES.
func environmentWithoutOurs() []string {
	return slices.DeleteFunc(os.Environ(), func(variable string) bool { return strings.HasPrefix(variable, variablePrefix) })
}

// startExec starts exec in a folder, with variables for its environment.
func startExec(t *testing.T, folder string, variables []string, args ...string) *executing {
	t.Helper()
	e := &executing{Cmd: exec.Command(program.Path(t), append([]string{"exec"}, args...)...)}
	e.Dir, e.Env, e.Stderr = folder, append(environmentWithoutOurs(), variables...), &e.stderr
	e.WaitDelay = time.Minute // for what the command may leave behind
	var err error
	if e.stdin, err = e.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := e.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	e.lines = bufio.NewScanner(out)
	if err := e.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Process.Kill() })
	return e
}

// line returns the next line that the command prints, "" if it has ended.
func (e *executing) line() string {
	e.lines.Scan()
	return e.lines.Text()
}

// end closes standard input, waits for the end, and returns the exit code.
func (e *executing) end() int {
	_ = e.stdin.Close()
	for e.lines.Scan() { // Wait must not be called before all is read
		continue
	}
	_ = e.Wait()
	return e.ProcessState.ExitCode()
}

// runExec runs exec to its end.
func runExec(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, logged bytes.Buffer
	command := exec.Command(program.Path(t), append([]string{"exec"}, args...)...)
	command.Env, command.Stdout, command.Stderr = environmentWithoutOurs(), &out, &logged
	var exited *exec.ExitError
	if err := command.Run(); err != nil && !errors.As(err, &exited) {
		t.Fatal(err)
	}
	return command.ProcessState.ExitCode(), out.String(), logged.String()
}

// wantGone fails the test unless no server listens at the URL within a minute.
func wantGone(t *testing.T, url string) {
	t.Helper()
	_, address, _ := strings.Cut(url, "://")
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		connection, err := net.Dial("tcp", address)
		if err != nil {
			return
		}
		_ = connection.Close()
	}
	t.Errorf("a server still listens at %s", url)
}

// TestExec: the command finds a server with data, both tokens, and standard input. Variables of an
// outer exec do not reach it. The server is gone after the command.
func TestExec(t *testing.T) {
	folder := t.TempDir()
	outer := []string{"AFTERHOURS_URL=http://outer", "AFTERHOURS_TOKEN=outer", "AFTERHOURS_CONTROL_TOKEN=outer", "AFTERHOURS_CA_FILE=outer", "AFTERHOURS_USER=outer"}
	e := startExec(t, folder, outer, "--demo", "--seed", seedFile(t, "seed.jsonl", goodRow), "--", "sh", "-c",
		`echo $AFTERHOURS_URL; echo $AFTERHOURS_TOKEN; echo $AFTERHOURS_CONTROL_TOKEN; echo $AFTERHOURS_TENANT $AFTERHOURS_USER; echo "<$AFTERHOURS_CA_FILE>"; cat; echo told >&2; exit 3`)
	url, token, controlToken := e.line(), e.line(), e.line()
	if line := e.line(); line != demoTenant+" "+demoUser {
		t.Errorf("tenant and user are %q", line)
	}
	if line := e.line(); line != "<>" {
		t.Errorf("without TLS the certificate is %q", line)
	}
	if status, _, text := checked.Send(t, checked.Client(t), "GET", url+program.Statistics+"/$count", token, ""); status != http.StatusOK || text != "36" {
		t.Errorf("with the token: %d %s", status, text)
	}
	if status, _, text := checked.Send(t, checked.Client(t), "POST", url+"/control/reset", controlToken, "{}"); status != http.StatusNoContent {
		t.Errorf("with the control token: %d %s", status, text)
	}
	_, _ = io.WriteString(e.stdin, "a line of standard input\n")
	if line := e.line(); line != "a line of standard input" {
		t.Errorf("the command read %q", line)
	}
	if code := e.end(); code != 3 || e.stderr.String() != "told\n" {
		t.Errorf("exit code %d: %s", code, e.stderr.String())
	}
	wantGone(t, url)
	if files, err := os.ReadDir(folder); err != nil || len(files) > 0 {
		t.Errorf("exec left %v, %v", files, err)
	}
}

// TestExecOverCassandra: a server over a ring has the demo data, and no control API unless it is asked for, which
// is refused.
func TestExecOverCassandra(t *testing.T) {
	address := cassandratest.Address(t)
	e := startExec(t, t.TempDir(), nil, "--demo", "--store", address, "--", "sh", "-c", `echo $AFTERHOURS_URL; echo $AFTERHOURS_TOKEN; echo "<$AFTERHOURS_CONTROL_TOKEN>"; cat`)
	url, token, controlToken := e.line(), e.line(), e.line()
	if status, _, text := checked.Send(t, checked.Client(t), "GET", url+program.Statistics+"/$count", token, ""); status != http.StatusOK || text != "35" {
		t.Errorf("GET = %d %s", status, text)
	}
	if controlToken != "<>" {
		t.Errorf("the control token is %s", controlToken)
	}
	if code := e.end(); code != 0 {
		t.Errorf("exit code %d: %s", code, e.stderr.String())
	}
	if _, err := run(t, "exec", "--store", address, "--control", "--", "true"); ExitCode(err) != 2 || !strings.Contains(err.Error(), "cannot be reset") {
		t.Errorf("with --control: %v", err)
	}
}

// TestExecExitCodes: the exit code is what a shell would return. Only a command that did not run is
// told about.
func TestExecExitCodes(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{"letter": "Dear Megan,\n", "script": "#!/no/such/shell\n"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(folder, "data"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		command string
		code    int
		told    string // to standard error
	}{
		{"true", 0, ""},
		{"sh -c exit${IFS}7", 7, ""},
		{"sh -c kill${IFS}-KILL${IFS}$$", 137, ""},
		{"sh -c kill${IFS}-PIPE${IFS}$$", 141, ""}, // which the server ignores, and the command must not
		{"no-such-program", 127, "there is no program no-such-program in the folders of PATH"},
		{folder + "/none", 127, "there is no program "},
		{folder + "/script", 127, "or not the one that its first line names"},
		{folder + "/letter", 126, "cannot be executed: exec format error"},
		{folder + "/data", 126, "its rights do not let this user"},
		{folder, 126, "is a directory"},
	} {
		code, _, told := runExec(t, append([]string{"--"}, strings.Fields(row.command)...)...)
		if code != row.code || !strings.Contains(told, row.told) || (told == "") != (row.told == "") {
			t.Errorf("%s: exit code %d: %s", row.command, code, told)
		}
	}
}

// TestExecNeedsACommand: a command that is empty, as of a variable that is not set, is as none.
func TestExecNeedsACommand(t *testing.T) {
	for _, args := range [][]string{nil, {"--"}, {"--", ""}, {"--", "", "x"}} {
		if code, _, told := runExec(t, args...); code != 2 || !strings.Contains(told, "name the COMMAND") {
			t.Errorf("%q: exit code %d: %s", args, code, told)
		}
	}
}

// TestExecFolder: a folder is made if the server needs one, for the time of the command, and the
// folder of --data stays.
func TestExecFolder(t *testing.T) {
	temporary, data := t.TempDir(), filepath.Join(t.TempDir(), "data")
	here := []string{"TMPDIR=" + temporary}
	e := startExec(t, t.TempDir(), here, "--tls-dev", "--", "sh", "-c", `echo $AFTERHOURS_URL; echo $AFTERHOURS_TOKEN; echo $AFTERHOURS_CA_FILE; echo $NODE_EXTRA_CA_CERTS; cat`)
	url, token, caFile := e.line(), e.line(), e.line()
	if line := e.line(); line != caFile || filepath.Dir(filepath.Dir(caFile)) != temporary {
		t.Errorf("the certificate is %q, for Node %q", caFile, line)
	}
	if status, _, text := checked.Send(t, clientTrusting(t, caFile), "GET", url+program.Statistics, token, ""); status != http.StatusOK {
		t.Errorf("https: %d %s", status, text)
	}
	if code := e.end(); code != 0 {
		t.Errorf("exit code %d: %s", code, e.stderr.String())
	}
	for _, args := range [][]string{{"--store", "sqlite"}, {"--store", "sqlite", "--data", data}, {"--store", "sqlite", "--data", data}} {
		if e := startExec(t, t.TempDir(), here, append(args, "--", "true")...); e.end() != 0 {
			t.Errorf("%s: %s", args, e.stderr.String())
		}
	}
	if files, err := os.ReadDir(temporary); err != nil || len(files) > 0 {
		t.Errorf("exec left %v, %v", files, err)
	}
	if !isThere(t, filepath.Join(data, "afterhours.db")) {
		t.Error("the store of --data is gone")
	}
}

// TestExecLog: warnings are on standard error, or with the requests in the file of --log-file.
func TestExecLog(t *testing.T) {
	file := filepath.Join(t.TempDir(), "server.log")
	mistyped := []string{"AFTERHOURS_STROE=x"}
	health := []string{"--", "sh", "-c", program.Path(t) + " health --addr $AFTERHOURS_URL"}
	e := startExec(t, t.TempDir(), mistyped, health...)
	if code, told := e.end(), &e.stderr; code != 0 || strings.Count(told.String(), "\n") != 1 || !strings.Contains(told.String(), "AFTERHOURS_STROE") {
		t.Errorf("exit code %d: %s", code, told)
	}
	e = startExec(t, t.TempDir(), mistyped, append([]string{"--log-file", file}, health...)...)
	if code := e.end(); code != 0 || e.stderr.Len() > 0 {
		t.Errorf("with a file, exit code %d: %s", code, e.stderr.String())
	}
	if log := mustRead(t, file); !strings.Contains(log, "AFTERHOURS_STROE") || !strings.Contains(log, `"route":"/readyz"`) {
		t.Errorf("the file has %s", log)
	}
}

// TestFaultIsNoErrorOfTheServer: a 503 that a test has asked for is in the log, but not as an error.
func TestFaultIsNoErrorOfTheServer(t *testing.T) {
	file := filepath.Join(t.TempDir(), "server.log")
	e := startExec(t, t.TempDir(), nil, "--log-file", file, "--", "sh", "-c", "echo $AFTERHOURS_URL; echo $AFTERHOURS_TOKEN; echo $AFTERHOURS_CONTROL_TOKEN; cat")
	url, token, controlToken := e.line(), e.line(), e.line()
	if status, _, text := checked.Send(t, checked.Client(t), "POST", url+"/control/faults/presets/unavailable", controlToken, "{}"); status != http.StatusCreated {
		t.Fatalf("%d %s", status, text)
	}
	if status, _, text := checked.Send(t, checked.Client(t), "GET", url+program.Statistics, token, ""); status != http.StatusServiceUnavailable {
		t.Errorf("%d %s", status, text)
	}
	e.end()
	if log := mustRead(t, file); !strings.Contains(log, `"status":503`) || strings.Contains(log, `"level":"ERROR"`) {
		t.Errorf("the log has %s", log)
	}
}

// TestExecWithoutAServer: if the server does not start, the command does not run.
func TestExecWithoutAServer(t *testing.T) {
	code, out, told := runExec(t, "--seed", seedFile(t, "seed.jsonl", "{}\n"), "--", "echo", "ran")
	if code != 1 || out != "" || !strings.Contains(told, "1 of 1 rows are refused") {
		t.Errorf("exit code %d, %q: %s", code, out, told)
	}
}

// TestExecInside: exec within exec has a server of its own and warns of nothing, and --control=off
// leaves no token of the outer one.
func TestExecInside(t *testing.T) {
	code, out, told := runExec(t, "sh", "-c", "echo $AFTERHOURS_URL; "+program.Path(t)+` exec --control=off -- sh -c 'echo $AFTERHOURS_URL; echo "<$AFTERHOURS_CONTROL_TOKEN>"'`)
	lines := strings.Split(out, "\n")
	if code != 0 || told != "" || len(lines) != 4 || lines[0] == lines[1] || lines[2] != "<>" {
		t.Errorf("exit code %d, %q: %s", code, out, told)
	}
}
