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

// introduction is what serve --demo prints for a person to paste, taken apart.
type introduction struct {
	text               string
	token, read, patch string // the commands; read and patch need token before them
	url, body          string // of the statistic, and what patch sends
}

// readIntroduction reads what a server with --demo prints.
func readIntroduction(t *testing.T, p *program.Server) introduction {
	t.Helper()
	var text strings.Builder
	for !strings.HasSuffix(text.String(), "}'\n") {
		text.WriteString(p.Line() + "\n")
	}
	parts := regexp.MustCompile(`(?s)\n(TOKEN=\S+\n)\n(curl .*?(https?://\S+) .*?\n)\n(curl .*?-X PATCH (https?://\S+) .*? -d '(.*)'\n)$`).FindStringSubmatch(text.String())
	if parts == nil || parts[3] != parts[5] {
		t.Fatalf("the server prints %s", text.String())
	}
	return introduction{text: text.String(), token: parts[1], read: parts[2], url: parts[3], patch: parts[4], body: parts[6]}
}

// runCurl runs a printed command after the one that sets the token, and checks the response
// against the contract.
func runCurl(t *testing.T, method, setToken, command string) (status int, text string) {
	t.Helper()
	request := httptest.NewRequestWithContext(t.Context(), method, regexp.MustCompile(`https?://\S+`).FindString(command), nil)
	out, err := exec.CommandContext(t.Context(), "bash", "-c", setToken+strings.Replace(command, "curl ", "curl -sSi --raw --http1.1 ", 1)).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v: %s", command, err, out)
	}
	response, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(out)), request)
	if err != nil {
		t.Fatalf("%s: %v: %s", command, err, out)
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
