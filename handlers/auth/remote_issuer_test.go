package auth_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"afterhours/handlers/auth"
)

// remote is an issuer with a real server on loopback. It serves every tenant, as Entra does.
type remote struct {
	server  *httptest.Server
	fetches atomic.Int64             // requests for the key set
	strays  atomic.Int64             // requests to /stray/, an address that only forged tokens hold
	down    atomic.Bool              // the response for the discovery document is 500
	gate    atomic.Pointer[gate]     // the response for the key set waits for it; nil for none
	jwks    atomic.Pointer[[]object] // the keys in the key set
}

// gate holds up one fetch of the key set: entered is closed when the request arrives, open lets it continue.
type gate struct{ entered, open chan struct{} }

func newRemote(t testing.TB) *remote {
	r := &remote{}
	mux := http.NewServeMux()
	mux.HandleFunc("/common/v2.0/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		if r.down.Load() {
			http.Error(w, "down for maintenance", http.StatusInternalServerError)
			return
		}
		writeJSON(w, object{"issuer": r.name(), "jwks_uri": r.server.URL + "/keys"})
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) {
		r.fetches.Add(1)
		if g := r.gate.Load(); g != nil {
			close(g.entered)
			<-g.open
		}
		writeJSON(w, object{"keys": *r.jwks.Load()})
	})
	mux.HandleFunc("/stray/", func(http.ResponseWriter, *http.Request) { r.strays.Add(1) })
	r.server = httptest.NewServer(mux)
	t.Cleanup(r.server.Close)
	k := keys()
	r.publish(
		publicJWK(k.rsa, "rsa", object{"issuer": r.name()}),
		publicJWK(k.rsa2, "only-b", object{"issuer": r.iss(tenantB)}),
		publicJWK(k.rsa2, "rsa-pss", object{"alg": "PS256"}),
		publicJWK(k.ec, "ec", nil),
		publicJWK(k.ec384, "ec384", nil),
		publicJWK(k.ed, "ed", object{"alg": nil}),
		publicJWK(k.ed, "ed25519", object{"alg": "Ed25519"}),
		publicJWK(k.weak, "weak", nil),
		publicJWK(k.rsa2, "for-encryption", object{"use": "enc"}),
		publicJWK(k.rsa2, "for-wrapping", object{"use": nil, "key_ops": []string{"wrapKey"}}),
		publicJWK(k.rsa2, "wrong-alg", object{"alg": "HS256"}),
		object{"kty": "oct", "kid": "symmetric", "k": "c2VjcmV0", "alg": "HS256", "use": "sig"},
		object{"kty": "unheard-of", "kid": "future"},
	)
	return r
}

func writeJSON(w http.ResponseWriter, document any) {
	_, _ = w.Write(must(json.Marshal(document)))
}

func (r *remote) publish(jwks ...object)   { r.jwks.Store(&jwks) }
func (r *remote) name() string             { return r.server.URL + "/{tenantid}/v2.0" }
func (r *remote) iss(tenant string) string { return r.server.URL + "/" + tenant + "/v2.0" }
func (r *remote) issuer(t testing.TB) *auth.Issuer {
	t.Helper()
	return newIssuer(t, r.name(), r.server.Client())
}

func newIssuer(t testing.TB, name string, client *http.Client) *auth.Issuer {
	t.Helper()
	issuer, err := auth.NewIssuer(auth.IssuerConfig{
		Name: name, Audiences: []string{audience, "api://second"}, Client: client,
		Claims: auth.ClaimNames{Application: "idtyp", ApplicationValue: "app"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return issuer
}

// hold makes the next fetch of the key set wait at the returned gate, until release.
func (r *remote) hold() *gate {
	g := &gate{entered: make(chan struct{}), open: make(chan struct{})}
	r.gate.Store(g)
	return g
}

func (r *remote) release(g *gate) {
	r.gate.Store(nil)
	close(g.open)
}
