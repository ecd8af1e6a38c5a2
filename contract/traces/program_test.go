package traces

import (
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"afterhours/contract/checked"
	"afterhours/contract/program"

	_ "afterhours/command" // so that go test repeats these tests when the program changes
)

func TestMain(m *testing.M) { os.Exit(program.Main(m)) }

// The trace and the span of a caller.
const (
	callerTrace = "0af7651916cd43dd8448eb211c80319c"
	callerSpan  = "b7ad6b7169203331"
)

// traced is the program, which traces all requests to a collector.
type traced struct {
	*program.Server
	t      *testing.T
	client *http.Client
}

// serve starts the program with the URL of the collector in its environment.
func serve(t *testing.T, collector, data string, args ...string) traced {
	t.Helper()
	command := exec.Command(program.Path(t), append([]string{"serve", "--addr", "127.0.0.1:0", "--data", data}, args...)...)
	command.Env = append(os.Environ(), "OTEL_EXPORTER_OTLP_ENDPOINT="+collector, "OTEL_TRACES_SAMPLER=always_on")
	server, err := program.Start(command)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Process.Kill() })
	return traced{server, t, checked.Client(t)}
}

// send sends a request with a token and with further headers, each as "Name: value", and returns its status.
func (s traced) send(method, path, token, body string, headers ...string) int {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), method, s.URL+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "application/json")
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		request.Header.Set(name, value)
	}
	response, err := s.client.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	_ = response.Body.Close()
	return response.StatusCode
}

// end ends the program as an operator does, which sends the spans that wait.
func (s traced) end() {
	s.t.Helper()
	if err := s.End(syscall.SIGTERM); err != nil {
		s.t.Errorf("%v: %s", err, s.Log())
	}
}
