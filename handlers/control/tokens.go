package control

import (
	"cmp"
	"slices"
	"time"

	api "afterhours/control"
	"afterhours/gen"
	"afterhours/handlers/auth"
	"afterhours/handlers/problem"
	"afterhours/store/edm"
)

// Role is the application role that the control contract asks for.
const Role = "Afterhours.Control"

// CreateToken mints a token of the local issuer.
func (s *Service) CreateToken(body *api.TokenRequest) (*api.Token, error) {
	claims := auth.Claims{
		Tenant:   cmp.Or(value(body.Tenant), s.Tenant),
		User:     cmp.Or(value(body.User), s.User),
		UPN:      value(body.Upn),
		Scopes:   value(body.Scopes),
		Roles:    value(body.Roles),
		Audience: value(body.Audience),
	}
	if len(claims.Scopes) == 0 && len(claims.Roles) == 0 {
		claims.Scopes = []string{"Analytics.ReadWrite"}
	}
	if value(body.Cae) {
		claims.Capabilities = []string{auth.AnswersClaims}
	}
	now := s.Clock.Now()
	if slices.Contains(claims.Roles, Role) {
		now = time.Now()
	}
	claims.NotBefore = now
	if body.NotBefore != nil {
		claims.NotBefore = *body.NotBefore
	}
	lifetime := edm.Hour
	if body.ExpiresIn != nil {
		lifetime = *body.ExpiresIn
	}
	if fault := checkToken(&claims, lifetime); fault != nil {
		return nil, problem.Invalid(*fault)
	}
	token, err := s.Issuer.Mint(claims, now)
	return &api.Token{Token: token}, err
}

// checkToken sets the lifetime, and returns what of a request the contract alone cannot refuse, nil if
// nothing is wrong.
func checkToken(claims *auth.Claims, lifetime edm.Duration) *gen.ErrorDetail {
	var inRange bool
	claims.Expires, inRange = nanoseconds(lifetime)
	property, words := "", ""
	switch {
	case len(claims.Scopes) > 0 && len(claims.Roles) > 0:
		property, words = "roles", "A token has either scopes, which are a user's, or roles, which are an application's."
	case len(claims.Roles) > 0 && claims.UPN != "":
		property, words = "upn", "An application has no user principal name. Leave upn out, or give scopes instead of roles."
	case claims.Expires.Truncate(time.Second) == 0 && inRange:
		property, words = "expiresIn", "expiresIn must be at least a second, or at most -PT1S for a token that has expired."
	case !isValid(claims.NotBefore):
		return &outOfRange("notBefore").Details[0]
	case !inRange || !isValid(claims.NotBefore.Add(claims.Expires)):
		return &outOfRange("expiresIn").Details[0]
	default:
		return nil
	}
	fault := problem.Fault(gen.InvalidValue, property, "%s", words)
	return &fault
}

// value returns what an optional property has, the zero value if it is absent.
func value[T any](property *T) T {
	if property == nil {
		return *new(T)
	}
	return *property
}
