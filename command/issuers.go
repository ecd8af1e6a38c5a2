package command

import (
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"afterhours/handlers/auth"
	"afterhours/traces"
)

// IssuerFlags are the flags that say whose tokens are trusted besides those of the local
// issuer, and how to read them.
type IssuerFlags struct {
	Issuers   []string // as their tokens name them
	CA        string   // PEM file of authorities that https Issuers may have besides those of the system; "" for none
	Audiences []string // one of which tokens of the Issuers must have
	Claims    []string // names of claims, see ofIssuer and auth.ParseClaimNames; not for Entra ID
	NamesFrom []string // the issuers that may teach names; nil means the local one and Entra ID
	// PageClients are the client ids of the pages at the Issuers, at which people then sign in. One that
	// begins with the name of an issuer and # is for that issuer alone.
	PageClients []string
}

func (f *IssuerFlags) add(flags *pflag.FlagSet) {
	flags.StringArrayVar(&f.Issuers, "issuer", nil, "OpenID Connect issuer to trust in addition to the local one, as its tokens name it; may be repeated")
	flags.StringVar(&f.CA, "issuer-ca", "", "PEM file of the private authority of https issuers, trusted in addition to those of the system; it may have several certificates")
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
	if _, err := f.issuers(nil); err != nil {
		return err
	}
	return f.checkFixedTenants()
}

// checkFixedTenants returns an error if a claim that names no issuer gives one a tenant that another has as well. Each
// could then speak about the users of the other, which nobody should ask for without noticing.
func (f *IssuerFlags) checkFixedTenants() error {
	for _, claim := range f.Claims {
		tenant, isFixed := strings.CutPrefix(strings.ToLower(claim), "tenant==")
		if !isFixed {
			continue
		}
		var holders []string
		given := "" // the first issuer that has the tenant by this claim
		for _, name := range f.Issuers {
			isGiven := !auth.IsEntra(name) && slices.ContainsFunc(f.claimsOf(name), func(own string) bool { return strings.EqualFold(own, claim) })
			if isGiven || strings.Contains(strings.ToLower(name), tenant) {
				holders = append(holders, name)
			}
			if given == "" && isGiven && !slices.Contains(f.Claims, name+"#"+claim) {
				given = name
			}
		}
		if given != "" && len(holders) > 1 {
			return usagef("--claim %s: %s would share the tenant, and each could speak about the users of the others; if you want that, name the issuer, as in --claim %s#%s",
				claim, strings.Join(holders, " and "), given, claim)
		}
	}
	return nil
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

// issuers returns the issuers that the flags name. It asks none of them. Without a tracer, the requests for
// their keys are in no trace.
func (f *IssuerFlags) issuers(tracer *traces.Tracer) (named []*auth.Issuer, err error) {
	client, err := f.client()
	if err != nil {
		return nil, err
	}
	client = tracedClient(client, tracer)
	for _, name := range f.Issuers {
		claims, err := auth.ParseClaimNames(f.claimsOf(name))
		if err != nil {
			return nil, usagef("--claim: %w", err)
		}
		issuer, err := auth.NewIssuer(auth.IssuerConfig{Name: name, Audiences: f.Audiences, Claims: claims, Client: client})
		if err != nil {
			return nil, usagef("--issuer %s: %w", hideUser(name), err)
		}
		named = append(named, issuer)
	}
	return named, nil
}

// verifier returns a verifier of the tokens of the local issuer and of those that the flags
// name. It reads the time from now. The tracer may be nil, as for issuers.
func (f *IssuerFlags) verifier(local *auth.LocalIssuer, now func() time.Time, tracer *traces.Tracer) (*auth.Verifier, error) {
	named, err := f.issuers(tracer)
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
