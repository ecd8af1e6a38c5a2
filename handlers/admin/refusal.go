package admin

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"afterhours/gen"
)

// refusal is an error for the caller.
type refusal struct {
	status  int
	message string
}

func refuse(status int, format string, values ...any) *refusal {
	return &refusal{status, fmt.Sprintf(format, values...)}
}

// codes are the codes of the contract for the statuses that are used here.
var codes = map[int]gen.ErrorCode{
	http.StatusBadRequest:       gen.ErrorCodeBadRequest,
	http.StatusUnauthorized:     gen.ErrorCodeInvalidAuthenticationToken,
	http.StatusForbidden:        gen.ErrorCodeAuthorizationRequestDenied,
	http.StatusNotFound:         gen.ErrorCodeResourceNotFound,
	http.StatusMethodNotAllowed: gen.ErrorCodeRequestBadRequest,
	http.StatusTooManyRequests:  gen.ErrorCodeTooManyRequests,
}

// Realm is the realm of the challenge to a request without the token. serve --check knows the listener by it.
const Realm = "afterhours admin"

// write responds with the refusal in the shape that every error has.
func (f *refusal) write(w http.ResponseWriter) {
	id := uuid.Must(uuid.NewV7()).String()
	text, _ := json.Marshal(gen.Error{Error: gen.ErrorBody{Code: codes[f.status], Message: f.message, InnerError: gen.InnerError{
		Date: time.Now().UTC().Format("2006-01-02T15:04:05"), RequestID: id,
	}}}) // texts alone always marshal
	header := w.Header()
	header["request-id"] = []string{id}
	header.Set("Content-Type", "application/json")
	if f.status == http.StatusUnauthorized {
		header["WWW-Authenticate"] = []string{`Bearer realm="` + Realm + `"`}
	}
	w.WriteHeader(f.status)
	_, _ = w.Write(text) // an error here means that the caller has hung up
}

// shownMax is how many bytes of the caller's text an error shows.
const shownMax = 100

// shown returns the caller's text for an error.
func shown(text string) string {
	return strings.ToValidUTF8(text[:min(len(text), shownMax)], "\ufffd")
}
