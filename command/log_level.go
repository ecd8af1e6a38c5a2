package command

import (
	"log/slog"

	"afterhours/handlers/admin"
)

// logLevel is the value of --log-level. The empty one is the usual level of the command.
type logLevel string

// Set sets the level to the one with that name.
func (l *logLevel) Set(text string) error {
	_, err := admin.ParseLevel(text)
	if err == nil {
		*l = logLevel(text)
	}
	return err
}

func (l *logLevel) String() string { return string(*l) }

// Type returns the name of the type for the help.
func (l *logLevel) Type() string { return "string" }

// or returns the level, or the usual one if none is set.
func (l *logLevel) or(usual slog.Level) slog.Level {
	if level, err := admin.ParseLevel(string(*l)); err == nil {
		return level
	}
	return usual
}
