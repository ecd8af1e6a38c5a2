package auth

import (
	"errors"
	"fmt"
)

// ErrNoToken says that a request carries no credentials at all. RFC 6750, section 3.1, wants the challenge for it
// without an error attribute: nothing was wrong, something was missing.
var ErrNoToken = errors.New(`the request has no access token: send the header "Authorization: Bearer <token>"`)

// ErrUnavailable says that a token could not be judged because the keys of its issuer could not be fetched, or not before
// the request ended. The caller did nothing wrong and may send the same token again: the status is 503, not 401.
// It wraps the reason, which is for the log: it can name internal hosts.
var ErrUnavailable = errors.New("the signing keys of the token's issuer are not available")

// Error is a refused token or a malformed Authorization header.
type Error struct {
	// Description tells a person what is wrong and what would be right. It may be sent to the caller as it is: it is
	// made of this package's words and the server's configuration, and never holds any part of the token.
	Description string
}

// Error returns the description.
func (e *Error) Error() string { return e.Description }

func refuse(format string, args ...any) error {
	return &Error{Description: fmt.Sprintf(format, args...)}
}
