package auth

import (
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// personalTenant is the tenant of every personal Microsoft account (Entra's access token page, claim tid).
const personalTenant = "9188040d-6c67-4c5b-b112-36a304b66dad"

// appIdentity is the value of idtyp in an application's token (Entra, "Optional claims reference").
const appIdentity = "app"

// checkAudience refuses a token whose aud has none of the audiences, compared exactly. A token for another API must not
// work here (RFC 8725, section 3.9).
func (p payload) checkAudience(audiences []string) error {
	for _, a := range p.Audience {
		if slices.Contains(audiences, a) {
			return nil
		}
	}
	return refuse("The token is not for this API; its audience (aud) must be %s.", strings.Join(audiences, " or "))
}

// checkTimes refuses a token unless now is in [nbf, exp) and not before iat. Each of the three may be off by leeway.
// exp is required, nbf and iat are optional (RFC 7519, sections 4.1.4 to 4.1.6).
func (p payload) checkTimes(now time.Time, leeway time.Duration) error {
	switch {
	case p.ExpiresAt == nil:
		return refuse("The token has no expiry (exp).")
	case !now.Before(p.ExpiresAt.Add(leeway)):
		return refuse("The token has expired; ask for a new one.")
	case p.NotBefore != nil && now.Before(p.NotBefore.Add(-leeway)):
		return refuse("The token is not valid yet (nbf); the clocks of its issuer and of this server may differ.")
	case p.IssuedAt != nil && now.Before(p.IssuedAt.Add(-leeway)):
		return refuse("The token was issued in the future (iat); the clocks of its issuer and of this server may differ.")
	}
	return nil
}

// principal returns the caller that the claims name. The signature, audience and times must be verified already.
func (p payload) principal() (Principal, error) {
	if !isGUID(p.Tenant) {
		return Principal{}, refuse("The token must name its tenant (tid) by a GUID.")
	}
	if !isGUID(p.Object) {
		return Principal{}, refuse("The token must name the object id of its user or service principal (oid) by a GUID.")
	}
	caller := Principal{
		Tenant:  strings.ToLower(p.Tenant),
		User:    strings.ToLower(p.Object),
		Expires: p.ExpiresAt.UTC(),
	}
	switch {
	case p.Nonce != nil || p.AccessTokenHash != nil || p.CodeHash != nil:
		return Principal{}, refuse("The token is an ID token (it has nonce, at_hash or c_hash); send an access token for this API.")
	case p.isDelegated():
		caller.Scopes = strings.Fields(*p.Scopes)
		caller.UPN = strings.ToLower(p.UPN)
	case p.isAppOnly():
		caller.App = true
		caller.Roles = p.Roles
	default:
		return Principal{}, refuse("The token is not an access token for this API: it needs delegated permissions (scp), or, " +
			"for an application without a user, application permissions (roles).")
	}
	return caller, nil
}

// isDelegated reports whether the token lets a client act for a user. Only user tokens have scp.
func (p payload) isDelegated() bool {
	return p.Scopes != nil && p.IdentityType != appIdentity
}

// isAppOnly reports whether the token lets an application act for itself. The claim roles is not enough: a user's ID
// token has it too, and would pass as an application with the user's roles. The claim idtyp is enough but optional.
// Without idtyp, sub must equal oid. That holds for every service principal and for no user, whose sub is pairwise.
func (p payload) isAppOnly() bool {
	if p.Scopes != nil || len(p.Roles) == 0 {
		return false
	}
	return p.IdentityType == appIdentity || p.IdentityType == "" && p.Subject == p.Object
}

// isGUID reports whether s is a GUID in the 36 characters that Entra writes. uuid.Validate alone would also accept
// braces, a URN and bare digits.
func isGUID(s string) bool {
	return len(s) == 36 && uuid.Validate(s) == nil
}
