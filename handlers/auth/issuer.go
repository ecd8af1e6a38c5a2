package auth

import (
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
	// tenantTemplate stands for the token's own tenant in the name of an issuer that speaks for many (Entra's access
	// token page, "Validate the issuer").
	tenantTemplate = "{tenantid}"
	// remoteLeeway is how far the clock of a remote issuer may be off.
	remoteLeeway = 60 * time.Second
)

// Issuer is one issuer of tokens that a [Verifier] can trust: its name, for whom it may speak, for which audiences, and
// where its keys come from.
type Issuer struct {
	name      string // what iss must be, tenantTemplate aside
	tenant    string // the GUID in name, which tid must then be; "" if there is none
	audiences []string
	leeway    time.Duration
	keys      keyring
}

// NewIssuer returns the OpenID Connect issuer called name, which is exactly what its tokens have in iss:
//
//	https://login.microsoftonline.com/<tenant GUID>/v2.0   one tenant of Entra ID, v2 tokens
//	https://sts.windows.net/<tenant GUID>/                 one tenant of Entra ID, v1 tokens
//	https://login.microsoftonline.com/{tenantid}/v2.0      every tenant of Entra ID: {tenantid} stands for the token's tid
//	https://id.example.com/realms/work                     any other issuer
//
// An issuer whose name holds a GUID speaks for that tenant only. One whose name holds neither a GUID nor {tenantid} is
// believed whatever tenant it puts into tid, so trust it as much as this server's administrator.
//
// Its keys are found by discovery below that name (OpenID Connect Discovery 1.0, section 4; {tenantid} is asked for as
// "common") and fetched with client, nil for the default one; see keyring for when. Its clock may be off by 60 s.
//
// A token must have at least one of the audiences in aud; none is an error, for then a token made for anybody would do.
// A name that is not an absolute https URL without query and fragment is an error too; http is allowed on loopback hosts.
func NewIssuer(name string, audiences []string, client *http.Client) (*Issuer, error) {
	if err := checkName(name); err != nil {
		return nil, fmt.Errorf("issuer %q: %w", name, err)
	}
	if len(audiences) == 0 || slices.Contains(audiences, "") {
		return nil, fmt.Errorf("issuer %q needs at least one audience, and none that is empty: without it a token made for another API would be accepted; "+
			"for Entra ID it is the application (client) id of this API's registration, for v1 tokens its application ID URI", name)
	}
	i := &Issuer{name: name, tenant: tenantIn(name), audiences: slices.Clone(audiences), leeway: remoteLeeway}
	i.keys.fetch = newSource(name, client).fetch
	return i, nil
}

// checkName refuses what can be no issuer's name, and those addresses of Entra that are easily taken for one.
func checkName(name string) error {
	u, err := url.Parse(name)
	switch {
	case err != nil:
		return fmt.Errorf("not a URL: %w", err)
	case u.Host == "" || u.User != nil || strings.ContainsAny(name, "?#, \t"):
		return errors.New("it must be one absolute URL without user, query and fragment")
	case !isSecure(u) && !isPlainLoopback(u):
		return errors.New("it must begin with https (http is for loopback hosts only): whoever can change its answers on the way can sign tokens")
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

// tenantIn returns the first GUID among the segments of the name's path as it stands there, "" if there is none.
func tenantIn(name string) string {
	for segment := range strings.SplitSeq(name, "/") {
		if isGUID(segment) {
			return segment
		}
	}
	return ""
}

// issues says whether a token with this iss and tid is this issuer's to vouch for.
func (i *Issuer) issues(iss, tid string) bool {
	if i.tenant != "" && !strings.EqualFold(tid, i.tenant) {
		return false
	}
	return nameMatches(i.name, iss, tid)
}

// nameMatches compares an issuer's name with iss, character by character, after tid took the template's place. A tid that
// is no GUID never does: it could bring a path of its own.
func nameMatches(name, iss, tid string) bool {
	if !strings.Contains(name, tenantTemplate) {
		return iss == name
	}
	return isGUID(tid) && iss == strings.ReplaceAll(name, tenantTemplate, tid)
}

// overlaps says whether some token could be both issuers'.
func (i *Issuer) overlaps(other *Issuer) bool {
	return i.name == other.name || nameMatches(i.name, other.name, other.tenant) || nameMatches(other.name, i.name, i.tenant)
}

// accept judges the claims of a token whose signature is this issuer's.
func (i *Issuer) accept(p payload, now time.Time) (Principal, error) {
	if err := p.checkTimes(now, i.leeway); err != nil {
		return Principal{}, err
	}
	if err := p.checkAudience(i.audiences); err != nil {
		return Principal{}, err
	}
	return p.principal()
}
