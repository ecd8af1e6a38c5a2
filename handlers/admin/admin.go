// Package admin owns what those who run a server ask of it, on a listener of its own: metrics, profiles,
// whether it is well, and the level of its log. It leaves alone the numbers (metrics), the probes
// (handlers) and the listener (command).
//
//	request -> Host, token -> route -> /metrics /debug/pprof/ /log-level /livez /readyz
//
// Nothing here waits for a limit of package limits: an overloaded server can still be looked into.
package admin

import (
	"crypto/sha256"
	"crypto/subtle"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"afterhours/logs"
)

// bodyTimeout is how long a body may take, whether it is used or not.
const bodyTimeout = 5 * time.Second

// Config is the parts of a Handler. All but Token are required.
type Config struct {
	// Metrics serves /metrics.
	Metrics http.Handler
	// Probes serves /livez and /readyz.
	Probes http.Handler
	// Level is the level of the log.
	Level *slog.LevelVar
	Log   *slog.Logger
	// Token returns the bearer token that every request must have, and an error if no request may have
	// one now. nil asks for none: the listener must then be one that only this machine reaches.
	Token func() (string, error)
}

// Handler serves the routes.
type Handler struct {
	Config
	refused *logs.Quota // of lines about refused requests
	profile chan struct{}
}

// New returns a handler.
func New(config Config) *Handler {
	return &Handler{Config: config, profile: make(chan struct{}, 1), refused: logs.NewQuota(func(leftOut int) {
		config.Log.Warn("refused requests of the admin listener are too many to log each", "lines_left_out", leftOut)
	})}
}

// ServeHTTP responds to one request.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.ContentLength != 0 { // without a body, the deadline would end a profile
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(bodyTimeout)) // every server of net/http can
	}
	if refusal := h.admit(r); refusal != nil {
		refusal.write(w)
		return
	}
	methods, serve := h.route(r.URL.Path)
	switch {
	case serve == nil:
		refuse(http.StatusNotFound, "Nothing is at '%s'. There are /metrics, /debug/pprof/, /log-level, /livez and /readyz.", shown(r.URL.Path)).write(w)
	case !slices.Contains(methods, r.Method):
		w.Header().Set("Allow", strings.Join(methods, ", "))
		refuse(http.StatusMethodNotAllowed, "The method is not allowed here. Allowed are: %s.", strings.Join(methods, ", ")).write(w)
	default:
		if refusal := serve(w, r); refusal != nil {
			refusal.write(w)
		}
	}
}

var (
	read      = []string{http.MethodGet, http.MethodHead}
	readWrite = []string{http.MethodGet, http.MethodHead, http.MethodPut}
)

// route returns the methods of a path and what serves it; nil if nothing does.
func (h *Handler) route(path string) (methods []string, serve func(http.ResponseWriter, *http.Request) *refusal) {
	switch {
	case path == "/metrics":
		return read, serving(h.Metrics)
	case path == "/livez", path == "/readyz":
		return read, serving(h.Probes)
	case path == "/log-level":
		return readWrite, h.level
	case path == profiles:
		return read, listProfiles
	case isProfile(path):
		return read, h.takeProfile
	}
	return nil, nil
}

func serving(handler http.Handler) func(http.ResponseWriter, *http.Request) *refusal {
	return func(w http.ResponseWriter, r *http.Request) *refusal {
		handler.ServeHTTP(w, r)
		return nil
	}
}

// admit returns the refusal of a request without the token. If none is asked for, the request must name
// an address and not a name: a web page could give its own name the address of this machine, and
// read what is here (DNS rebinding).
func (h *Handler) admit(r *http.Request) *refusal {
	switch r.Header.Get("Sec-Fetch-Site") { // browsers alone send it
	case "", "none", "same-origin":
	default:
		return refuse(http.StatusForbidden, "A page of another origin sent this; the admin listener has no answer for it.")
	}
	if h.Token == nil {
		if isAddress(r.Host) {
			return nil
		}
		return refuse(http.StatusBadRequest, "'Host' is '%s'; it must be localhost or an address, as in 127.0.0.1:9090.", shown(r.Host))
	}
	const scheme = "Bearer "
	given := r.Header.Get("Authorization")
	token, err := h.Token()
	if err == nil && len(given) > len(scheme) && strings.EqualFold(given[:len(scheme)], scheme) && isSame(given[len(scheme):], token) {
		return nil
	}
	if h.refused.Allow() {
		h.Log.Warn("a request of the admin listener lacks its token", "from", r.RemoteAddr, "error", err)
	}
	return refuse(http.StatusUnauthorized, "This needs the token of --admin-token-file. Send the header: Authorization: Bearer {token}.")
}

// isSame compares two texts in a time that does not tell where they differ, or how long they are.
func isSame(a, b string) bool {
	digestA, digestB := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(digestA[:], digestB[:]) == 1
}

// isAddress reports whether the host, perhaps with a port, is localhost or an address.
func isAddress(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return host == "" || strings.EqualFold(host, "localhost") || net.ParseIP(strings.Trim(host, "[]")) != nil
}
