package auth

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/uuid"
)

// personalTenant is the tenant of every personal Microsoft account (Entra's access token page, claim tid).
const personalTenant = "9188040d-6c67-4c5b-b112-36a304b66dad"

// AnswersClaims is the capability of a client that can answer a claims challenge, in xms_cc.
const AnswersClaims = "cp1"

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

// checkTimes refuses a token unless now is in [nbf, exp) and not before iat. exp may be off by late, the others by early.
// exp is required, nbf and iat are optional (RFC 7519, sections 4.1.4 to 4.1.6).
func (p payload) checkTimes(now time.Time, early, late time.Duration) error {
	switch {
	case p.ExpiresAt == nil:
		return refuse("The token has no expiry (exp).")
	case !now.Before(p.ExpiresAt.Add(late)):
		return refuse("The token has expired; ask for a new one.")
	case p.NotBefore != nil && now.Before(p.NotBefore.Add(-early)):
		return refuse("The token is not valid yet (nbf); the clocks of its issuer and of this server may differ.")
	case p.IssuedAt != nil && now.Before(p.IssuedAt.Add(-early)):
		return refuse("The token was issued in the future (iat); the clocks of its issuer and of this server may differ.")
	}
	return nil
}

// checkKind refuses a token that is no bearer token for an API.
func (p payload) checkKind() error {
	switch {
	case p.Nonce != nil || p.AccessTokenHash != nil || p.CodeHash != nil:
		return refuse("The token is an ID token (it has nonce, at_hash or c_hash); send an access token for this API.")
	case strings.EqualFold(textOf(p.Kind), "ID"):
		return refuse("The token is an ID token (its claim typ is ID); send an access token for this API.")
	case strings.EqualFold(textOf(p.Use), "id"):
		return refuse("The token is an ID token (its claim token_use is id); send an access token for this API.")
	case p.Confirmation != nil:
		return refuse("The token is bound to a key (its claim cnf, of DPoP or mutual TLS), and this server cannot check that its sender has the key; " +
			"ask for a token that is not bound.")
	}
	return nil
}

// principal returns the caller that the claims of a token of this issuer name. The signature, audience and times must be
// verified already.
func (i *Issuer) principal(p payload) (Principal, error) {
	if err := p.checkKind(); err != nil {
		return Principal{}, err
	}
	tenant := i.claims.tenant(p)
	if !isGUID(tenant) {
		return Principal{}, refuse("The token must name its tenant (%s) by a GUID%s.", cmp.Or(i.claims.Tenant, "tid"),
			i.hint("--claim tenant=NAME if another claim has it, --claim tenant==GUID for one tenant"))
	}
	user := i.claims.user(p)
	if user == "" {
		return Principal{}, i.refuseUser()
	}
	caller := Principal{Tenant: strings.ToLower(tenant), User: user, Issuer: p.Issuer, Expires: p.ExpiresAt.UTC(), AnswersClaims: p.answersClaims()}
	if p.NotBefore != nil {
		caller.NotBefore = p.NotBefore.UTC()
	}
	if i.claims.isApplication(p) {
		return i.application(p, caller)
	}
	return i.user(p, caller)
}

// application returns the client that the token was issued to, "" if the token does not say.
func (p payload) application() string {
	for _, value := range []jsontext.Value{p.AuthorizedParty, p.ClientID, p.ApplicationID} {
		var name string
		if value.Kind() == '"' && json.Unmarshal(value, &name) == nil {
			return name
		}
	}
	return ""
}

// answersClaims reports whether the client can answer a claims challenge. Other issuers may use the claim's name for
// anything, so no value of it is refused.
func (p payload) answersClaims() bool {
	var capabilities []string
	if json.Unmarshal(p.Capabilities, &capabilities) != nil {
		capabilities = []string{textOf(p.Capabilities)}
	}
	return slices.Contains(capabilities, AnswersClaims)
}

// application adds to the caller what an application may do. Without a user it acts for itself.
func (i *Issuer) application(p payload, caller Principal) (Principal, error) {
	roles, err := i.claims.roles(p)
	if err != nil {
		return Principal{}, err
	}
	name := cmp.Or(i.claims.Roles, "roles")
	switch {
	case i.entra && p.Scp != nil:
		return Principal{}, refuse(notAccess + "it says that it is an application's (idtyp) and has delegated permissions (scp), which only users have.")
	case len(roles) == 0:
		return Principal{}, refuse(notAccess+"it is an application's and has no application permissions (%s).", name)
	}
	caller.App, caller.Roles = true, roles
	return caller, nil
}

// user adds to the caller what a client may do for the user. A token without delegated permissions is refused, even if it
// has roles: a user's ID token has them too, and the user would pass as an application with the user's roles.
func (i *Issuer) user(p payload, caller Principal) (Principal, error) {
	scopes, err := i.claims.scopes(p)
	if err != nil {
		return Principal{}, err
	}
	if scopes == nil {
		return Principal{}, refuse(notAccess+"it has no delegated permissions (%s), and it does not say that it is an application's: %s.",
			cmp.Or(i.claims.Scope, "scp or scope"), i.whatApplicationsNeed())
	}
	caller.Scopes = *scopes
	caller.UPN = strings.ToLower(p.UPN)
	caller.TeachesName = i.TeachesNames && caller.UPN != ""
	return caller, nil
}

// refuseUser refuses a token that names no user.
func (i *Issuer) refuseUser() error {
	if i.claims.User != "" {
		return refuse("The token must name its user or application by the claim %s, a text.", i.claims.User)
	}
	return refuse("The token must name the object id of its user or service principal (oid) by a GUID%s.",
		i.hint("--claim user=NAME if another claim has it, such as sub"))
}

// hint returns which flag the server may need. Entra ID needs none.
func (i *Issuer) hint(flag string) string {
	if i.entra {
		return ""
	}
	return "; the server's administrator can give serve " + flag
}

const notAccess = "The token is not an access token for this API: "

// whatApplicationsNeed says by what the issuer's tokens of applications are known.
func (i *Issuer) whatApplicationsNeed() string {
	switch {
	case i.entra:
		return "its idtyp must be app; add the optional claim idtyp to the access tokens of this API's registration"
	case i.claims.Application == "":
		return "the server's administrator can say by which claim to know one (serve --claim application=NAME=VALUE)"
	}
	return fmt.Sprintf("its claim %s must be %s", i.claims.Application, i.claims.ApplicationValue)
}

// isGUID reports whether s is a GUID in the 36 characters that Entra writes. uuid.Validate alone would also accept
// braces, a URN and bare digits.
func isGUID(s string) bool {
	return len(s) == 36 && uuid.Validate(s) == nil
}
