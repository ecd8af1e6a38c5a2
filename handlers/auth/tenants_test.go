package auth_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"afterhours/handlers/auth"
)

const (
	tenantC = "cccccccc-0000-4000-8000-000000000003"
	tenantD = "dddddddd-0000-4000-8000-000000000004"
)

// TestNoIssuerSpeaksForTheTenantOfAnother signs tokens of one issuer that name the tenant of another, by each claim and
// in each spelling. The issuers have keys in common, so nothing but the tenant can hold the tokens off.
func TestNoIssuerSpeaksForTheTenantOfAnother(t *testing.T) {
	c := newClock()
	const own = "https://own.example.com/" + tenantB
	keySet := must(json.Marshal(object{"keys": []object{publicJWK(keys().ec, "ec", nil)}}))
	issuer := func(name string, flags ...string) *auth.Issuer {
		t.Helper()
		names, err := auth.ParseClaimNames(flags)
		if err != nil {
			t.Fatal(err)
		}
		made, err := auth.NewIssuer(auth.IssuerConfig{Name: name, Audiences: []string{audience}, Claims: names, Client: provider(name, keySet)})
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	local, err := auth.NewLocalIssuer()
	if err != nil {
		t.Fatal(err)
	}
	entra := strings.Replace(entraV2, "{tenantid}", tenantA, 1)
	v := newVerifier(t, c, local.Issuer(), issuer(keycloak, "tenant=org.id", "user=sub", "application=idtyp=app"),
		issuer(entra), issuer(own), issuer(auth0, "tenant=="+tenantC, "user=sub"))
	claims := object{"aud": audience, "exp": c.now().Add(time.Hour).Unix(), "sub": alice, "oid": alice, "scp": "Analytics.ReadWrite"}
	org := func(tenant string) object { return object{"iss": keycloak, "org": object{"id": tenant}} }
	const another, untrusted = "tenant of another issuer", "not trusted here"
	for _, one := range []struct {
		name   string
		claims object
		err    string // "" if the token is good
		tenant string
	}{
		{"a tenant of nobody", org(tenantD), "", tenantD},
		{"the tenant in the name of Entra ID's", org(tenantA), another, ""},
		{"the same, in upper case", org(strings.ToUpper(tenantA)), another, ""},
		{"the tenant in a name", org(tenantB), another, ""},
		{"the fixed tenant", org(tenantC), another, ""},
		{"the fixed tenant, by an application", org(tenantC).with(object{"idtyp": "app", "scp": nil, "roles": []string{"Analytics.ReadWrite.All"}}), another, ""},
		{"tid does not count", org(tenantD).with(object{"tid": tenantC}), "", tenantD},
		{"a name with a tenant, and another's", object{"iss": own, "tid": tenantC}, untrusted, ""},
		{"Entra ID, and another's", object{"iss": entra, "tid": tenantB}, untrusted, ""},
		{"a fixed tenant, and another's", object{"iss": auth0, "tid": tenantA, "org": object{"id": tenantA}}, "", tenantC},
		{"each for its own", object{"iss": own, "tid": tenantB}, "", tenantB},
		{"Entra ID for its own", object{"iss": entra, "tid": tenantA}, "", tenantA},
	} {
		token := ecToken(claims.with(one.claims))
		got, err := v.Verify(t.Context(), token)
		if one.err != "" {
			wantRefused(t, err, token, one.err)
		} else if err != nil || got.Tenant != one.tenant {
			t.Errorf("%s: tenant %q, %v; want %s", one.name, got.Tenant, err, one.tenant)
		}
	}
	minted, err := local.Mint(auth.Claims{Tenant: tenantC, User: alice, Scopes: []string{"Analytics.Read"}, Expires: time.Hour}, c.now())
	if err != nil {
		t.Fatal(err)
	}
	if got, err := v.Verify(t.Context(), minted); err != nil || got.Tenant != tenantC {
		t.Errorf("the local issuer speaks for every tenant: %+v, %v", got, err)
	}
}

// TestIssuersOfAnyTenantAreTrustedAlone checks which issuers may be trusted together.
func TestIssuersOfAnyTenantAreTrustedAlone(t *testing.T) {
	entra := strings.Replace(entraV2, "{tenantid}", tenantA, 1)
	for _, one := range []struct {
		a, b   string
		tenant string // the fixed tenant of b, "" for none
		want   string // a part of the error, "" for none
	}{
		{keycloak, okta, "", "may each name any tenant"},
		{keycloak, entraV2, "", "may each name any tenant"},
		{entraV2, keycloak, "", "may each name any tenant"},
		{keycloak, "https://id.example.com/{tenantid}", "", "may each name any tenant"},
		{keycloak, okta, tenantB, ""},
		{entraV2, keycloak, tenantB, ""},
		{keycloak, entra, "", ""},
		{entra, entraV1, "", ""}, // one tenant of Entra ID, tokens of both versions
		{entraV2, "https://sts.windows.net/{tenantid}/", "", ""},
	} {
		var issuers []*auth.Issuer
		for n, name := range []string{one.a, one.b} {
			config := auth.IssuerConfig{Name: name, Audiences: []string{audience}}
			if n == 1 {
				config.Claims.FixedTenant = one.tenant
			}
			issuer, err := auth.NewIssuer(config)
			if err != nil {
				t.Fatal(err)
			}
			issuers = append(issuers, issuer)
		}
		_, err := auth.NewVerifier(time.Now, issuers...)
		if (err == nil) != (one.want == "") || err != nil && !strings.Contains(err.Error(), one.want) {
			t.Errorf("%s and %s: %v, want %q", one.a, one.b, err, one.want)
		}
	}
}
