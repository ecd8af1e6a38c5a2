package signin

import (
	"context"
	"crypto/cipher"
	"net/http"
	"time"

	"afterhours/handlers/auth"
	"afterhours/store"
)

// Users is the part of a store that knows users by their names.
type Users interface {
	UserByUPN(ctx context.Context, tenant, upn string) (store.User, error)
	Users(ctx context.Context, tenant, after string, limit int) ([]store.User, error)
}

// Config is the parts of a Service. Every field but Clients is required.
type Config struct {
	Issuer *auth.LocalIssuer
	Users  Users
	// Tenant is what the paths common and organizations mean.
	Tenant string
	// User and UPN are a user of Tenant who can always sign in.
	User, UPN string
	// Clients are the clients that may sign in; nil for all, with any secret.
	Clients Clients
	// Now is the time by the clock of the server.
	Now func() time.Time
}

// Service signs in. Its methods may be called concurrently.
type Service struct {
	Config
	codes   *pending[authorization]
	devices *pending[device]
	sealer  cipher.AEAD // of refresh tokens
}

// New returns a service. Its codes and refresh tokens end with it.
func New(config Config) *Service {
	return &Service{Config: config, codes: newPending[authorization](), devices: newPending[device](), sealer: newSealer()}
}

// Call is a request, as the door hands it in. Its path values are set.
type Call struct {
	*http.Request
	// Origin is the scheme, host and port by which the client reached the server.
	Origin string
	// TraceID is the id that the server gave the request, and CorrelationID that of the client or else
	// the same.
	TraceID, CorrelationID string
	// Failure is why the store could not be asked, nil after any other response. It is for the log alone.
	Failure error
}

// Route is a path at which the service responds to a method.
type Route struct {
	Method, Path string
	serve        func(*Call) (*response, error)
	service      *Service
}

// Routes returns all routes. HEAD is served wherever GET is.
func (s *Service) Routes() []Route {
	routes := []Route{
		{Method: "POST", Path: "/{tenant}/oauth2/v2.0/token", serve: s.token},
		{Method: "POST", Path: "/{tenant}/oauth2/v2.0/devicecode", serve: s.deviceCode},
		{Method: "GET", Path: "/{tenant}/oauth2/v2.0/authorize", serve: s.authorizePage},
		{Method: "POST", Path: "/{tenant}/oauth2/v2.0/authorize", serve: s.authorize},
		{Method: "GET", Path: "/{tenant}/oauth2/v2.0/deviceauth", serve: s.devicePage},
		{Method: "POST", Path: "/{tenant}/oauth2/v2.0/deviceauth", serve: s.approveDevice},
		{Method: "GET", Path: "/{tenant}/oauth2/v2.0/logout", serve: s.logout},
		{Method: "GET", Path: "/{tenant}/v2.0/.well-known/openid-configuration", serve: s.openIDConfiguration},
		{Method: "GET", Path: "/{tenant}/discovery/v2.0/keys", serve: s.keys},
		{Method: "GET", Path: "/{tenant}/discovery/instance", serve: s.instance},
		{Method: "GET", Path: "/{tenant}/userrealm/{upn}", serve: s.userRealm},
		{Method: "GET", Path: "/{tenant}/UserRealm/{upn}", serve: s.userRealm}, // as MSAL for Go spells it
	}
	for i := range routes {
		routes[i].service = s
	}
	return routes
}

// Serve responds to a call of the route.
func (r Route) Serve(w http.ResponseWriter, call *Call) {
	made, err := r.serve(call)
	if err != nil {
		made = r.service.refusal(call, err)
	}
	made.write(w)
}
