package command

import (
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"afterhours/handlers/auth"
)

// IssuerFlags are the flags that say whose tokens are trusted besides those of the local
// issuer, and how to read them.
type IssuerFlags struct {
	Issuers   []string // as their tokens name them
	Audiences []string // one of which tokens of the Issuers must have
	Claims    []string // names of claims, see ofIssuer and auth.ParseClaimNames; not for Entra ID
	NamesFrom []string // the issuers that may teach names; nil means the local one and Entra ID
	// PageClients are the client ids of the pages at the Issuers, at which people then sign in. One that
	// begins with the name of an issuer and # is for that issuer alone.
	PageClients []string
}

func (f *IssuerFlags) add(flags *pflag.FlagSet) {
	flags.StringArrayVar(&f.Issuers, "issuer", nil, "OpenID Connect issuer to trust in addition to the local one, as its tokens name it; may be repeated")
	flags.StringArrayVar(&f.Audiences, "audience", nil, "audience that tokens of those issuers must have; may be repeated")
	flags.StringArrayVar(&f.Claims, "claim", nil, "what tokens of those issuers, except Entra ID, call a claim: tenant=NAME, tenant==GUID (one tenant for all), user=NAME, scope=NAME, roles=NAME, application=NAME=VALUE; ISSUER#user=NAME and so on for one of several; may be repeated")
	flags.StringArrayVar(&f.NamesFrom, "names-from", nil, "issuer whose tokens may say which user has which name (upn); may be repeated (default: the local one, "+auth.LocalName+", and Entra ID)")
	flags.StringArrayVar(&f.PageClients, "page-client", nil, "client id of the pages (the week, /docs) at an --issuer, at which people then sign in; ISSUER#ID for one of several; may be repeated")
}

// check returns an error if a flag cannot be understood, or the flags do not fit together.
func (f *IssuerFlags) check() error {
	if len(f.Issuers) == 0 && len(f.Audiences) > 0 {
		return usagef("--audience says what tokens of an --issuer must have, and none is given")
	}
	if len(f.Claims) > 0 && !slices.ContainsFunc(f.Issuers, func(name string) bool { return !auth.IsEntra(name) }) {
		return usagef("--claim says what tokens of an --issuer call their claims, and none is given; those of Entra ID and of the local issuer are known")
	}
	for _, claim := range f.Claims {
		if name, _ := ofIssuer(claim); name != "" && (!slices.Contains(f.Issuers, name) || auth.IsEntra(name)) {
			return usagef("--claim %s: what stands before # must be an --issuer other than Entra ID", claim)
		}
	}
	for _, name := range f.NamesFrom {
		if name != auth.LocalName && !slices.Contains(f.Issuers, name) {
			return usagef("--names-from %s: this issuer is not trusted; it must be %s", name, strings.Join(append([]string{auth.LocalName}, f.Issuers...), " or "))
		}
	}
	if err := f.checkPageClients(); err != nil {
		return err
	}
	_, err := f.issuers()
	return err
}

// ofIssuer splits a claim such as https://id.example.com#user=sub, which is that issuer's
// alone. The name is "" for a claim of every issuer that has none of its own.
func ofIssuer(claim string) (name, text string) {
	name, text, found := strings.Cut(claim, "#")
	if !found || !strings.Contains(name, "://") || strings.Contains(name, "=") {
		return "", claim
	}
	return name, text
}

// claimsOf returns the claims of an issuer.
func (f *IssuerFlags) claimsOf(name string) []string {
	of := map[string][]string{}
	for _, claim := range f.Claims {
		issuer, text := ofIssuer(claim)
		of[issuer] = append(of[issuer], text)
	}
	if own := of[name]; own != nil {
		return own
	}
	return of[""]
}

// issuers returns the issuers that the flags name. It asks none of them.
func (f *IssuerFlags) issuers() (named []*auth.Issuer, err error) {
	for _, name := range f.Issuers {
		claims, err := auth.ParseClaimNames(f.claimsOf(name))
		if err != nil {
			return nil, usagef("--claim: %w", err)
		}
		issuer, err := auth.NewIssuer(auth.IssuerConfig{Name: name, Audiences: f.Audiences, Claims: claims})
		if err != nil {
			return nil, usagef("--issuer %s: %w", name, err)
		}
		named = append(named, issuer)
	}
	return named, nil
}

// verifier returns a verifier of the tokens of the local issuer and of those that the flags
// name. It reads the time from now.
func (f *IssuerFlags) verifier(local *auth.LocalIssuer, now func() time.Time) (*auth.Verifier, error) {
	named, err := f.issuers()
	if err != nil {
		return nil, err
	}
	trusted := append([]*auth.Issuer{local.Issuer()}, named...)
	if len(f.NamesFrom) > 0 {
		for _, issuer := range trusted {
			issuer.TeachesNames = slices.Contains(f.NamesFrom, issuer.Name())
		}
	}
	verifier, err := auth.NewVerifier(now, trusted...)
	if err != nil {
		return nil, usagef("--issuer: %w", err)
	}
	return verifier, nil
}
