package logs

import (
	"io"
	"log/slog"
)

// Format returns a handler that writes lines of the level and above it to out. A slog.LevelVar may
// change the level meanwhile. The formats are JSON, Text and Colour.
type Format func(out io.Writer, level slog.Leveler) slog.Handler

// JSON has an object on each line, for programs.
func JSON(out io.Writer, level slog.Leveler) slog.Handler {
	return newJSONHandler(out, level)
}

// Text has lines for people: the time, the level, the words and then the attributes. A line of a
// request has its method and route as words.
func Text(out io.Writer, level slog.Leveler) slog.Handler { return newPeopleHandler(out, level, false) }

// Colour is Text with the colours of a terminal.
func Colour(out io.Writer, level slog.Leveler) slog.Handler {
	return newPeopleHandler(out, level, true)
}
