package logs_test

import (
	"bytes"
	"errors"
	"log/slog"
	"regexp"
	"strings"
	"testing"
	"time"

	"afterhours/logs"
)

// TestLinesForPeople: a request has its method and route first, and no empty attribute. Nothing that a
// caller sends can steer a terminal.
func TestLinesForPeople(t *testing.T) {
	request := func(log *slog.Logger, more ...any) {
		log.Info("request", append([]any{"method", "GET", "route", "/beta/me", "status", 400, "took_ms", 0.214,
			"request_id", "01a2", "client_request_id", ""}, more...)...)
	}
	for _, row := range []struct {
		name   string
		format logs.Format
		write  func(log *slog.Logger)
		want   string
	}{
		{"a request", logs.Text, func(log *slog.Logger) { request(log, "error", "BadRequest") },
			"INF GET /beta/me status=400 took=0.214ms id=01a2 error=BadRequest"},
		{"a request in colour", logs.Colour, func(log *slog.Logger) { request(log) },
			"{92mINF{0m GET /beta/me {2;33mstatus={22m400{0m {2mtook={0m0.214ms {2mid={0m01a2"},
		{"an address without a route", logs.Text, func(log *slog.Logger) {
			log.Info("request", "method", "GET", "route", "", "path", "/typo", "status", 404, "took_ms", 1.0, "request_id", "7")
		}, "INF GET /typo status=404 took=1ms id=7"},
		{"another line", logs.Text, func(log *slog.Logger) {
			log.Warn("two words", "number", 7, "error", errors.New("a \"reason\"\nof two lines"))
		},
			`WRN two words number=7 error="a \"reason\" of two lines"`},
		{"what steers a terminal", logs.Colour, func(log *slog.Logger) {
			log.With("b", "\x1b[2J x").Error("a\x1b[31m\nFORGED\x07", "c", `\x1b[31m x`, "d", errors.New("\x9b1m"), slog.Group("e", "f", "\x1b[1mx"))
		}, `{91mERR{0m a�[31m FORGED� {2mb={0m"�[2J x" {2mc={0m"\\u001b[31m x" {2md={0m"�1m" {2me.f={0m"�[1mx"`},
	} {
		var line bytes.Buffer
		row.write(slog.New(row.format(&line, slog.LevelInfo)))
		clock := regexp.MustCompile(`^(\x1b\[2m)?\d\d:\d\d:\d\d\.\d{3}(\x1b\[0m)? `)
		got := clock.ReplaceAllString(line.String(), "")
		if want := strings.ReplaceAll(row.want, "{", "\x1b[") + "\n"; got != want || got == line.String() {
			t.Errorf("%s: %q, want a time and %q", row.name, line.String(), want)
		}
	}
}

// TestLevel: a handler leaves out the lines below its level.
func TestLevel(t *testing.T) {
	for _, format := range []logs.Format{logs.JSON, logs.Text, logs.Colour} {
		var lines bytes.Buffer
		log := slog.New(format(&lines, slog.LevelWarn)).WithGroup("group").With("a", "b")
		log.Info("low")
		log.Warn("high")
		if text := lines.String(); strings.Contains(text, "low") || strings.Count(text, "\n") != 1 {
			t.Errorf("the lines are %q", text)
		}
	}
}

// TestDroppedLinesAreToldToPeople: the line about dropped lines has the format of the others.
func TestDroppedLinesAreToldToPeople(t *testing.T) {
	out := &failing{calls: make(chan error)}
	w := logs.NewWriter(out, logs.Text)
	log := slog.New(w.Handler(slog.LevelInfo))
	log.Info("lost")
	out.calls <- errors.New("no space left on device")
	log.Info("kept")
	close(out.calls)
	w.Close(time.Minute)
	if text := out.String(); !regexp.MustCompile(`^\S+ WRN lines were dropped, .* lines=1\n\S+ INF kept\n$`).MatchString(text) {
		t.Errorf("written is %q", text)
	}
}
