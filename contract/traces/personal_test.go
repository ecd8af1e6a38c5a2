package traces

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"afterhours/contract/program"
)

// The person of the test, and what they call their statistic.
const (
	tenant = "7a1c0f52-3d84-4b6e-9f20-5e8d1b7c4a63"
	user   = "0f8fad5b-d9cb-469f-a165-70867728950e"
	name   = "quentin@example.com"
	id     = "quentins_focus"
)

// receiver takes the spans of a program, as bytes.
type receiver struct {
	*httptest.Server
	mu    sync.Mutex
	spans []byte
}

func newReceiver(t *testing.T) *receiver {
	r := &receiver{}
	r.Server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, request *http.Request) {
		text, err := io.ReadAll(request.Body)
		if err != nil || request.URL.Path != "/v1/traces" || request.Header.Get("Content-Encoding") != "" {
			t.Errorf("%s: %v, %v", request.URL, err, request.Header)
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.spans = append(r.spans, text...)
	}))
	t.Cleanup(r.Close)
	return r
}

// issuer is an OpenID Connect issuer whose name has the GUID of its tenant, as Entra's do. Until it is up, it
// responds with 500.
type issuer struct {
	name string
	key  ed25519.PrivateKey

	mu      sync.Mutex // protects all below
	isUp    bool
	parents []string // the traceparent of each request since it is up
}

func newIssuer(t *testing.T) *issuer {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	i := &issuer{key: private}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		i.mu.Lock()
		defer i.mu.Unlock()
		if !i.isUp {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		i.parents = append(i.parents, r.Header.Get("Traceparent"))
		if r.Header.Get("Baggage") != "" {
			t.Errorf("%s has the baggage of the caller", r.URL)
		}
		if strings.HasSuffix(r.URL.Path, "/keys") {
			_ = json.NewEncoder(w).Encode(map[string]any{"keys": []map[string]string{
				{"kty": "OKP", "crv": "Ed25519", "kid": "1", "use": "sig", "x": base64.RawURLEncoding.EncodeToString(public)},
			}})
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]string{"issuer": i.name, "jwks_uri": i.name + "/keys"})
	}))
	t.Cleanup(server.Close)
	i.name = server.URL + "/" + tenant
	return i
}

func (i *issuer) start() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.isUp = true
}

// token returns a token of the person.
func (i *issuer) token() string {
	part := func(value any) string {
		text, _ := json.Marshal(value) // maps of texts and numbers always marshal
		return base64.RawURLEncoding.EncodeToString(text)
	}
	signed := part(map[string]string{"alg": "EdDSA", "kid": "1"}) + "." + part(map[string]any{
		"iss": i.name, "aud": "api", "exp": time.Now().Add(time.Hour).Unix(), "tid": tenant, "oid": user, "upn": name, "scp": "Analytics.ReadWrite",
	})
	return signed + "." + base64.RawURLEncoding.EncodeToString(ed25519.Sign(i.key, []byte(signed)))
}

// TestNothingPersonal sends requests that have a person in every part, good and bad ones, and searches all bytes that
// the program exports. The issuer's keys are fetched within the trace of the first of them.
func TestNothingPersonal(t *testing.T) {
	received, others := newReceiver(t), newIssuer(t)
	server := serve(t, received.URL, t.TempDir(), "--store", "memory", "--issuer", others.name, "--audience", "api", "--names-from", others.name,
		"--claim", "tenant=tid", "--claim", "user=oid", "--claim", "scope=scp")
	token := others.token()
	if status := server.send("GET", program.Statistics, token, ""); status != http.StatusServiceUnavailable {
		t.Fatalf("without the issuer's keys it is %d", status)
	}
	others.start()
	headers := []string{
		"traceparent: 00-" + callerTrace + "-" + callerSpan + "-01", "baggage: user=" + name, "User-Agent: " + name, "Cookie: " + name,
		"client-request-id: " + user, "Prefer: " + name, "X-Forwarded-For: " + name, "Referer: https://example.com/" + name,
	}
	for range 100 { // the server asks the issuer again after a pause
		if server.send("GET", program.Statistics, token, "", headers...) != http.StatusServiceUnavailable {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	const create = `{"@odata.type":"#microsoft.graph.focusActivityStatistics","id":"` + id + `"}`
	for _, one := range []struct {
		method, path, body string
		status             int
	}{
		{"POST", program.Statistics, create, 201},
		{"POST", program.Statistics, create, 409},
		{"PATCH", program.Statistics + "/" + id, `{"duration":"PT1H"}`, 200},
		{"PATCH", program.Statistics + "/" + id, `{"` + id + `":"` + name + `"}`, 400},
		{"GET", "/beta/users/" + name + "/analytics/activityStatistics/" + id, "", 200},
		{"GET", "/beta/users/" + user + "/analytics/activityStatistics?$filter=id%20eq%20'" + id + "'", "", 200},
		{"GET", "/" + name + "/" + tenant, "", 404},
		{"GET", "/openapi.yaml?" + name, "", 200},
		{"OPTIONS", program.Statistics + "/" + id, "", 405},
		{"POST", "/beta/$batch", `{"requests":[
			{"id":"` + name + `","method":"GET","url":"/users/` + name + `/analytics"},
			{"id":"` + id + `","method":"` + id + `","url":"/` + name + `","headers":{"` + id + `":"` + name + `"},"dependsOn":["` + name + `"]},
			{"id":"3","method":"GET","url":"/users/` + name + `/analytics","dependsOn":["` + id + `"]}]}`, 200},
		{"DELETE", program.Statistics + "/" + id, "", 204},
	} {
		if status := server.send(one.method, one.path, token, one.body, headers...); status != one.status {
			t.Errorf("%s %s = %d, want %d", one.method, one.path, status, one.status)
		}
	}
	server.end()

	spans := bytes.ToLower(received.spans)
	for _, there := range []string{"/users/{user-id}/analytics", "store.userbyupn", "store.putuser", "exists"} {
		if !bytes.Contains(spans, []byte(there)) {
			t.Errorf("the spans have no %s: %q", there, spans)
		}
	}
	for _, text := range []string{tenant, user, name, "quentin", "focus", token[:20], token[len(token)-20:], "pt1h", "127.0.0.1:", "go-http-client"} {
		if bytes.Contains(spans, []byte(strings.ToLower(text))) {
			t.Errorf("the spans have %q", text)
		}
	}
	others.mu.Lock()
	defer others.mu.Unlock()
	if len(others.parents) != 2 || !strings.HasPrefix(others.parents[0], "00-"+callerTrace+"-") || strings.Contains(others.parents[0], callerSpan) {
		t.Errorf("the issuer was asked with %q", others.parents)
	}
}
