package command

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"afterhours/contract/checked"
	"afterhours/contract/program"
)

func TestMain(m *testing.M) {
	if os.Getenv(parentOf) != "" {
		count, _ := strconv.Atoi(os.Args[2])
		startServers(os.Args[1], count)
		return
	}
	os.Exit(program.Main(m))
}

// contractText returns openapi.yaml, which main embeds.
func contractText(t *testing.T) []byte {
	t.Helper()
	text, err := os.ReadFile("../openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// run runs a command line in this process and returns its standard output.
func run(t *testing.T, args ...string) (string, error) {
	t.Helper()
	stdout, _, err := runWith(t, nil, "", args...)
	return stdout, err
}

// runWith is run with environment variables and standard input.
func runWith(t *testing.T, environment map[string]string, stdin string, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	var variables []string
	for name, value := range environment {
		variables = append(variables, name+"="+value)
	}
	var out, logged bytes.Buffer
	err = Run(t.Context(), Environment{
		Contract: contractText(t),
		Args:     args,
		Environ:  variables,
		Stdin:    strings.NewReader(stdin),
		Stdout:   &out,
		Stderr:   &logged,
	})
	return out.String(), logged.String(), err
}

// mustRun is run for a command line that must succeed. It cuts off the last line break.
func mustRun(t *testing.T, args ...string) string {
	t.Helper()
	out, err := run(t, args...)
	if err != nil {
		t.Fatalf("afterhours %s: %v", strings.Join(args, " "), err)
	}
	return strings.TrimSuffix(out, "\n")
}

// runCurl runs a printed command, given without its first word, and checks the response
// against the contract.
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

func mustRead(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
