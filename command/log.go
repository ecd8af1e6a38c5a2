package command

import (
	"log"
	"log/slog"
	"path/filepath"
	"strings"

	"afterhours/handlers/auth"
	"afterhours/logs"
)

// logStart writes what the server trusts, where it keeps things and how much it takes on.
func (a *App) logStart() {
	folder, err := filepath.Abs(a.config.Data)
	if err != nil || a.config.Data == "" {
		folder = a.config.Data
	}
	line := []any{
		"issuers", append([]string{auth.LocalName}, a.config.Issuers...), "audiences", append([]string{}, a.config.Audiences...),
		"data", folder, "store", a.config.address(),
	}
	if len(a.config.Claims) > 0 {
		line = append(line, "claims", a.config.Claims)
	}
	if len(a.config.NamesFrom) > 0 {
		line = append(line, "names_from", a.config.NamesFrom)
	}
	if url := a.adminURL(); url != "" {
		line = append(line, "admin", url)
	}
	if a.config.isSQLite() {
		line = append(line, "durability", a.config.Durability)
	}
	files := openFiles()
	a.config.Logger.Info("the server starts", append(line, "open_files", files, "max_connections", connectionLimit(files))...)
}

// errorLog takes the lines that net/http writes about connections, such as failed TLS handshakes.
type errorLog struct {
	log   *slog.Logger
	quota *logs.Quota
}

// newErrorLog returns a log for net/http. Anybody who can connect can cause its lines, so their number
// is bounded.
func newErrorLog(logger *slog.Logger) *log.Logger {
	return log.New(&errorLog{logger, logs.NewQuota(func(leftOut int) {
		logger.Warn("errors of connections are too many to log each", "lines_left_out", leftOut)
	})}, "", 0)
}

func (l *errorLog) Write(line []byte) (int, error) {
	if l.quota.Allow() {
		l.log.Warn(strings.TrimSuffix(string(line), "\n"))
	}
	return len(line), nil
}
