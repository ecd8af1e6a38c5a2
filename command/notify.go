package command

import (
	"log/slog"

	"github.com/coreos/go-systemd/v22/daemon"
)

// notify tells systemd a state of the server, if systemd has started it and waits for that. An
// error is logged, as the server can serve all the same.
func notify(logger *slog.Logger, state string) {
	if _, err := daemon.SdNotify(false, state); err != nil {
		logger.Warn("systemd does not learn the state of the server", "state", state, "error", err)
	}
}
