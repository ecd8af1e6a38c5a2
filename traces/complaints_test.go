package traces

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestComplaintsAreFew: an hour of a complaint a second is at most a line a minute, and none goes uncounted.
func TestComplaintsAreFew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		c := &complaints{log: slog.New(slog.NewJSONHandler(&log, nil))}
		if err := c.start(); err != nil {
			t.Fatal(err)
		}
		for range 3600 {
			c.Handle(errors.New("connection refused" + strings.Repeat(".", 1000)))
			time.Sleep(time.Second)
		}
		lines, told := 0, 0
		for text := range strings.Lines(log.String()) {
			var line struct {
				Error   string `json:"error"`
				LeftOut int    `json:"lines_left_out"`
			}
			if err := json.Unmarshal([]byte(text), &line); err != nil || len(line.Error) > complaintMax {
				t.Errorf("%v: %s", err, text)
			}
			lines, told = lines+1, told+1+line.LeftOut
		}
		if lines > 60 || told+c.leftOut != 3600 {
			t.Errorf("%d lines tell of %d complaints, and %d wait", lines, told, c.leftOut)
		}
	})
}
