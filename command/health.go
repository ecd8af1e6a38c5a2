package command

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// healthTimeout is less than most probes wait for a command.
const healthTimeout = 5 * time.Second

// healthCommand asks a server whether it is ready: a probe for images without a shell.
func healthCommand() *cobra.Command {
	var addr, ca string
	command := &cobra.Command{
		Use:   "health",
		Short: "Exit 0 if the server is ready",
		Example: `  afterhours health
  afterhours health --addr https://localhost:8080 --ca afterhours-data/tls-ca.pem`,
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			if err := checkHealth(command.Context(), addr, ca); err != nil {
				return err
			}
			_, err := fmt.Fprintln(command.OutOrStdout(), "ready")
			return err
		},
	}
	command.Flags().StringVar(&addr, "addr", "http://127.0.0.1:8080", "URL of the server, or its host and port, or a port of this machine")
	command.Flags().StringVar(&ca, "ca", "", "PEM file of the authority to trust for https, for example tls-ca.pem in the server's data folder")
	return command
}

// checkHealth returns why the server is not ready, nil if it is. ca is the PEM file of
// the only authority to trust, "" for those of the system.
func checkHealth(ctx context.Context, addr, ca string) error {
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	if !strings.Contains(addr, "://") { // the form of serve's --addr
		address, err := listenAddress("addr", addr)
		if err != nil {
			return err
		}
		if strings.HasPrefix(address, ":") { // serve then listens on every address of the machine
			address = "127.0.0.1" + address
		}
		addr = "http://" + address
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(addr, "/")+"/readyz", nil)
	if err != nil || request.URL.Scheme != "http" && request.URL.Scheme != "https" {
		return usagef("--addr %s: it must be host and port, as in 127.0.0.1:8080, or a URL, as in https://localhost:8080", addr)
	}
	client := http.DefaultClient
	if ca != "" {
		config, err := trusting(ca)
		if err != nil {
			return fmt.Errorf("--ca: %w", err)
		}
		transport := &http.Transport{TLSClientConfig: config}
		defer transport.CloseIdleConnections()
		client = &http.Client{Transport: transport}
	}
	response, err := client.Do(request)
	if err != nil {
		return explainDial(request.URL.Host, err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s is not ready: %s", addr, response.Status)
	}
	return nil
}

// explainDial puts the error of a request to a server into words.
func explainDial(host string, err error) error {
	var failed *net.OpError
	switch {
	case errors.Is(err, http.ErrSchemeMismatch):
		return fmt.Errorf("the server at %s speaks http: write http:// instead of https://", host)
	case errors.As(err, &failed) && failed.Op == "dial":
		return fmt.Errorf("no server listens at %s; start one with afterhours serve (%w)", host, failed.Err)
	}
	return err
}
