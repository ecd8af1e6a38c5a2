package command

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"afterhours/handlers/auth/atomicfile"
)

// readyTokenLifetime is longer than any run of tests.
const readyTokenLifetime = 24 * time.Hour

// Ready is what the file of --ready-file says. It gets a member for each thing that a test
// needs to know of a server; readers must ignore members that they do not know.
type Ready struct {
	URL    string `json:"url"`    // scheme, host and port, without a slash at its end
	Token  string `json:"token"`  // of the user, who may read and write their own statistics
	Tenant string `json:"tenant"` // of the user
	User   string `json:"user"`   // the object id of the demo user
	PID    int    `json:"pid"`    // of the server
	// ControlToken is for the control API, only with --control or --demo.
	ControlToken string `json:"controlToken,omitempty"`
	AdminURL     string `json:"adminUrl,omitempty"` // of the admin listener, only with --admin-addr
	CAFile       string `json:"caFile,omitempty"`   // the certificate of the authority to trust, only with --tls-dev
}

// removeReadyFile removes the file of an earlier server that was killed, so that nobody takes it
// for the file of this one.
func (a *App) removeReadyFile() error {
	if err := a.config.checkReadyFile(); err != nil || a.config.ReadyFile == "" {
		return err
	}
	if err := os.Remove(a.config.ReadyFile); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("--ready-file: %w", err)
	}
	return nil
}

// checkReadyFile returns an error if the file of --ready-file cannot be replaced, because it is a folder
// or a device.
func (c *Config) checkReadyFile() error {
	if c.ReadyFile == "" {
		return nil
	}
	info, err := os.Lstat(c.ReadyFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("--ready-file: %w", err)
	case !info.Mode().IsRegular():
		return usagef("--ready-file %s: it is no regular file; name one, or a file that is not there yet", c.ReadyFile)
	}
	return nil
}

// Ready returns what a test needs to know of the started server, with tokens for 24 hours.
func (a *App) Ready() (Ready, error) {
	token, err := a.demoToken(readyTokenLifetime)
	if err != nil {
		return Ready{}, err
	}
	controlToken, err := a.controlToken(readyTokenLifetime)
	if err != nil {
		return Ready{}, err
	}
	return Ready{
		URL: a.URL(), Token: token, Tenant: demoTenant, User: demoUser, PID: os.Getpid(), CAFile: a.caFile, ControlToken: controlToken,
		AdminURL: a.adminURL(),
	}, nil
}

// announce writes the file of --ready-file, and has Stop remove it first of all. The server must
// have been started.
func (a *App) announce() error {
	name := a.config.ReadyFile
	if name == "" {
		return nil
	}
	r, err := a.Ready()
	if err != nil {
		return err
	}
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	text = append(text, '\n')
	if err := atomicfile.Replace(name, text, 0o600); err != nil {
		return fmt.Errorf("--ready-file: %w", explainFile(err))
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.closers = append(a.closers, func() error { return removeIfSame(name, text) })
	return nil
}

// removeIfSame removes a file, unless it holds another text by now, which then is another server's.
func removeIfSame(name string, text []byte) error {
	now, err := os.ReadFile(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !bytes.Equal(now, text):
		return nil
	}
	return os.Remove(name)
}
