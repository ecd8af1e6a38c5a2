package logs_test

import (
	"bytes"
	"context"
	"log/slog"
	"math"
	"testing"
	"time"

	"afterhours/logs"
)

// FuzzJSON: each line has the bytes that slog's own handler writes.
func FuzzJSON(f *testing.F) {
	now := time.Date(2026, 6, 16, 8, 0, 0, 120_000_000, time.UTC).UnixNano()
	f.Add(now, int64(0), "request", "route", "/beta/me", int64(200), 0.214, false)
	f.Add(now, int64(4), "a \"word\"", "key", `back\slash`, int64(-1), 0.0, true)
	f.Add(now, int64(8), "<html> & more", "", "", int64(0), math.Copysign(0, -1), true)
	f.Add(int64(-1)<<62, int64(1), "line\nbreak", "ключ", "\x7f\xff\u2028", int64(math.MaxInt64), 1e21, true)
	f.Add(now, int64(-4), "", "\t", "~", int64(math.MinInt64), 1e-7, true)
	f.Add(now, int64(-5), "n", "a", "b", int64(1), math.Inf(-1), true)
	f.Add(now, int64(0), "n", "a", "b", int64(1), math.NaN(), true)
	f.Add(now, int64(0), "n", "a", "b", int64(1), 999999999999999999999.0, true)
	f.Fuzz(func(t *testing.T, at, level int64, message, key, text string, whole int64, number float64, truth bool) {
		record := slog.NewRecord(time.Unix(0, at), slog.Level(level), message, 0)
		write := func(handler slog.Handler) {
			if err := handler.Handle(context.Background(), record); err != nil {
				t.Fatal(err)
			}
		}
		var got, want bytes.Buffer
		ours, reference := logs.JSON(&got, slog.LevelDebug), slog.Handler(slog.NewJSONHandler(&want, nil))
		both := func() { write(ours); write(reference) }
		both()
		record.AddAttrs(slog.String(key, text), slog.Int64("whole", whole))
		both()
		record.AddAttrs(slog.Float64("number", number), slog.Bool(key, truth))
		both()
		record.AddAttrs(slog.Any("any", struct{ A, B any }{text, truth}), slog.Duration("took", time.Duration(whole)), slog.Group(key, "in", text))
		both()
		attrs := []slog.Attr{slog.String("with", text)}
		ours, reference = ours.WithAttrs(attrs).WithGroup("group"), reference.WithAttrs(attrs).WithGroup("group")
		both()
		if got.String() != want.String() {
			t.Errorf("got  %s\nwant %s", &got, &want)
		}
	})
}

// BenchmarkJSON writes the line of a request.
func BenchmarkJSON(b *testing.B) {
	var out bytes.Buffer
	handler := logs.JSON(&out, slog.LevelInfo)
	b.ReportAllocs()
	for b.Loop() {
		record := slog.NewRecord(time.Now(), slog.LevelInfo, "request", 0)
		record.AddAttrs(slog.String("method", "PATCH"), slog.String("route", "/beta/me/analytics/activityStatistics/:id"), slog.Int("status", 200),
			slog.Float64("took_ms", 0.214), slog.String("request_id", "01983d5e-7a3b-7c1d-9e2f-0a1b2c3d4e5f"), slog.String("client_request_id", ""))
		_ = handler.Handle(context.Background(), record)
		out.Reset()
	}
}
