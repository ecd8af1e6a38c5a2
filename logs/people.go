package logs

import (
	"context"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"unicode"

	"github.com/lmittmann/tint"
)

// peopleHandler writes lines for people by the handler that it embeds. Nothing of a line can steer a
// terminal: what cannot be printed is replaced.
type peopleHandler struct{ slog.Handler }

func newPeopleHandler(out io.Writer, level slog.Leveler, isColoured bool) peopleHandler {
	return peopleHandler{tint.NewTextHandler(out, &tint.Options{Level: level, TimeFormat: "15:04:05.000", NoColor: !isColoured})}
}

func (h peopleHandler) Handle(ctx context.Context, record slog.Record) error {
	var attrs []slog.Attr
	record.Attrs(func(attr slog.Attr) bool {
		attrs = append(attrs, printableAttr(attr))
		return true
	})
	message := printable(record.Message)
	if record.Message == "request" {
		message, attrs = requestLine(attrs)
	}
	line := slog.NewRecord(record.Time, record.Level, message, record.PC)
	line.AddAttrs(attrs...)
	return h.Handler.Handle(ctx, line)
}

func (h peopleHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return peopleHandler{h.Handler.WithAttrs(printableAttrs(attrs))}
}

func (h peopleHandler) WithGroup(name string) slog.Handler {
	return peopleHandler{h.Handler.WithGroup(name)}
}

// requestLine returns the words and the attributes of a request's line: "GET /route status=200
// took=0.214ms id=...". Attributes without a value are left out.
func requestLine(attrs []slog.Attr) (message string, shown []slog.Attr) {
	var method, route string
	for _, attr := range attrs {
		switch attr.Key {
		case "method":
			method = attr.Value.String()
		case "route", "path": // one of them is empty or absent
			route += attr.Value.String()
		case "status":
			shown = append(shown, tint.Attr(statusColour(attr.Value.Int64()), attr))
		case "took_ms":
			shown = append(shown, slog.String("took", strconv.FormatFloat(attr.Value.Float64(), 'f', -1, 64)+"ms"))
		case "request_id":
			shown = append(shown, slog.String("id", attr.Value.String()))
		default:
			if attr.Value.String() != "" {
				shown = append(shown, attr)
			}
		}
	}
	return method + " " + route, shown
}

// statusColour returns the number of a terminal's colour for a status of HTTP.
func statusColour(status int64) uint8 {
	const red, green, yellow, cyan = 1, 2, 3, 6
	switch {
	case status >= 500:
		return red
	case status >= 400:
		return yellow
	case status >= 300:
		return cyan
	}
	return green
}

// printableAttr returns the attribute with a value that can be printed.
func printableAttr(attr slog.Attr) slog.Attr {
	switch value := attr.Value.Resolve(); value.Kind() {
	case slog.KindString, slog.KindAny:
		return slog.String(attr.Key, printable(value.String()))
	case slog.KindGroup:
		return slog.Attr{Key: attr.Key, Value: slog.GroupValue(printableAttrs(value.Group())...)}
	default:
		return slog.Attr{Key: attr.Key, Value: value}
	}
}

func printableAttrs(attrs []slog.Attr) []slog.Attr {
	shown := make([]slog.Attr, len(attrs))
	for i, attr := range attrs {
		shown[i] = printableAttr(attr)
	}
	return shown
}

// printable returns the text with spaces for line breaks, and with a mark for every other character
// that cannot be printed. tint passes the character ESC on, and also its escape, the text \x1b.
func printable(text string) string {
	shown := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsPrint(r):
			return r
		}
		return unicode.ReplacementChar
	}, text)
	return strings.ReplaceAll(shown, `\x1b`, `\u001b`)
}
