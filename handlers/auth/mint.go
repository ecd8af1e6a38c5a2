package auth

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Claims are the claims of a token to mint. Exactly one of Scopes and Roles must be given: a token with scopes is a
// user's, a token with roles is an application's.
type Claims struct {
	Tenant  string        // GUID of any tenant
	User    string        // GUID of the user, or of the application's service principal
	UPN     string        // user principal name, "" for none; users only
	Scopes  []string      // delegated permissions
	Roles   []string      // application permissions
	Expires time.Duration // lifetime in whole seconds, not zero; if negative, the token has expired already

	NotBefore    time.Time // when the token begins to be valid and Expires begins to count; zero for now
	Audience     string    // for whom the token is; "" for this server
	Capabilities []string  // of the client (xms_cc), such as [AnswersClaims]
	Client       string    // to which the token is issued (azp); "" for none, or for User if there are Roles
}

// Mint returns a signed token that is valid from now, or from claims.NotBefore, for claims.Expires. All count in whole
// seconds. If the claims break a rule of [Claims], the error says which.
func (l *LocalIssuer) Mint(claims Claims, now time.Time) (string, error) {
	if err := claims.check(); err != nil {
		return "", fmt.Errorf("mint a token: %w", err)
	}
	return l.sign(claims.minted(now))
}

func (l *LocalIssuer) sign(claims jwt.Claims) (string, error) {
	t := jwt.NewWithClaims(jwt.SigningMethodES256, claims)
	t.Header["kid"] = l.public.KID
	return t.SignedString(l.private)
}

func (c Claims) check() error {
	switch {
	case !isGUID(c.Tenant):
		return fmt.Errorf("the tenant must be a GUID like %s, not %q", guidExample, c.Tenant)
	case !isGUID(c.User):
		return fmt.Errorf("the user must be a GUID like %s, not %q", guidExample, c.User)
	case len(c.Scopes) == 0 && len(c.Roles) == 0:
		return errors.New("it needs scopes (for a user) or roles (for an application)")
	case len(c.Scopes) > 0 && len(c.Roles) > 0:
		return errors.New("it can have scopes (for a user) or roles (for an application), not both")
	case len(c.Roles) > 0 && c.UPN != "":
		return errors.New("an application has no user principal name: leave it out, or give scopes instead of roles")
	case c.Expires.Truncate(time.Second) == 0:
		return errors.New("it needs a lifetime: a positive one, or a negative one for a token that has expired already")
	}
	return checkPermissions(slices.Concat(c.Scopes, c.Roles))
}

const guidExample = "0f8fad5b-d9cb-469f-a165-70867728950e"

// checkPermissions returns an error for a name that is empty or has a space. In scp, which is separated by spaces, it
// would be read as no permission or as several.
func checkPermissions(names []string) error {
	for _, name := range names {
		if name == "" || strings.ContainsAny(name, " \t\r\n") {
			return fmt.Errorf("the permission %q must be one word, like Analytics.Read", name)
		}
	}
	return nil
}

// minted are the claims of a local token, in the form of Entra's v2 tokens, so a program that reads those can read local
// tokens.
type minted struct {
	jwt.RegisteredClaims
	Version         string   `json:"ver"`
	Tenant          string   `json:"tid"`
	Object          string   `json:"oid"`
	UPN             string   `json:"upn,omitempty"`
	Scopes          string   `json:"scp,omitempty"` // space separated
	Roles           []string `json:"roles,omitempty"`
	IdentityType    string   `json:"idtyp,omitempty"`
	AuthorizedParty string   `json:"azp,omitempty"`
	Capabilities    []string `json:"xms_cc,omitempty"`
}

func (c Claims) minted(now time.Time) minted {
	user := strings.ToLower(c.User)
	begins := now
	if !c.NotBefore.IsZero() {
		begins = c.NotBefore
	}
	m := minted{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer:    LocalName,
			Subject:   user,
			Audience:  jwt.ClaimStrings{cmp.Or(c.Audience, LocalAudience)},
			IssuedAt:  jwt.NewNumericDate(now),
			NotBefore: jwt.NewNumericDate(begins),
			ExpiresAt: jwt.NewNumericDate(begins.Add(c.Expires)),
		},
		Version: "2.0",
		Tenant:  strings.ToLower(c.Tenant),
		Object:  user,
		UPN:     c.UPN,
		Scopes:  strings.Join(c.Scopes, " "),
		Roles:   c.Roles,

		Capabilities:    c.Capabilities,
		AuthorizedParty: c.Client,
	}
	if len(c.Roles) > 0 {
		m.IdentityType = appIdentity
		m.AuthorizedParty = cmp.Or(c.Client, user)
	}
	return m
}
