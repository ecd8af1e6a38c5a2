package faults

import (
	"cmp"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	api "afterhours/control"
	"afterhours/gen"
)

// defaults are the code and the message that an error has unless its rule gives another. They are
// Graph's if Graph documents some. A status without a row has those of a gateway: UnknownError and an
// empty message, as in Graph's 504.
var defaults = map[int]struct {
	code    gen.ErrorCode
	message string
}{
	http.StatusBadRequest:            {gen.ErrorCodeBadRequest, "The request is malformed or incorrect."},
	http.StatusUnauthorized:          {gen.ErrorCodeInvalidAuthenticationToken, "Access token validation failure."},
	http.StatusForbidden:             {gen.ErrorCodeAuthorizationRequestDenied, "Insufficient privileges to complete the operation."},
	http.StatusNotFound:              {gen.ErrorCodeResourceNotFound, "Resource not found."},
	http.StatusMethodNotAllowed:      {gen.ErrorCodeRequestBadRequest, "Specified HTTP method is not allowed for the request target."},
	http.StatusNotAcceptable:         {gen.ErrorCodeNotAcceptable, "The format asked for is not available."},
	http.StatusRequestTimeout:        {gen.ErrorCodeRequestTimeout, "The request took too long."},
	http.StatusConflict:              {gen.ErrorCodeNameAlreadyExists, "The specified item name already exists."},
	http.StatusPreconditionFailed:    {gen.ErrorCodeResourceModified, "The resource has changed since it was read."},
	http.StatusRequestEntityTooLarge: {gen.ErrorCodeRequestEntityTooLarge, "The request is too large."},
	http.StatusUnsupportedMediaType:  {gen.ErrorCodeUnsupportedMediaType, "The content type of the request is not supported."},
	http.StatusFailedDependency:      {gen.ErrorCodeFailedDependency, "A request on which this one depends has failed."},
	http.StatusTooManyRequests:       {gen.ErrorCodeTooManyRequests, "Please retry again later."},
	http.StatusInternalServerError:   {gen.ErrorCodeInternalServerError, "An internal server error occurred."},
	http.StatusServiceUnavailable:    {gen.ErrorCodeServiceNotAvailable, "The service is not available. Try again later."},
	http.StatusInsufficientStorage:   {gen.ErrorCodeQuotaLimitReached, "The quota limit has been reached."},
}

// graphID is the application id of Microsoft Graph, which is the same in every tenant.
const graphID = "00000003-0000-0000-c000-000000000000"

// challenge returns the header WWW-Authenticate that Graph sends with a 401. Its address is that of this
// server instead of Entra ID.
func challenge(origin string) string {
	return fmt.Sprintf(`Bearer realm="", authorization_uri="%s/common/oauth2/v2.0/authorize", client_id="%s"`, origin, graphID)
}

// failure returns the fault with the default code and message of a status.
func failure(status int) *Fault {
	row := defaults[status]
	return &Fault{Status: status, Code: string(cmp.Or(row.code, gen.ErrorCodeUnknownError)), Message: row.message}
}

// answer returns the fault of a rule's answer, without the challenge.
func answer(a *api.FaultAnswer) *Fault {
	fault := &Fault{}
	isChallenge := value(a.Claims)
	if a.Status != nil || isChallenge {
		fault = failure(int(cmp.Or(value(a.Status), http.StatusUnauthorized)))
		if isChallenge {
			fault.Message = revoked
		}
		if a.Code != nil {
			if fault.Code = *a.Code; fault.Code == string(gen.ErrorCodeUnknownError) {
				fault.Message = ""
			}
		}
		if a.Message != nil {
			fault.Message = *a.Message
		}
	}
	fault.ContentType, fault.Body = a.ContentType, value(a.Body)
	fault.Header = http.Header{}
	if a.RetryAfter != nil {
		fault.Header.Set("Retry-After", retryAfter(*a.RetryAfter, value(a.RetryAfterForm), time.Now()))
	}
	for name, text := range value(a.Headers) {
		fault.Header[http.CanonicalHeaderKey(name)] = []string{text}
	}
	return fault
}

// retryAfter returns the header Retry-After for so many seconds after now, which is real time as in the
// header Date. A date has whole seconds and is not too early.
func retryAfter(seconds float64, form api.FaultAnswerRetryAfterForm, now time.Time) string {
	if form != api.Date {
		return strconv.FormatFloat(seconds, 'f', -1, 64)
	}
	return now.Add(time.Duration(math.Ceil(seconds)) * time.Second).UTC().Format(http.TimeFormat)
}
