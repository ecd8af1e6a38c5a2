package faults

import (
	"net/http"
	"net/url"
	"time"

	api "afterhours/control"
)

// Request is what rules know of a request.
type Request struct {
	// Operation is the operationId in the contract of the API.
	Operation string
	// IsList is true if the response is a page of statistics.
	IsList bool
	// IsQuery is true for a POST on $query, which writes nothing.
	IsQuery bool
	Method  string
	// Tenant, User and Application are those of the token, "" for an operation without a token. A token
	// need not name an application.
	Tenant, User, Application string
	Header                    http.Header
	Query                     url.Values
	// Now is the time by the server's clock.
	Now time.Time
	// Origin is the address of the server: scheme, host and port.
	Origin string
	// NotBefore is when the token became valid (nbf), zero if the token does not say.
	NotBefore time.Time
	// AnswersClaims is true if the client that has the token can answer a claims challenge.
	AnswersClaims bool
	// Token tells tokens apart.
	Token [32]byte
}

// Fault is what happens to a request. A fault without a status lets the operation be done; what it has
// besides then concerns the response.
type Fault struct {
	// Rule is the id of the rule, or HeaderName if the request asked for the fault. It is "" if no rule
	// applies and the response only gets headers.
	Rule string
	// Status is that of an error, 0 for none.
	Status int
	// Code and Message are those of the error. The message may be empty.
	Code, Message string
	// Challenge is the header WWW-Authenticate, "" for none.
	Challenge string
	// Header is added to the response; each of its headers replaces one of the same name.
	Header http.Header
	// ContentType replaces Content-Type, "" leaves it out; nil changes nothing.
	ContentType *string
	// Body is what is done to the body, "" for nothing.
	Body api.FaultAnswerBody
	// Delay is how long the request waits first, in real time.
	Delay time.Duration
	// Connection is what happens to the connection, "" for nothing.
	Connection api.FaultRuleConnection
}

// isList reports whether the change of a body is for lists alone.
func isList(body *api.FaultAnswerBody) bool {
	return body != nil && (*body == api.EmptyPage || *body == api.RepeatedNextLink)
}

// value returns what an optional property has, the zero value if it is absent.
func value[T any](property *T) T {
	if property == nil {
		return *new(T)
	}
	return *property
}
