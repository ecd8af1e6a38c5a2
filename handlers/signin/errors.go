package signin

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"unicode"
)

// kind is one kind of refusal: the error of RFC 6749 or 8628, and the number that Entra gives it.
type kind struct {
	name   string
	number int
}

// The kinds of refusals. The numbers are those of the page "Microsoft Entra authentication and
// authorization error codes".
var (
	errMalformed     = kind{"invalid_request", 9002313}
	errMissing       = kind{"invalid_request", 900144}
	errTenant        = kind{"invalid_request", 90002}
	errPersonal      = kind{"invalid_request", 500200}
	errOrigin        = kind{"invalid_request", 9002326}
	errNoPKCE        = kind{"invalid_request", 9002325}
	errRedirect      = kind{"invalid_request", 50011}
	errInstance      = kind{"invalid_instance", 50049}
	errClient        = kind{"unauthorized_client", 700016}
	errSecret        = kind{"invalid_client", 7000215}
	errNoSecret      = kind{"invalid_client", 7000218}
	errGrantType     = kind{"unsupported_grant_type", 70003}
	errResponseType  = kind{"unsupported_response_type", 70005}
	errScope         = kind{"invalid_scope", 70011}
	errClientScope   = kind{"invalid_scope", 1002012}
	errConsent       = kind{"invalid_grant", 65001}
	errUser          = kind{"invalid_grant", 50034}
	errGrant         = kind{"invalid_grant", 70000}
	errExpired       = kind{"invalid_grant", 70008}
	errRedeemed      = kind{"invalid_grant", 54005}
	errReplyAddress  = kind{"invalid_grant", 500112}
	errVerifier      = kind{"invalid_grant", 501481}
	errLogin         = kind{"login_required", 50058}
	errCancelled     = kind{"access_denied", 65004}
	errPending       = kind{"authorization_pending", 70016}
	errDeclined      = kind{"authorization_declined", 70018}
	errDevice        = kind{"bad_verification_code", 70018}
	errDeviceExpired = kind{"expired_token", 70020}
	errServer        = kind{"temporarily_unavailable", 90033}
)

// refusal is a refused request.
type refusal struct {
	kind
	text string // sentences for a person
}

func (r *refusal) Error() string { return r.text }

// refuse returns a refusal. Its text is formatted as by fmt.Sprintf.
func (k kind) refuse(format string, values ...any) error {
	return &refusal{kind: k, text: fmt.Sprintf(format, values...)}
}

// status returns the HTTP status of the kind (RFC 6749, 5.2).
func (k kind) status() int {
	switch k.name {
	case errSecret.name:
		return http.StatusUnauthorized
	case errServer.name:
		return http.StatusServiceUnavailable
	}
	return http.StatusBadRequest
}

// refusalOf returns the refusal that an error is. Any other error is of a store that cannot be asked now.
func (c *Call) refusalOf(err error) *refusal {
	var refused *refusal
	if errors.As(err, &refused) {
		return refused
	}
	c.Failure = err
	return &refusal{errServer, "The server cannot look up the user now. Try again in a moment."}
}

// describe returns the text of a refusal as Entra writes it.
func (s *Service) describe(call *Call, refused *refusal) string {
	return fmt.Sprintf("AADSTS%d: %s Trace ID: %s Correlation ID: %s Timestamp: %s",
		refused.number, refused.text, call.TraceID, call.CorrelationID, s.timestamp())
}

func (s *Service) timestamp() string { return s.Now().UTC().Format("2006-01-02 15:04:05Z") }

// refusal returns the response to a request that is refused, in Entra's shape.
func (s *Service) refusal(call *Call, err error) *response {
	refused := call.refusalOf(err)
	made := jsonResponse(refused.status(), map[string]any{
		"error":             refused.name,
		"error_description": s.describe(call, refused),
		"error_codes":       []int{refused.number},
		"timestamp":         s.timestamp(),
		"trace_id":          call.TraceID,
		"correlation_id":    call.CorrelationID,
	})
	if refused.status() == http.StatusUnauthorized {
		made.header["WWW-Authenticate"] = `Basic realm="afterhours"`
	}
	if refused.status() == http.StatusServiceUnavailable {
		made.header["Retry-After"] = "1"
	}
	return made
}

// shown returns a caller's text as a refusal repeats it: at most 60 characters, and none that could
// break a line.
func shown(text string) string {
	text = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, text)
	if runes := []rune(text); len(runes) > 60 {
		return string(runes[:60]) + "…"
	}
	return text
}
