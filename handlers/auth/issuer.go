package auth

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

const (
	// tenantTemplate stands for the token's own tenant in the name of an issuer for several tenants (Entra's access
	// token page, "Validate the issuer").
	tenantTemplate = "{tenantid}"
	// remoteLeeway is how far the clock of a remote issuer may be off.
	remoteLeeway = 60 * time.Second
)

// entraHosts are the hosts in the names of Entra ID's issuers, in the global and the national clouds.
var entraHosts = []string{
	"login.microsoftonline.com", "sts.windows.net",
	"login.microsoftonline.us",
	"login.partner.microsoftonline.cn", "sts.chinacloudapi.cn",
}

// Issuer is an issuer of tokens that a [Verifier] can trust: its name, its tenant, its audiences, the names of its claims
// and the source of its keys.
type Issuer struct {
	// TeachesNames is true if its tokens may say which user has a user principal name (upn). NewIssuer sets it for Entra
	// ID only. It must not change once a Verifier has the issuer.
	TeachesNames bool

	name        string // the token's iss must match it, see nameMatches
	tenant      string // the GUID in name, which must equal the token's tid; "" if name has none
	entra       bool   // whether its tokens are Entra's, or local ones in their form
	audiences   []string
	claims      ClaimNames
	early, late time.Duration // how far its clock may be ahead and behind
	keys        keyring
	outcomes    outcomes // of the tokens that name it
}

// IssuerConfig describes an issuer for [NewIssuer].
type IssuerConfig struct {
	// Name is exactly the iss of the issuer's tokens.
	Name string
	// Audiences has the audiences of which a token must have at least one.
	Audiences []string
	// Claims are the names of the issuer's claims. They have no effect on Entra ID.
	Claims ClaimNames
	// Client fetches the keys; nil means http.DefaultClient.
	Client *http.Client
}

// IsEntra reports whether the name is that of an issuer of Entra ID, in any of its clouds.
func IsEntra(name string) bool {
	u, err := url.Parse(name)
	return err == nil && slices.Contains(entraHosts, u.Host)
}

// NewIssuer returns the OpenID Connect issuer of the configuration. Its name is exactly the iss of its tokens:
//
//	https://login.microsoftonline.com/<tenant GUID>/v2.0   one tenant of Entra ID, v2 tokens
//	https://sts.windows.net/<tenant GUID>/                 one tenant of Entra ID, v1 tokens
//	https://login.microsoftonline.com/{tenantid}/v2.0      every tenant of Entra ID: {tenantid} stands for the token's tid
//	https://id.example.com/realms/work                     any other issuer
//
// An issuer whose name holds a GUID speaks for that tenant only, and so does one with a fixed tenant. Any other issuer,
// except Entra ID, may put any tenant into its tokens that no other issuer has as its own. Trust such an issuer as much as
// this server's administrator.
//
// The keys are found by discovery below the name (OpenID Connect Discovery 1.0, section 4), with "common" in place of
// {tenantid}. keyring says when they are fetched. The issuer's clock may be off by 60 s.
//
// Without an audience NewIssuer returns an error, because tokens for any API would be accepted. The name must be an
// absolute https URL without query and fragment; http is allowed on loopback hosts only. The errors do not repeat the name.
func NewIssuer(config IssuerConfig) (*Issuer, error) {
	name := config.Name
	if err := checkName(name); err != nil {
		return nil, err
	}
	if len(config.Audiences) == 0 || slices.Contains(config.Audiences, "") {
		return nil, errors.New("it needs at least one audience, and none that is empty: without it a token made for another API would be accepted; " +
			"for Entra ID it is the application (client) id of this API's registration, for v1 tokens its application ID URI")
	}
	i := &Issuer{
		TeachesNames: IsEntra(name), name: name, tenant: tenantIn(name), entra: IsEntra(name),
		audiences: slices.Clone(config.Audiences), claims: config.Claims, early: remoteLeeway, late: remoteLeeway,
	}
	if i.entra {
		i.claims = entraNames
	}
	if fixed := i.claims.FixedTenant; fixed != "" && i.tenant != "" && !strings.EqualFold(fixed, i.tenant) {
		return nil, fmt.Errorf("it speaks for the tenant in its name only, and not for %s", fixed)
	}
	i.keys.issuer = name
	i.keys.fetch = newSource(name, config.Client).fetch
	return i, nil
}

// checkName returns an error if name cannot be the name of an issuer, or is an address of Entra that is often mistaken
// for one.
func checkName(name string) error {
	u, err := url.Parse(name)
	switch {
	case err != nil:
		return fmt.Errorf("not a URL: %w", err)
	case u.Host == "" || u.User != nil || strings.ContainsAny(name, "?#, \t"):
		return errors.New("it must be one absolute URL without user, query and fragment")
	case !isSecure(u) && !isPlainLoopback(u):
		return errors.New("it must begin with https (http is for loopback hosts only): whoever can change its responses in transit can sign tokens")
	case strings.ContainsAny(strings.ReplaceAll(name, tenantTemplate, ""), "{}"):
		return fmt.Errorf("the only template that it may hold is %s", tenantTemplate)
	case u.Host == "login.microsoftonline.com" && !isEntraV2(u):
		return errors.New("no token of Entra ID has this issuer; it is https://login.microsoftonline.com/<tenant GUID>/v2.0 for v2 tokens, " +
			"https://sts.windows.net/<tenant GUID>/ for v1 tokens, with {tenantid} in place of the GUID to trust every tenant")
	}
	return nil
}

func isEntraV2(u *url.URL) bool {
	tenant, found := strings.CutSuffix(strings.TrimPrefix(u.Path, "/"), "/v2.0")
	return found && (tenant == tenantTemplate || isGUID(tenant))
}

func isSecure(u *url.URL) bool { return u.Scheme == "https" }

func isPlainLoopback(u *url.URL) bool {
	host := u.Hostname()
	return u.Scheme == "http" && (host == "localhost" || net.ParseIP(host).IsLoopback())
}

// tenantIn returns the first GUID among the segments of the name's path, in its original case; "" if there is none.
func tenantIn(name string) string {
	for segment := range strings.SplitSeq(name, "/") {
		if isGUID(segment) {
			return segment
		}
	}
	return ""
}

// Reach fetches the issuer's keys and keeps nothing of them. The error says why it cannot.
func (i *Issuer) Reach(ctx context.Context) error {
	if i.keys.fetch == nil {
		return nil // a local one
	}
	_, err := i.keys.fetch(ctx)
	return err
}

// Name returns the name of the issuer, as it was configured.
func (i *Issuer) Name() string { return i.name }

// issues reports whether a token with these claims comes from this issuer.
func (i *Issuer) issues(p payload) bool {
	tid := i.claims.tenant(p)
	if i.tenant != "" && !strings.EqualFold(tid, i.tenant) {
		return false
	}
	return nameMatches(i.name, p.Issuer, tid)
}

// nameMatches reports whether iss is the issuer's name, character by character, with tid in place of the template. If
// the name has the template, tid must be a GUID: any other text could add a path of its own.
func nameMatches(name, iss, tid string) bool {
	if !strings.Contains(name, tenantTemplate) {
		return iss == name
	}
	return isGUID(tid) && iss == strings.ReplaceAll(name, tenantTemplate, tid)
}

// overlaps reports whether some token could come from both issuers.
func (i *Issuer) overlaps(other *Issuer) bool {
	return i.name == other.name || nameMatches(i.name, other.name, other.tenant) || nameMatches(other.name, i.name, i.tenant)
}

// accept checks the claims of a token that this issuer signed, and returns its caller.
func (i *Issuer) accept(p payload, now time.Time) (Principal, error) {
	if err := p.checkTimes(now, i.early, i.late); err != nil {
		return Principal{}, err
	}
	if err := p.checkAudience(i.audiences); err != nil {
		return Principal{}, err
	}
	return i.principal(p)
}
