package auth

import (
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/uuid"
)

// ClaimNames says where the tokens of an issuer have what Entra ID calls tid, oid, scp, roles and idtyp. The zero value
// means these names, with scope (RFC 9068) in place of a missing scp, and that no token is an application's.
//
// A name is that of a claim, even if it has dots and slashes. If there is no such claim, the name is a path with dots,
// as in realm_access.roles.
type ClaimNames struct {
	Tenant      string // claim of the tenant, a GUID; "" for tid
	FixedTenant string // the tenant of all tokens, a GUID, if no claim has it
	User        string // claim of the user; "" for oid, which must be a GUID, see userID
	Scope       string // claim of the delegated permissions; "" for scp, else scope
	Roles       string // claim of the application permissions; "" for roles
	// Application is the claim that only tokens of applications have with ApplicationValue; "" for none.
	Application      string
	ApplicationValue string
}

// entraNames are the names of Entra ID and of the local issuer.
var entraNames = ClaimNames{Scope: "scp", Application: "idtyp", ApplicationValue: appIdentity}

// ParseClaimNames reads texts such as "user=sub", "tenant==GUID" (the tenant of all tokens) and
// "application=gty=client-credentials" (claim and value). The error says what is wrong with which text.
func ParseClaimNames(texts []string) (names ClaimNames, err error) {
	known := map[string]*string{"tenant": &names.Tenant, "user": &names.User, "scope": &names.Scope, "roles": &names.Roles, "application": &names.Application}
	for _, text := range texts {
		what, name, _ := strings.Cut(text, "=")
		into := known[what]
		switch {
		case into == nil:
			return ClaimNames{}, fmt.Errorf("%q must begin with tenant=, user=, scope=, roles= or application=", text)
		case *into != "" || what == "tenant" && names.FixedTenant != "":
			return ClaimNames{}, fmt.Errorf("%q: %s was given before", text, what)
		}
		if fixed, isFixed := strings.CutPrefix(name, "="); isFixed && what == "tenant" {
			if !isGUID(fixed) {
				return ClaimNames{}, fmt.Errorf("%q: the tenant after == must be a GUID like %s", text, guidExample)
			}
			names.FixedTenant = fixed
			continue
		}
		if what == "application" {
			at := strings.LastIndex(name, "=")
			if at < 0 || at == len(name)-1 {
				return ClaimNames{}, fmt.Errorf("%q must be application=NAME=VALUE, as in application=idtyp=app", text)
			}
			name, names.ApplicationValue = name[:at], name[at+1:]
		}
		if name == "" {
			return ClaimNames{}, fmt.Errorf("%q lacks the name of the claim, as in %s=NAME", text, what)
		}
		*into = name
	}
	return names, nil
}

// tenant returns the tenant of a token, "" if it has none.
func (n ClaimNames) tenant(p payload) string {
	switch {
	case n.FixedTenant != "":
		return n.FixedTenant
	case n.Tenant == "":
		return p.Tenant
	}
	return textOf(lookup(p.text, n.Tenant))
}

// user returns the user or application of a token, a GUID in lower case; "" if the token names none. An application that
// the claim User does not name is its own subject (RFC 9068, section 2.2).
func (n ClaimNames) user(p payload) string {
	if n.User == "" {
		if !isGUID(p.Object) {
			return ""
		}
		return strings.ToLower(p.Object)
	}
	text := textOf(lookup(p.text, n.User))
	if text == "" && n.isApplication(p) {
		text = p.Subject
	}
	if text == "" {
		return ""
	}
	return userID(p.Issuer, text)
}

// userID returns the GUID of a user whom the issuer knows by the text: the text if it is a GUID, otherwise a name-based
// UUID (RFC 9562, section 5.5) in a namespace that the issuer has. A text that looks like a name-based UUID gets another
// one. Otherwise a user who may choose the text could take another user's.
func userID(issuer, text string) string {
	if id, err := uuid.Parse(text); err == nil && isGUID(text) && id.Version() != 5 {
		return id.String()
	}
	namespace := uuid.NewSHA1(uuid.NameSpaceURL, []byte(issuer))
	return uuid.NewSHA1(namespace, []byte(text)).String()
}

// scopes returns the delegated permissions of a token, nil if it has no claim for them.
func (n ClaimNames) scopes(p payload) (*permissions, error) {
	switch {
	case n.Scope != "":
		return permissionsOf(p, n.Scope)
	case p.Scp != nil:
		return p.Scp, nil
	}
	return p.Scope, nil
}

// roles returns the application permissions of a token, nil if it has no claim for them.
func (n ClaimNames) roles(p payload) (permissions, error) {
	if n.Roles == "" {
		return p.Roles, nil
	}
	roles, err := permissionsOf(p, n.Roles)
	if err != nil || roles == nil {
		return nil, err
	}
	return *roles, nil
}

// isApplication reports whether the token says that it is an application's.
func (n ClaimNames) isApplication(p payload) bool {
	return n.Application != "" && textOf(lookup(p.text, n.Application)) == n.ApplicationValue
}

func permissionsOf(p payload, name string) (*permissions, error) {
	value := lookup(p.text, name)
	if value == nil {
		return nil, nil
	}
	var found permissions
	if json.Unmarshal(value, &found) != nil {
		return nil, refuse("The token's claim %s must be a text or a list of texts.", name)
	}
	return &found, nil
}

// lookup returns the member of the object that has the name, or else the one to which the name leads as a path with
// dots. It is nil if there is none or if it is null.
func lookup(object jsontext.Value, name string) jsontext.Value {
	var members map[string]jsontext.Value
	if object.Kind() != '{' || json.Unmarshal(object, &members) != nil {
		return nil
	}
	if member := members[name]; member != nil {
		if member.Kind() == 'n' {
			return nil
		}
		return member
	}
	for at := range len(name) {
		if name[at] != '.' {
			continue
		}
		if found := lookup(members[name[:at]], name[at+1:]); found != nil {
			return found
		}
	}
	return nil
}

// textOf returns the text that the JSON value is, "" if it is none.
func textOf(value jsontext.Value) string {
	var text string
	if json.Unmarshal(value, &text) != nil {
		return ""
	}
	return text
}
