package admin

import (
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"
)

// levels are the levels of the log by their names.
var levels = map[string]slog.Level{"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError}

// ParseLevel returns the level of the log that has the name.
func ParseLevel(name string) (slog.Level, error) {
	if level, ok := levels[name]; ok {
		return level, nil
	}
	return 0, errors.New("it must be debug, info, warn or error")
}

const (
	maxLevelBody = 1 << 10         // more bytes than a body with a level needs
	bodyTimeout  = 5 * time.Second // more time
)

// level serves /log-level.
func (h *Handler) level(w http.ResponseWriter, r *http.Request) *refusal {
	if r.Method == http.MethodPut {
		if refusal := h.setLevel(w, r); refusal != nil {
			return refusal
		}
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `{"level":"`+strings.ToLower(h.Level.Level().String())+"\"}\n") // an error here means that the caller has hung up
	return nil
}

// setLevel sets the level to that of the body. The log tells of it, at whichever of the two levels shows more.
func (h *Handler) setLevel(w http.ResponseWriter, r *http.Request) *refusal {
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(bodyTimeout)) // every server of net/http can
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxLevelBody))
	decoder.DisallowUnknownFields()
	var body struct{ Level string }
	level, err := slog.Level(0), decoder.Decode(&body)
	if err == nil {
		level, err = ParseLevel(body.Level)
	}
	if err != nil {
		return refuse(http.StatusBadRequest, `The body must be {"level":"debug"}, with debug, info, warn or error.`)
	}
	was := h.Level.Level()
	h.Level.Set(min(was, level))
	h.Log.Log(r.Context(), max(slog.LevelInfo, min(was, level)), "the level of the log is changed", "from", was.String(), "to", level.String())
	h.Level.Set(level)
	return nil
}
