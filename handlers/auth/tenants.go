package auth

import (
	"fmt"
	"strings"
)

// An issuer may speak about its own tenant, or about any that no other issuer has:
//
//	a tenant in its name        that one; two of Entra ID's may have the same, for tokens of v1 and v2
//	a fixed tenant              that one, whatever the token says
//	Entra ID with {tenantid}    each tenant of Entra ID, which vouches that a token is of the tenant in its iss
//	the local issuer            every tenant
//	any other                   every tenant that no other issuer has as its own; never beside a second such issuer

// isRemote reports whether the issuer is another than the local one.
func (i *Issuer) isRemote() bool { return i.keys.fetch != nil }

// hasOneTenant reports whether its configuration gives the issuer a tenant of its own.
func (i *Issuer) hasOneTenant() bool { return i.tenant != "" || i.claims.FixedTenant != "" }

// owns reports whether the tenant is the issuer's own.
func (i *Issuer) owns(tenant string) bool {
	return i.hasOneTenant() && (strings.EqualFold(i.tenant, tenant) || strings.EqualFold(i.claims.FixedTenant, tenant))
}

// isOpen reports whether nothing but the issuer itself says for which tenants it speaks.
func (i *Issuer) isOpen() bool { return i.isRemote() && !i.entra && !i.hasOneTenant() }

// checkTogether returns an error if the issuers may not be trusted at the same time: each could sign the other's tokens,
// or name the other's tenants.
func checkTogether(a, b *Issuer) error {
	if a.overlaps(b) {
		return fmt.Errorf("issuers %q and %q cover the same tokens: trust one of them, with the audiences of both", a.name, b.name)
	}
	if !a.isRemote() || !b.isRemote() || a.hasOneTenant() || b.hasOneTenant() || !a.isOpen() && !b.isOpen() {
		return nil
	}
	open := a
	if !a.isOpen() {
		open = b
	}
	return fmt.Errorf("issuers %q and %q may each name any tenant, and so each other's users: give one a tenant of its own, as in --claim %s#tenant==GUID",
		a.name, b.name, open.name)
}

// checkTenant refuses the tenant of a token if its issuer is open and the tenant is another issuer's own.
func (v *Verifier) checkTenant(issuer *Issuer, tenant string) error {
	if !issuer.isOpen() {
		return nil
	}
	for _, other := range v.issuers {
		if other.owns(tenant) {
			return refuse("The token names the tenant of another issuer, and its own issuer may not speak for that one.")
		}
	}
	return nil
}
