package auth

import (
	"slices"
	"time"
)

// Principal is who a verified token speaks for. Verify gives the same Principal for the same token, so its slices are
// shared: read them, do not change them.
type Principal struct {
	// Tenant is the tenant (tid), a GUID in lower case.
	Tenant string
	// User is the object id (oid) of the user, or of the application's service principal; a GUID in lower case.
	// It is unique within Tenant only.
	User string
	// UPN is the user principal name (upn) in lower case, "" if the token has none. preferred_username is left out, since
	// its user may change it. A name can be given to another person later, so it may name a user but must never
	// authorise one (Entra, "Access token claims reference").
	UPN string
	// App says that an application calls on its own behalf, without a user.
	App bool
	// Scopes are the delegated permissions (scp); nil if App.
	Scopes []string
	// Roles are the application permissions (roles); nil unless App. A user's roles are left out: they say what the
	// user is, not what the client was allowed to do for the user.
	Roles []string
	// Expires is when the token ends (exp), in whole seconds.
	Expires time.Time
}

// Has says whether the principal holds the permission: as a scope if it is a user, as a role if it is an application.
// Names are compared exactly, as Entra issues them.
func (p Principal) Has(permission string) bool {
	if p.App {
		return slices.Contains(p.Roles, permission)
	}
	return slices.Contains(p.Scopes, permission)
}
