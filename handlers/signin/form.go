package signin

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
)

// maxForm is the size of a form in bytes. A client assertion with its certificates takes 8 KiB.
const maxForm = 32 << 10

// form returns the parameters in the body of a call.
func form(call *Call) (url.Values, error) {
	contentType := call.Header.Get("Content-Type")
	name, _, err := mime.ParseMediaType(contentType)
	if contentType != "" && (err != nil || name != "application/x-www-form-urlencoded") { // MSAL for Java sends none for a device
		return nil, errMalformed.refuse("'Content-Type' must be application/x-www-form-urlencoded.")
	}
	text, err := io.ReadAll(http.MaxBytesReader(nil, call.Body, maxForm))
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
		return nil, errMalformed.refuse("The form is larger than %d bytes.", maxForm)
	}
	if err != nil {
		return nil, errMalformed.refuse("The form does not arrive whole.")
	}
	values, err := parameters(string(text))
	if id := values.Get("client-request-id"); isGUID(id) { // MSAL for JavaScript sends it here and in no header
		call.CorrelationID = id
	}
	return values, err
}

// parameters parses a form or a query. None may be given twice (RFC 6749, 3.1 and 3.2).
func parameters(text string) (url.Values, error) {
	values, err := url.ParseQuery(text)
	if err != nil {
		return nil, errMalformed.refuse("The parameters cannot be read: they must be names and values with = and & between them, escaped by %%.")
	}
	for name, given := range values {
		if len(given) > 1 {
			return nil, errMalformed.refuse("The parameter '%s' is given more than once.", shown(name))
		}
	}
	return values, nil
}

// required returns a parameter that must be given.
func required(values url.Values, name string) (string, error) {
	value := values.Get(name)
	if value == "" {
		return "", errMissing.refuse("The request must contain the following parameter: '%s'.", name)
	}
	return value, nil
}
