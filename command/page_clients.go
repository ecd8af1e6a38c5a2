package command

import (
	"slices"
	"strings"

	"github.com/google/uuid"

	"afterhours/handlers/auth"
	"afterhours/handlers/pages"
)

// checkPageClients returns an error if a client of the pages has no issuer at which people can sign in.
func (f *IssuerFlags) checkPageClients() error {
	for _, client := range f.PageClients {
		issuer, id := ofIssuer(client)
		switch {
		case id == "":
			return usagef("--page-client %s: the client id is missing", client)
		case len(f.Issuers) == 0:
			return usagef("--page-client is the pages' client id at an --issuer, and none is given")
		case issuer != "" && !slices.Contains(f.Issuers, issuer):
			return usagef("--page-client %s: what stands before # must be an --issuer", client)
		case issuer != "" && !canSignIn(issuer):
			return usagef("--page-client %s: people sign in at Entra ID's issuer of v2 tokens, https://login.microsoftonline.com/TENANT-GUID/v2.0", client)
		}
	}
	return nil
}

// canSignIn reports whether discovery at the issuer leads to a page at which people sign in. It does not for the issuer
// of Entra ID's v1 tokens.
func canSignIn(issuer string) bool {
	return !auth.IsEntra(issuer) || strings.HasSuffix(issuer, "/v2.0")
}

// pageProviders returns the issuers at which the week page has a client.
func (f *IssuerFlags) pageProviders() []pages.Provider {
	clients := map[string]string{}
	for _, client := range f.PageClients {
		issuer, id := ofIssuer(client)
		clients[issuer] = id
	}
	var providers []pages.Provider
	for _, issuer := range f.Issuers {
		id, ok := clients[issuer]
		if !ok {
			id = clients[""]
		}
		if id != "" && canSignIn(issuer) {
			providers = append(providers, f.pageProvider(issuer, id))
		}
	}
	return providers
}

// pageProvider returns what the page asks an issuer for. Entra ID wants the audience in the scope.
func (f *IssuerFlags) pageProvider(issuer, client string) pages.Provider {
	provider := pages.Provider{Issuer: issuer, Client: client, Scope: "openid profile Analytics.ReadWrite"}
	if len(f.Audiences) == 0 {
		return provider
	}
	audience := f.Audiences[0]
	if !auth.IsEntra(issuer) {
		provider.Audience = audience
		return provider
	}
	if _, err := uuid.Parse(audience); err == nil {
		audience = "api://" + audience
	}
	provider.Scope = "openid profile offline_access " + audience + "/Analytics.ReadWrite"
	return provider
}
