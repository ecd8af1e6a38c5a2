package command

import (
	"reflect"
	"strings"
	"testing"

	"afterhours/handlers/pages"
)

// TestPageClients: what the week page asks which issuer for.
func TestPageClients(t *testing.T) {
	const (
		entra    = "https://login.microsoftonline.com/7a1c0f52-3d84-4b6e-9f20-5e8d1b7c4a63/v2.0"
		entraAll = "https://login.microsoftonline.com/{tenantid}/v2.0"
		entraV1  = "https://sts.windows.net/7a1c0f52-3d84-4b6e-9f20-5e8d1b7c4a63/"
		other    = "https://id.example.com/realms/work"
		app      = "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"
	)
	for _, one := range []struct {
		name                        string
		issuers, audiences, clients []string
		want                        []pages.Provider
	}{
		{"no client", []string{other}, []string{"api"}, nil, nil},
		{"one for all", []string{other, entra}, []string{app}, []string{"page"}, []pages.Provider{
			{Issuer: other, Client: "page", Scope: "openid profile Analytics.ReadWrite", Audience: app},
			{Issuer: entra, Client: "page", Scope: "openid profile offline_access api://" + app + "/Analytics.ReadWrite"},
		}},
		{"one for one", []string{other, entra}, []string{"https://api.example.com"}, []string{entra + "#page"}, []pages.Provider{
			{Issuer: entra, Client: "page", Scope: "openid profile offline_access https://api.example.com/Analytics.ReadWrite"},
		}},
		{"one of its own", []string{other, entra}, []string{"api"}, []string{"page", other + "#own"}, []pages.Provider{
			{Issuer: other, Client: "own", Scope: "openid profile Analytics.ReadWrite", Audience: "api"},
			{Issuer: entra, Client: "page", Scope: "openid profile offline_access api/Analytics.ReadWrite"},
		}},
		{"every tenant", []string{entraAll}, []string{app}, []string{"page"}, []pages.Provider{
			{Issuer: entraAll, Client: "page", Scope: "openid profile offline_access api://" + app + "/Analytics.ReadWrite"},
		}},
		{"an issuer without a page", []string{entraV1}, []string{"api"}, []string{"page"}, nil},
	} {
		flags := IssuerFlags{Issuers: one.issuers, Audiences: one.audiences, PageClients: one.clients}
		if got, err := flags.pageProviders(), flags.checkPageClients(); err != nil || !reflect.DeepEqual(got, one.want) {
			t.Errorf("%s: %v %v, want %v", one.name, got, err, one.want)
		}
	}
	for _, one := range []struct {
		issuers []string
		client  string
		want    string
	}{
		{nil, "page", "none is given"},
		{[]string{other}, "", "the client id is missing"},
		{[]string{other}, other + "#", "the client id is missing"},
		{[]string{other}, "https://x.example.com#page", "must be an --issuer"},
		{[]string{entraV1}, entraV1 + "#page", "Entra ID's issuer of v2 tokens"},
	} {
		flags := IssuerFlags{Issuers: one.issuers, PageClients: []string{one.client}}
		if err := flags.check(); err == nil || !strings.Contains(err.Error(), one.want) {
			t.Errorf("%s: %v, want %q", one.client, err, one.want)
		}
	}
}
