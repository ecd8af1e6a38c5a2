package auth

import (
	"slices"
	"time"
)

// Principal is the caller that a verified token names. Verify returns the same Principal for the same token, so the
// slices are shared and must not be changed.
type Principal struct {
	// Tenant is the tenant (tid), a GUID in lower case.
	Tenant string
	// User is the object id (oid) of the user, or of the application's service principal; a GUID in lower case.
	// It is unique within Tenant only.
	User string
	// Issuer is the issuer of the token (iss).
	Issuer string
	// Application is the client that the token was issued to, "" if the token does not say. It tells callers apart and
	// authorises nothing.
	Application string
	// UPN is the user principal name (upn) in lower case, "" if the token has none. preferred_username is not used,
	// because the user may change it. A UPN can be given to another person later, so it may name a user but must never
	// authorise one (Entra, "Access token claims reference").
	UPN string
	// TeachesName is true if the issuer may say which user has UPN.
	TeachesName bool
	// App is true if an application calls on its own behalf, without a user.
	App bool
	// Scopes are the delegated permissions (scp or scope); nil if App.
	Scopes []string
	// Roles are the application permissions (roles); nil unless App. A user's roles are left out: they describe the
	// user, not what the client may do for the user.
	Roles []string
	// Expires is the time at which the token expires (exp), in whole seconds.
	Expires time.Time
	// NotBefore is the time at which the token begins to be valid (nbf), in whole seconds; zero if the token does not say.
	NotBefore time.Time
	// AnswersClaims is true if the client says that it can answer a claims challenge (xms_cc has cp1).
	AnswersClaims bool
	// Token tells the token from others.
	Token TokenID
}

// Has reports whether the principal holds the permission: as a scope if it is a user, as a role if it is an application.
// Names are compared exactly, as Entra issues them.
func (p Principal) Has(permission string) bool {
	if p.App {
		return slices.Contains(p.Roles, permission)
	}
	return slices.Contains(p.Scopes, permission)
}
