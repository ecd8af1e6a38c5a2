package handlers

import (
	"net/http"
	"regexp"

	"afterhours/handlers/input"
)

// exposed are the response headers that code in a browser may read: the ones that Graph exposes,
// and Allow.
const exposed = "ETag, Location, Preference-Applied, Content-Range, request-id, client-request-id, " +
	"ReadWriteConsistencyToken, SdkVersion, WWW-Authenticate, x-ms-client-gcc-tenant, Retry-After, " +
	"OData-Version, OData-EntityId, Allow"

// shared are the methods that code in a browser may use on any address. They are all methods of OData and
// not those of the address: else a browser would keep a 405 or a 404 from the page, which then sees only
// that the network failed.
const shared = "DELETE, GET, HEAD, PATCH, POST, PUT"

// preflightAge is how many seconds a browser may remember a preflight.
const preflightAge = "3600"

// headerNames is a list of header names as a browser sends it.
var headerNames = regexp.MustCompile(`^[A-Za-z0-9!#$%&'*+.^_|~, -]+$`)

// shareAcrossOrigins lets code of any origin call, as Graph does. That is safe because only a bearer
// token gives access. A browser adds cookies by itself, but no token; credentials are not allowed.
// It responds to a preflight, and then returns true: the request is done.
func (s *Server) shareAcrossOrigins(w http.ResponseWriter, r *http.Request) (done bool) {
	if input.Line(r.Header, "Origin") == "" {
		return false
	}
	header := w.Header()
	header.Set("Access-Control-Allow-Origin", "*")
	header.Set("Access-Control-Expose-Headers", exposed)
	if r.Method != http.MethodOptions || r.Header.Get("Access-Control-Request-Method") == "" {
		return false
	}
	header.Set("Access-Control-Allow-Methods", shared)
	if asked := r.Header.Get("Access-Control-Request-Headers"); len(asked) <= 1024 && headerNames.MatchString(asked) {
		header.Set("Access-Control-Allow-Headers", asked)
	}
	header.Set("Access-Control-Max-Age", preflightAge)
	header.Add("Vary", "Access-Control-Request-Headers")
	w.WriteHeader(http.StatusOK)
	return true
}
