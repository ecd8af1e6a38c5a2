package auth

import (
	"errors"
	"fmt"
)

// ErrNoToken is the error for a request without credentials. RFC 6750, section 3.1, asks for a challenge without an
// error attribute in this case.
var ErrNoToken = errors.New(`the request has no access token: send the header "Authorization: Bearer <token>"`)

// ErrUnavailable is the error if the keys of the token's issuer could not be fetched before the request ended. The
// token may be good and can be sent again, so the status is 503, not 401.
var ErrUnavailable = errors.New("the signing keys of the token's issuer are not available")

// UnavailableError is ErrUnavailable with its reason. It wraps both.
type UnavailableError struct {
	// Issuer is the name of the issuer, from the server's configuration. It may be sent to the caller.
	Issuer string
	// Reason is for the log only: it can name internal hosts.
	Reason error
}

// Error returns the issuer and the reason.
func (e *UnavailableError) Error() string {
	return fmt.Sprintf("%v: issuer %s: %v", ErrUnavailable, e.Issuer, e.Reason)
}

// Unwrap returns ErrUnavailable and the reason.
func (e *UnavailableError) Unwrap() []error { return []error{ErrUnavailable, e.Reason} }

// Error is a refused token or a malformed Authorization header.
type Error struct {
	// Description tells a person what is wrong and what would be right. It may be sent to the caller unchanged: its text
	// comes from this package and the server's configuration, and never holds a part of the token.
	Description string
}

// Error returns the description.
func (e *Error) Error() string { return e.Description }

func refuse(format string, args ...any) error {
	return &Error{Description: fmt.Sprintf(format, args...)}
}
