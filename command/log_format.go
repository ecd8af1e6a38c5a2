package command

import (
	"errors"
	"io"
	"log/slog"
	"runtime"
	"slices"
	"strings"

	"afterhours/logs"
)

// logFormat is the value of --log-format. The empty one is auto.
type logFormat string

const (
	logAuto logFormat = "auto" // text on a terminal, json otherwise
	logText logFormat = "text"
	logJSON logFormat = "json"
)

// Set sets the format to the one with that name.
func (f *logFormat) Set(text string) error {
	if format := logFormat(text); format == logAuto || format == logText || format == logJSON {
		*f = format
		return nil
	}
	return errors.New(mustBe(text, string(logAuto), string(logText), string(logJSON)))
}

func (f *logFormat) String() string {
	if *f == "" {
		return string(logAuto)
	}
	return string(*f)
}

// Type returns the name of the type for the help.
func (f *logFormat) Type() string { return "string" }

// of returns the format of lines that are written to out.
func (f *logFormat) of(out io.Writer, environ []string) logs.Format {
	isOnTerminal := isTerminal(out)
	switch {
	case *f == logJSON, *f != logText && !isOnTerminal:
		return logs.JSON
	case isOnTerminal && wantsColour(environ):
		return logs.Colour
	}
	return logs.Text
}

// wantsColour reports whether a terminal may be sent colours. NO_COLOR with any value but the empty
// one forbids them (no-color.org). Windows shows them in its Terminal, which sets WT_SESSION; its older
// console prints their codes.
func wantsColour(environ []string) bool {
	isSet := func(name string) bool {
		return slices.ContainsFunc(environ, func(variable string) bool {
			return strings.HasPrefix(variable, name+"=") && variable != name+"="
		})
	}
	return !isSet("NO_COLOR") && !slices.Contains(environ, "TERM=dumb") && (runtime.GOOS != "windows" || isSet("WT_SESSION"))
}

// logTo has the server, and libraries, log to out: lines of the level of --log-level and above it, or of
// the usual level without that flag. The caller must close the writer that it returns.
func (c *Config) logTo(out io.Writer, usual slog.Level, environ []string) *logs.Writer {
	writer := logs.NewWriter(out, c.LogFormat.of(out, environ))
	c.Level = new(slog.LevelVar)
	c.Level.Set(c.LogLevel.or(usual))
	c.Logger = slog.New(writer.Handler(c.Level))
	c.Stderr = writer
	slog.SetDefault(c.Logger) // for libraries, which log there
	return writer
}
