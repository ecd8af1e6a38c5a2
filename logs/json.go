package logs

import (
	"context"
	"io"
	"log/slog"
	"math"
	"strconv"
	"sync"
	"time"
)

// jsonHandler writes the lines of slog.JSONHandler, which it embeds. A line of plain values, as that of a request is, it
// writes itself in half of the time: the reference passes each fraction through encoding/json.
type jsonHandler struct {
	*slog.JSONHandler
	out *serial
}

func newJSONHandler(out io.Writer, level slog.Leveler) jsonHandler {
	lines := &serial{out: out}
	return jsonHandler{slog.NewJSONHandler(lines, &slog.HandlerOptions{Level: level}), lines}
}

func (h jsonHandler) Handle(ctx context.Context, record slog.Record) error {
	if isWritten, err := h.out.writePlain(&record); isWritten {
		return err
	}
	return h.JSONHandler.Handle(ctx, record)
}

// serial passes lines to another writer, one at a time.
type serial struct {
	out io.Writer

	mu    sync.Mutex
	plain []byte // the buffer of writePlain
}

func (s *serial) Write(line []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out.Write(line)
}

// writePlain writes the line of a record, or reports false for a record that appendPlain does not know.
func (s *serial) writePlain(record *slog.Record) (isWritten bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	line, ok := appendPlain(s.plain[:0], record)
	if ok {
		s.plain = line
		_, err = s.out.Write(line)
	}
	return ok, err
}

// appendPlain appends the line of a record to buf. It reports false for a record with anything but plain texts, integers,
// truth values and usual numbers.
func appendPlain(buf []byte, record *slog.Record) (line []byte, ok bool) {
	if year := record.Time.Year(); year <= 1 || year > 9999 || !isPlain(record.Message) { // the zero time is of the year 1
		return nil, false
	}
	buf = append(buf, `{"time":"`...)
	buf = record.Time.AppendFormat(buf, time.RFC3339Nano)
	buf = append(buf, `","level":"`...)
	buf = append(buf, record.Level.String()...)
	buf = append(buf, `","msg":"`...)
	buf = append(buf, record.Message...)
	buf = append(buf, '"')
	record.Attrs(func(attr slog.Attr) bool {
		if ok = isPlain(attr.Key) && attr.Key != ""; ok {
			buf = append(buf, `,"`...)
			buf = append(buf, attr.Key...)
			buf = append(buf, `":`...)
			buf, ok = appendPlainValue(buf, attr.Value)
		}
		return ok
	})
	return append(buf, '}', '\n'), ok || record.NumAttrs() == 0
}

func appendPlainValue(buf []byte, value slog.Value) (line []byte, ok bool) {
	switch value.Kind() {
	case slog.KindString:
		buf = append(append(append(buf, '"'), value.String()...), '"')
		return buf, isPlain(value.String())
	case slog.KindInt64:
		return strconv.AppendInt(buf, value.Int64(), 10), true
	case slog.KindBool:
		return strconv.AppendBool(buf, value.Bool()), true
	case slog.KindFloat64: // encoding/json writes others with an exponent
		number := value.Float64()
		size := math.Abs(number)
		return strconv.AppendFloat(buf, number, 'f', -1, 64), size == 0 || 1e-6 <= size && size < 1e21
	}
	return buf, false
}

// isPlain reports whether JSON has the text as it is.
func isPlain(text string) bool {
	for i := range len(text) {
		if !plain[text[i]] {
			return false
		}
	}
	return true
}

// plain has the characters of ASCII that JSON has as they are.
var plain = func() (table [256]bool) {
	for c := ' '; c <= '~'; c++ {
		table[c] = c != '"' && c != '\\'
	}
	return table
}()
