package command

import (
	"context"
	"errors"
	"fmt"
	"net"
	"regexp"
	"strconv"
	"syscall"
	"time"
)

// lifetime is the value of a flag: a time.Duration that may begin with days, as in 1d or
// 1d12h.
type lifetime time.Duration

// lifetimePattern splits a lifetime into its sign, its days and the rest.
var lifetimePattern = regexp.MustCompile(`^([+-]?)(\d{1,5})d(\d.*)?$`)

// Set sets the value to that of the text.
func (l *lifetime) Set(text string) error {
	days, rest := time.Duration(0), text
	if parts := lifetimePattern.FindStringSubmatch(text); parts != nil {
		number, err := strconv.Atoi(parts[1] + parts[2])
		if err != nil {
			return err
		}
		days = time.Duration(number) * 24 * time.Hour
		rest = parts[1] + parts[3]
		if parts[3] == "" {
			rest = "0"
		}
	}
	parsed, err := time.ParseDuration(rest)
	if err != nil {
		return errors.New("it must be a number and its unit, as in 30m, 12h or 7d")
	}
	*l = lifetime(days + parsed)
	return nil
}

func (l *lifetime) String() string { return time.Duration(*l).String() }

// Type returns the name of the type for the help.
func (l *lifetime) Type() string { return "duration" }

// maxQueryTime is the most that --query-time takes. PostgreSQL ends statements after that,
// and an answer must be written within writeTimeout.
const maxQueryTime = 30 * time.Second

// queryTime is the value of --query-time.
type queryTime time.Duration

// Set sets the value to that of the text.
func (q *queryTime) Set(text string) error {
	parsed, err := time.ParseDuration(text)
	if err != nil {
		return errors.New("it must be a number and its unit, as in 500ms or 5s")
	}
	if parsed <= 0 || parsed > maxQueryTime {
		return fmt.Errorf("it must be more than 0 and at most %v, as in 500ms or 5s", maxQueryTime)
	}
	*q = queryTime(parsed)
	return nil
}

func (q *queryTime) String() string { return time.Duration(*q).String() }

// Type returns the name of the type for the help.
func (q *queryTime) Type() string { return "duration" }

// maxDrain is the most that --drain takes. Whatever ends the server would not wait for longer.
const maxDrain = time.Hour

// drainTime is the value of --drain.
type drainTime time.Duration

// Set sets the value to that of the text.
func (d *drainTime) Set(text string) error {
	parsed, err := time.ParseDuration(text)
	if err != nil || parsed < 0 || parsed > maxDrain {
		return errors.New("it must be a number and its unit, as in 10s, and at most an hour")
	}
	*d = drainTime(parsed)
	return nil
}

func (d *drainTime) String() string { return time.Duration(*d).String() }

// Type returns the name of the type for the help.
func (d *drainTime) Type() string { return "duration" }

// listenAddress returns the address that the flag means: a port alone is one of this machine
// only.
func listenAddress(flag, text string) (string, error) {
	if _, err := strconv.ParseUint(text, 10, 64); err == nil {
		text = net.JoinHostPort("127.0.0.1", text)
	}
	_, port, err := net.SplitHostPort(text)
	if err != nil {
		return "", usagef("--%s %s: it must be host and port, as in 127.0.0.1:8080, or the port alone", flag, text)
	}
	if _, err := net.LookupPort("tcp", port); err != nil {
		return "", usagef("--%s %s: its port must be from 0 to 65535", flag, text)
	}
	return text, nil
}

// listen returns the listener of the configuration, or else one on its address.
func (c *Config) listen(ctx context.Context) (net.Listener, error) {
	if c.Listener != nil {
		return c.Listener, nil
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", c.Addr)
	if err != nil {
		return nil, explainListen("addr", c.Addr, err)
	}
	return listener, nil
}

// explainListen puts the error of an address that cannot be listened on into words.
func explainListen(flag, addr string, err error) error {
	var unknown *net.DNSError
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("--%s %s: another program has this port; stop it, or let --%s 127.0.0.1:0 pick a free one", flag, addr, flag)
	case errors.Is(err, syscall.EADDRNOTAVAIL), errors.As(err, &unknown):
		return fmt.Errorf("--%s %s: this machine does not have this address; 127.0.0.1:8080 is for this machine alone, and :8080 for all who can reach it", flag, addr)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("--%s %s: this user may not listen on this port; pick one from 1024 on", flag, addr)
	}
	return fmt.Errorf("--%s %s: %w", flag, addr, err)
}
