package oidc

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"afterhours/contract/checked"
	"afterhours/contract/program"
)

var keycloakFolder = flag.String("keycloak", "", "folder of Keycloak's distribution")

const (
	keycloakAudience = "https://statistics.example.com"
	keycloakTenant   = "6f1b0a4e-93c7-4d25-a8e0-2c5d7f9b1e36"
)

// object is a JSON object.
type object map[string]any

// keycloak is a Keycloak with the realm work, on https with a certificate of a private authority. It takes a minute to
// start, so it goes down by a door that is shut.
type keycloak struct {
	*provider
	t     *testing.T
	door  *door
	base  string // address of the server
	admin string // token for the admin API
	old   string // the component of the first key of RS256, "" before the rotation
}

// TestKeycloak sets up a realm by the steps of docs/auth.md, through the API that the admin console uses.
func TestKeycloak(t *testing.T) {
	if *keycloakFolder == "" {
		t.Skip("contract/oidc/run keycloak installs Keycloak and gives -keycloak")
	}
	authority := newAuthority(t, t.TempDir())
	port := freePort(t)
	k := &keycloak{t: t, door: newDoor(t, "127.0.0.1:"+port)}
	k.base = "https://" + k.door.address
	realm := k.base + "/realms/work"
	k.provider = &provider{
		issuer: realm, idTokens: "app", tenant: keycloakTenant, keys: realm + "/protocol/openid-connect/certs", client: newClient(t, authority.text),
		flags: []string{"--audience", keycloakAudience, "--issuer-ca", authority.file, "--claim", "tenant==" + keycloakTenant, "--claim", "user=sub",
			"--claim", "roles=realm_access.roles", "--claim", "application=idtyp=app"},
	}
	k.run(port, authority)
	k.setUp()
	k.user, k.robot = k.signIn, k.signInRobot
	k.foreign = func(t *testing.T) string { return k.signInBy(t, "other", "openid").Access }
	k.rotate, k.withdraw = k.addKey, k.removeKey
	k.stop, k.start = func(*testing.T) { k.door.shut() }, func(*testing.T) { k.door.openUp() }
	testProvider(t, k.provider)
	k.useClientRoles()
}

// useClientRoles has the application read by a role of a client in place of one of the realm. The flags of the issuer
// alone name it.
func (k *keycloak) useClientRoles() {
	k.t.Helper()
	api := k.call(http.MethodPost, "/work/clients", object{"clientId": "statistics.api"}, nil)
	k.call(http.MethodPost, "/work/clients/"+api+"/roles", object{"name": "Analytics.ReadWrite.All"}, nil)
	k.giveRole(api)
	token := k.signInRobot(k.t, "RS256")
	var flags []string
	for _, flag := range k.flags {
		for _, kind := range []string{"tenant=", "user=", "application="} {
			if strings.HasPrefix(flag, kind) {
				flag = k.issuer + "#" + flag
			}
		}
		flags = append(flags, strings.Replace(flag, "roles=realm_access.roles", k.issuer+"#roles=resource_access.statistics.api.roles", 1))
	}
	server := program.Serve(k.t, k.t.TempDir(), append([]string{"--issuer", k.issuer}, flags...)...)
	address := server.URL + "/v1.0/users/0f8fad5b-d9cb-469f-a165-70867728950e/analytics/activityStatistics"
	if status, _, text := checked.Send(k.t, checked.Client(k.t), http.MethodGet, address, token, ""); status != http.StatusOK {
		k.t.Errorf("a role of a client: %d %s", status, text)
	}
}

// run starts Keycloak and waits until it answers.
func (k *keycloak) run(port string, authority authority) {
	k.t.Helper()
	command := exec.Command(filepath.Join(*keycloakFolder, "bin", "kc.sh"), "start-dev", "--db", "dev-mem", "--http-host", "127.0.0.1", "--http-port", freePort(k.t),
		"--https-port", port, "--https-certificate-file", authority.certificate, "--https-certificate-key-file", authority.key)
	command.Env = append(os.Environ(), "JAVA_OPTS_KC_HEAP=-Xms64m -Xmx512m", "KC_BOOTSTRAP_ADMIN_USERNAME=admin", "KC_BOOTSTRAP_ADMIN_PASSWORD=admin")
	launch(k.t, command)
	began := time.Now()
	for {
		response, err := k.client.Get(k.base + "/realms/master")
		if err == nil {
			_ = response.Body.Close()
			if response.StatusCode == http.StatusOK {
				break
			}
		}
		if time.Since(began) > 15*time.Minute {
			k.t.Fatalf("Keycloak does not start: %v", err)
		}
		time.Sleep(200 * time.Millisecond)
	}
	k.t.Logf("Keycloak has started in %.0f s", time.Since(began).Seconds())
	k.signInAdmin()
	k.call(http.MethodPut, "/master", object{"accessTokenLifespan": 3600}, nil) // in place of a minute
	k.signInAdmin()
}

func (k *keycloak) signInAdmin() {
	k.t.Helper()
	k.admin = k.token(k.t, k.base+"/realms/master/protocol/openid-connect/token", "admin-cli", "",
		url.Values{"grant_type": {"password"}, "username": {"admin"}, "password": {"admin"}}).Access
}

// call sends a request to the admin API, and reads the answer unless into is nil. It returns the id of what was created.
func (k *keycloak) call(method, path string, body, into any) (id string) {
	k.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		k.t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(k.t.Context(), method, k.base+"/admin/realms"+path, bytes.NewReader(text))
	if err != nil {
		k.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+k.admin)
	location := k.ask(k.t, request, into).Get("Location")
	return location[strings.LastIndex(location, "/")+1:]
}

func mapper(kind string, config object) object {
	config["access.token.claim"] = "true"
	return object{"name": kind, "protocol": "openid-connect", "protocolMapper": kind, "config": config}
}

// setUp does the steps of docs/auth.md in their order.
func (k *keycloak) setUp() {
	k.t.Helper()
	const day = 86400
	k.call(http.MethodPost, "", object{"realm": "work", "enabled": true, "accessTokenLifespan": day / 2, "ssoSessionMaxLifespan": day, "ssoSessionIdleTimeout": day}, nil)
	k.addKeyOf("PS256", "rsa-generated", object{"algorithm": []string{"PS256"}})
	k.addKeyOf("ES256", "ecdsa-generated", object{"ecdsaEllipticCurveKey": []string{"P-256"}})
	k.addKeyOf("EdDSA", "eddsa-generated", object{"eddsaEllipticCurveKey": []string{"Ed25519"}})
	forAPI := func() object {
		return mapper("oidc-audience-mapper", object{"included.custom.audience": keycloakAudience})
	}
	var scopes []string
	for _, name := range []string{"Analytics.Read", "Analytics.ReadWrite"} {
		scopes = append(scopes, k.call(http.MethodPost, "/work/client-scopes", object{"name": name, "protocol": "openid-connect",
			"attributes": object{"include.in.token.scope": "true"}, "protocolMappers": []object{forAPI()}}, nil))
	}
	k.call(http.MethodPost, "/work/roles", object{"name": "Analytics.ReadWrite.All"}, nil)
	app := k.call(http.MethodPost, "/work/clients", object{"clientId": "app", "publicClient": true, "directAccessGrantsEnabled": true, "redirectUris": []string{"http://127.0.0.1/*"}}, nil)
	for _, scope := range scopes {
		k.call(http.MethodPut, "/work/clients/"+app+"/optional-client-scopes/"+scope, nil, nil)
	}
	k.call(http.MethodPost, "/work/clients", object{"clientId": "other", "publicClient": true, "directAccessGrantsEnabled": true}, nil)
	k.call(http.MethodPost, "/work/clients", object{"clientId": "robot", "secret": "secret", "serviceAccountsEnabled": true, "standardFlowEnabled": false,
		"protocolMappers": []object{forAPI(), mapper("oidc-hardcoded-claim-mapper", object{"claim.name": "idtyp", "claim.value": "app", "jsonType.label": "String"})}}, nil)
	k.giveRole("")
	k.call(http.MethodPost, "/work/users", object{"username": "jane", "enabled": true, "email": "jane@example.com", "emailVerified": true, "firstName": "Jane", "lastName": "Doe",
		"credentials": []object{{"type": "password", "value": "any"}}}, nil)
}

// idOf returns the id of a client.
func (k *keycloak) idOf(client string) string {
	k.t.Helper()
	var found []struct{ ID string }
	k.call(http.MethodGet, "/work/clients?clientId="+client, nil, &found)
	return found[0].ID
}

// giveRole gives the service account of robot the role of a client, or of the realm if there is no client.
func (k *keycloak) giveRole(client string) {
	k.t.Helper()
	var account struct{ ID string }
	k.call(http.MethodGet, "/work/clients/"+k.idOf("robot")+"/service-account-user", nil, &account)
	roles, mapping := "/work/roles/", "/realm"
	if client != "" {
		roles, mapping = "/work/clients/"+client+"/roles/", "/clients/"+client
	}
	var role object
	k.call(http.MethodGet, roles+"Analytics.ReadWrite.All", nil, &role)
	k.call(http.MethodPost, "/work/users/"+account.ID+"/role-mappings"+mapping, []object{role}, nil)
}

// signBy sets the algorithm of a client's access tokens.
func (k *keycloak) signBy(client, algorithm string) {
	k.t.Helper()
	k.call(http.MethodPut, "/work/clients/"+k.idOf(client), object{"clientId": client, "attributes": object{"access.token.signed.response.alg": algorithm}}, nil)
}

func (k *keycloak) signIn(t *testing.T, algorithm, scope string) tokens {
	t.Helper()
	k.signBy("app", algorithm)
	return k.signInBy(t, "app", "openid "+scope)
}

func (k *keycloak) signInBy(t *testing.T, client, scope string) tokens {
	t.Helper()
	return k.token(t, k.issuer+"/protocol/openid-connect/token", client, "", url.Values{"grant_type": {"password"}, "username": {"jane"}, "password": {"any"}, "scope": {scope}})
}

func (k *keycloak) signInRobot(t *testing.T, algorithm string) string {
	t.Helper()
	k.signBy("robot", algorithm)
	return k.token(t, k.issuer+"/protocol/openid-connect/token", "robot", "secret", url.Values{"grant_type": {"client_credentials"}}).Access
}

// addKeyOf adds a provider of keys to the realm.
func (k *keycloak) addKeyOf(name, kind string, config object) {
	k.t.Helper()
	config["priority"] = []string{"1000"}
	k.call(http.MethodPost, "/work/components", object{"name": name, "providerId": kind, "providerType": "org.keycloak.keys.KeyProvider", "config": config}, nil)
}

// addKey adds a key of RS256 that goes before the one that every realm has.
func (k *keycloak) addKey(t *testing.T) {
	t.Helper()
	var components []struct{ ID, Name string }
	k.call(http.MethodGet, "/work/components?type=org.keycloak.keys.KeyProvider", nil, &components)
	for _, one := range components {
		if one.Name == "rsa-generated" {
			k.old = one.ID
		}
	}
	k.addKeyOf("new", "rsa-generated", object{"algorithm": []string{"RS256"}})
}

func (k *keycloak) removeKey(t *testing.T) {
	t.Helper()
	k.call(http.MethodDelete, "/work/components/"+k.old, nil, nil)
}
