package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

// client is a running program that uses an SDK.
type client struct {
	command *exec.Cmd
	ids     io.WriteCloser
	lines   *bufio.Scanner
}

func start(command []string) (*client, error) {
	c := &client{command: exec.Command(command[0], command[1:]...)}
	c.command.Stderr = os.Stderr
	var err error
	if c.ids, err = c.command.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := c.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	c.lines = bufio.NewScanner(out)
	return c, c.command.Start()
}

// outcome is what the SDK tells its caller. Without an error, the request succeeded.
type outcome struct {
	Error  string // the type
	Status int    // 0 if the error has none
	Code   string // "" if the error has none
}

func (o outcome) String() string {
	if o.Error == "" {
		return "passed"
	}
	words := []string{o.Error}
	if o.Status != 0 {
		words = append(words, fmt.Sprint(o.Status))
	}
	if o.Code != "" {
		words = append(words, o.Code)
	}
	return "`" + strings.Join(words, " ") + "`"
}

// update has the client update a statistic.
func (c *client) update(id string) (outcome, error) {
	if _, err := fmt.Fprintln(c.ids, id); err != nil {
		return outcome{}, err
	}
	if !c.lines.Scan() {
		return outcome{}, fmt.Errorf("%s ended", c.command.Path)
	}
	var o outcome
	if err := json.Unmarshal(c.lines.Bytes(), &o); err != nil {
		return outcome{}, fmt.Errorf("%s printed %q, not a line of JSON: %w", c.command.Path, c.lines.Text(), err)
	}
	return o, nil
}

// end lets the client end.
func (c *client) end() error {
	_ = c.ids.Close()
	for c.lines.Scan() {
		continue
	}
	return c.command.Wait()
}
