package afterhourstest

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"afterhours/command"
	"afterhours/kit/go/internal/client"
)

// kind is what the options of New ask for. Tests that ask for the same share a server.
type kind struct {
	alone, program, tls, withoutSocket bool
}

// Option says which server New returns.
type Option func(*kind)

// Alone is for a server that no other test uses. It ends with the test.
func Alone(k *kind) { k.alone = true }

// WithProgram is for a server that is a process of its own: the program that AFTERHOURS_BIN names, or
// else afterhours in PATH.
func WithProgram(k *kind) { k.program = true }

// WithTLS is for a server with https. Client trusts its certificate.
func WithTLS(k *kind) { k.tls = true }

// WithoutSocket is for a server that only Client reaches, over pipes in memory.
func WithoutSocket(k *kind) { k.withoutSocket = true }

// instance is a running server.
type instance struct {
	url       string
	transport *http.Transport
	control   *client.Client
	alone     bool
	stop      func() error
}

// shared has the servers that tests share. They end with the process.
var shared struct {
	sync.Mutex
	instances map[kind]*instance
}

// get returns a server of the kind, which it starts if there is none.
func (k kind) get() (*instance, error) {
	if k.alone {
		return k.start()
	}
	shared.Lock()
	defer shared.Unlock()
	if running := shared.instances[k]; running != nil {
		return running, nil
	}
	started, err := k.start()
	if err != nil {
		return nil, err
	}
	if shared.instances == nil {
		shared.instances = map[kind]*instance{}
	}
	shared.instances[k] = started
	return started, nil
}

// start starts a server of the kind, or finds the one that the environment leads to.
func (k kind) start() (*instance, error) {
	started := &instance{alone: k.alone, transport: &http.Transport{ForceAttemptHTTP2: true}}
	var ready command.Ready
	var err error
	switch {
	case k.program && k.withoutSocket, k.tls && k.withoutSocket:
		return nil, errors.New("WithoutSocket is for a server in this process, without TLS")
	case k == kind{} && os.Getenv("AFTERHOURS_URL") != "":
		ready = command.Ready{URL: os.Getenv("AFTERHOURS_URL"), ControlToken: os.Getenv("AFTERHOURS_CONTROL_TOKEN"), CAFile: os.Getenv("AFTERHOURS_CA_FILE")}
		err = started.connect(ready)
	default:
		folder, failed := os.MkdirTemp("", "afterhourstest-") // only needed at the start
		if failed != nil {
			return nil, failed
		}
		defer func() { _ = os.RemoveAll(folder) }()
		begin := started.startInProcess
		if k.program {
			begin = started.startProgram
		}
		if ready, err = begin(k, folder); err == nil {
			err = started.connect(ready)
		}
	}
	if err != nil {
		return nil, err
	}
	return started, nil
}

// connect makes the clients of the server.
func (i *instance) connect(ready command.Ready) error {
	if ready.ControlToken == "" {
		return errors.New("AFTERHOURS_URL needs AFTERHOURS_CONTROL_TOKEN; afterhours exec sets both")
	}
	if ready.CAFile != "" {
		authority, err := os.ReadFile(ready.CAFile)
		if err != nil {
			return err
		}
		roots := x509.NewCertPool()
		roots.AppendCertsFromPEM(authority)
		i.transport.TLSClientConfig = &tls.Config{RootCAs: roots}
	}
	i.url = ready.URL
	var err error
	i.control, err = client.NewClient(ready.URL+"/control", client.WithHTTPClient(&http.Client{Transport: i.transport}),
		client.WithRequestEditorFn(func(_ context.Context, request *http.Request) error {
			request.Header.Set("Authorization", "Bearer "+ready.ControlToken)
			return nil
		}))
	return err
}

// startInProcess starts a server in this process. It logs warnings and errors to standard error.
func (i *instance) startInProcess(k kind, folder string) (ready command.Ready, err error) {
	contract, err := readContract()
	if err != nil {
		return ready, err
	}
	config := command.Config{
		StoreFlags: command.StoreFlags{Store: "memory", Durability: "full"},
		Contract:   contract,
		Addr:       "127.0.0.1:0",
		Control:    "local",
		SDKQuirks:  true,
		Logger:     slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})),
		Stderr:     os.Stderr,
	}
	if k.tls {
		config.TLS.Dev, config.Data = true, folder
	}
	if k.withoutSocket {
		pipes := newPipes()
		config.Listener, i.transport.DialContext = pipes, pipes.dial
	}
	app, err := command.New(context.Background(), config)
	if err != nil {
		return ready, err
	}
	i.stop = func() error {
		i.transport.CloseIdleConnections()
		return app.Stop()
	}
	if err := app.Start(context.Background()); err != nil {
		return ready, errors.Join(err, app.Stop())
	}
	return app.Ready()
}

// readContract reads openapi.yaml, which a package below its folder cannot embed.
func readContract() ([]byte, error) {
	_, file, _, _ := runtime.Caller(0)
	text, err := os.ReadFile(filepath.Join(filepath.Dir(file), "../../openapi.yaml"))
	if !errors.Is(err, fs.ErrNotExist) {
		return text, err
	}
	root, err := exec.Command("go", "list", "-f", "{{.Dir}}", "afterhours").Output() // after go test -trimpath
	if err == nil {
		text, err = os.ReadFile(filepath.Join(strings.TrimSpace(string(root)), "openapi.yaml"))
	}
	if err != nil {
		return nil, fmt.Errorf("openapi.yaml of the module afterhours is not there, so use WithProgram: %w", err)
	}
	return text, nil
}

// startProgram starts the program, which ends when this process does.
func (i *instance) startProgram(k kind, folder string) (ready command.Ready, err error) {
	file := filepath.Join(folder, "ready.json")
	args := []string{"serve", "--addr", "127.0.0.1:0", "--store", "memory", "--control", "--ready-file", file, "--exit-with-parent"}
	if k.tls {
		args = append(args, "--tls-dev", "--data", folder)
	}
	program := exec.Command(cmp.Or(os.Getenv("AFTERHOURS_BIN"), "afterhours"), args...)
	var logged head
	program.Stderr = &logged
	input, err := program.StdinPipe()
	if err != nil {
		return ready, err
	}
	if err := program.Start(); err != nil {
		return ready, fmt.Errorf("%w; set AFTERHOURS_BIN to the program afterhours", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- program.Wait() }()
	i.stop = func() error {
		i.transport.CloseIdleConnections()
		return errors.Join(input.Close(), <-ended)
	}
	for {
		select {
		case err := <-ended:
			return ready, fmt.Errorf("%s does not start: %w: %s", program.Path, err, logged.String())
		case <-time.After(time.Millisecond):
		}
		if text, err := os.ReadFile(file); err == nil {
			err = json.Unmarshal(text, &ready)
			return ready, err
		}
	}
}

// head keeps the beginning of what is written to it.
type head struct{ bytes.Buffer }

func (h *head) Write(text []byte) (int, error) {
	if h.Len() < 16<<10 {
		return h.Buffer.Write(text)
	}
	return len(text), nil
}
