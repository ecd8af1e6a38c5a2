package oidc

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"afterhours/contract/checked"
	"afterhours/contract/program"
)

const readWrite = "Analytics.Read Analytics.ReadWrite"

// suite is one server that trusts one provider.
type suite struct {
	*provider
	t       *testing.T
	client  *http.Client // of the server; it checks every answer against the contract
	server  *program.Server
	data    string
	control string // token that steers the server
	jane    string // her id at the server
}

// testProvider runs all tests over one start of the provider. Each goes on where the one before ended.
func testProvider(t *testing.T, p *provider) {
	s := &suite{provider: p, t: t, client: checked.Client(t), data: t.TempDir()}
	s.control = program.Run(t, "token", "--data", s.data, "--role", "Afterhours.Control", "--expires", "48h")
	for _, step := range []struct {
		name string
		run  func()
	}{
		{"the provider is down when the server starts", s.startBeforeTheProvider},
		{"users and applications, by each algorithm", s.useEachAlgorithm},
		{"tenant and user are those that --claim names", s.findAsLocalUser},
		{"permissions", s.checkPermissions},
		{"refused tokens", s.refuseTokens},
		{"the provider is down later", s.goOnWithoutTheProvider},
		{"rotation", s.rotateKeys},
		{"expired tokens", s.refuseExpired},
	} {
		began := time.Now()
		step.run()
		t.Logf("%s: %.1f s", step.name, time.Since(began).Seconds())
	}
}

// send sends a request to the server. The test fails unless the response has the status and the text.
func (s *suite) send(token, method, path, body string, status int, want string) (text string) {
	s.t.Helper()
	got, _, text := checked.Send(s.t, s.client, method, s.server.URL+path, token, body)
	if got != status || !strings.Contains(text, want) {
		s.t.Errorf("%s %s: %d %s; want %d with %q", method, path, got, text, status, want)
	}
	return text
}

// read lists the statistics of the token's user.
func (s *suite) read(token string, status int, want string) string {
	s.t.Helper()
	return s.send(token, http.MethodGet, program.Statistics, "", status, want)
}

// advance puts the server's clock forward.
func (s *suite) advance(by string) {
	s.t.Helper()
	s.send(s.control, http.MethodPost, "/control/clock/advance", fmt.Sprintf(`{"by":%q}`, by), http.StatusOK, "")
}

func (s *suite) startBeforeTheProvider() {
	token := s.user(s.t, "RS256", readWrite).Access
	s.stop(s.t)
	s.server = program.Serve(s.t, s.data, append([]string{"--control", "--issuer", s.issuer, "--audience", s.idTokens}, s.flags...)...)
	s.read(token, http.StatusServiceUnavailable, "the keys of the token's issuer "+s.issuer+" now")
	s.start(s.t)
	for deadline := time.Now().Add(3 * time.Minute); ; time.Sleep(100 * time.Millisecond) {
		status, _, text := checked.Send(s.t, s.client, http.MethodGet, s.server.URL+program.Statistics, token, "")
		if status == http.StatusOK {
			return
		}
		if status != http.StatusServiceUnavailable || time.Now().After(deadline) {
			s.t.Fatalf("after the provider came up: %d %s", status, text)
		}
	}
}

// useEachAlgorithm has jane create a statistic and update it as Graph documents, and an application update it, too.
func (s *suite) useEachAlgorithm() {
	for _, algorithm := range algorithms {
		user, robot := s.user(s.t, algorithm, readWrite).Access, s.robot(s.t, algorithm)
		for _, token := range []string{user, robot} {
			if got, _ := decode(s.t, token, 0)["alg"].(string); got != algorithm {
				s.t.Errorf("the provider signs by %s, want %s", got, algorithm)
			}
		}
		id := "call_" + algorithm
		created := s.send(user, http.MethodPost, program.Statistics, fmt.Sprintf(`{"@odata.type":"#microsoft.graph.callActivityStatistics","id":%q,"duration":"PT1H"}`, id), http.StatusCreated, id)
		s.jane = userIn(s.t, created)
		s.send(user, http.MethodPatch, program.Statistics+"/"+id, `{"duration":"PT2H"}`, http.StatusOK, `"PT2H"`)
		s.send(robot, http.MethodPatch, s.ofJane(id), `{"duration":"PT3H"}`, http.StatusOK, `"PT3H"`)
	}
}

func (s *suite) ofJane(id string) string {
	return "/v1.0/users/" + s.jane + "/analytics/activityStatistics/" + id
}

// findAsLocalUser reads what jane has created by a token of the local issuer for the tenant and the user. A token for
// another tenant finds nothing.
func (s *suite) findAsLocalUser() {
	mint := func(tenant string) string {
		return program.Run(s.t, "token", "--data", s.data, "--tenant", tenant, "--user", s.jane, "--scope", "Analytics.Read")
	}
	s.read(mint(s.tenant), http.StatusOK, "call_EdDSA")
	if text := s.read(mint("11111111-2222-4333-8444-555555555555"), http.StatusOK, `"value":[]`); strings.Contains(text, "call_") {
		s.t.Errorf("another tenant has %s", text)
	}
}

func (s *suite) checkPermissions() {
	user, robot := s.user(s.t, "RS256", "Analytics.Read").Access, s.robot(s.t, "RS256")
	s.read(user, http.StatusOK, "call_RS256")
	s.send(user, http.MethodPatch, program.Statistics+"/call_RS256", `{"duration":"PT4H"}`, http.StatusForbidden, "Analytics.ReadWrite")
	s.send(user, http.MethodGet, "/v1.0/users/0f8fad5b-d9cb-469f-a165-70867728950e/analytics/activityStatistics", "", http.StatusForbidden, "own statistics alone")
	s.read(robot, http.StatusForbidden, "/me needs a user")
}

// refuseTokens sends tokens that the provider made for something else, and tokens that are made from good ones.
func (s *suite) refuseTokens() {
	got := s.user(s.t, "RS256", readWrite)
	s.read(s.foreign(s.t), http.StatusUnauthorized, "must be "+s.idTokens+" or ")
	s.read(got.ID, http.StatusUnauthorized, "access token for this API")
	parts := strings.Split(got.Access, ".")
	claims := decode(s.t, got.Access, 1)
	claims["sub"] = "mallory"
	changed := encode(s.t, claims)
	s.read(parts[0]+"."+changed+"."+parts[2], http.StatusUnauthorized, "signature is not valid")
	s.read(parts[0]+"."+parts[1]+".", http.StatusUnauthorized, "must be a signature")
	for _, name := range []string{"none", "None", "NONE"} {
		header := encode(s.t, map[string]any{"alg": name, "kid": decode(s.t, got.Access, 0)["kid"]})
		s.read(header+"."+changed+".", http.StatusUnauthorized, "must be a signature")
		s.read(header+"."+changed+"."+parts[2], http.StatusUnauthorized, "algorithm (alg) is not that of the key")
	}
	for _, algorithm := range algorithms {
		kid := decode(s.t, s.robot(s.t, algorithm), 0)["kid"]
		for _, secret := range s.publicKey(kid) {
			signed := encode(s.t, map[string]any{"alg": "HS256", "kid": kid}) + "." + changed
			s.read(signed+"."+hmacOf(secret, signed), http.StatusUnauthorized, "algorithm (alg) is not that of the key")
		}
	}
	s.read(got.Access, http.StatusOK, "call_RS256")
}

// goOnWithoutTheProvider uses known keys for hours while the provider is down. Tokens that were not seen before are good.
func (s *suite) goOnWithoutTheProvider() {
	var unseen []string
	for _, algorithm := range algorithms {
		unseen = append(unseen, s.user(s.t, algorithm, readWrite).Access)
	}
	s.stop(s.t)
	for _, token := range unseen {
		s.advance("PT1H1M") // old enough to be fetched again
		s.read(token, http.StatusOK, "call_RS256")
	}
	s.waitForLog(`"older keys in use":true`)
	s.start(s.t)
}

// waitForLog waits until the server has logged the text.
func (s *suite) waitForLog(text string) {
	s.t.Helper()
	for deadline := time.Now().Add(time.Minute); !strings.Contains(s.server.Log(), text); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			s.t.Fatalf("%s is not in the log: %s", text, s.server.Log())
		}
	}
}

// fetchKeys has the server fetch the keys now, and lets the minute pass in which it would not fetch them again.
func (s *suite) fetchKeys(token string) {
	s.t.Helper()
	s.advance("PT2M")
	_, rest, _ := strings.Cut(token, ".")
	s.read(encode(s.t, map[string]any{"alg": "RS256", "kid": "unknown"})+"."+rest, http.StatusUnauthorized, "(kid) that its issuer does not list")
	s.advance("PT2M")
}

// rotateKeys has clients send requests all the time while the provider changes its key. Tokens of both keys are good, and
// none is refused once. When the old key is withdrawn, its tokens are refused.
func (s *suite) rotateKeys() {
	old := s.user(s.t, "RS256", readWrite).Access
	s.fetchKeys(old)
	done, ended := make(chan struct{}), make(chan int)
	go func() {
		sent := 0
		defer func() { ended <- sent }()
		for ; ; sent++ {
			select {
			case <-done:
				return
			default:
				s.read(old, http.StatusOK, "call_RS256")
			}
		}
	}()
	s.rotate(s.t)
	var fresh []string
	for range 8 {
		fresh = append(fresh, s.user(s.t, "RS256", readWrite).Access)
	}
	if decode(s.t, fresh[0], 0)["kid"] == decode(s.t, old, 0)["kid"] {
		s.t.Error("the provider signs with the old key")
	}
	answers := make(chan int)
	for _, token := range fresh {
		go func() {
			status, _, _ := checked.Send(s.t, s.client, http.MethodGet, s.server.URL+program.Statistics, token, "")
			answers <- status
		}()
	}
	for range fresh {
		if status := <-answers; status != http.StatusOK {
			s.t.Errorf("a token of the new key: %d", status)
		}
	}
	close(done)
	if sent := <-ended; sent < 10 {
		s.t.Errorf("only %d requests during the rotation", sent)
	}
	s.withdraw(s.t)
	s.advance("PT1H1M")
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		status, _, text := checked.Send(s.t, s.client, http.MethodGet, s.server.URL+program.Statistics, old, "")
		if status == http.StatusUnauthorized && strings.Contains(text, "(kid) that its issuer does not list") {
			break
		}
		if status != http.StatusOK || time.Now().After(deadline) {
			s.t.Fatalf("a token of the withdrawn key: %d %s", status, text)
		}
	}
	s.read(fresh[0], http.StatusOK, "call_RS256")
}

func (s *suite) refuseExpired() {
	token := s.user(s.t, "ES256", readWrite).Access
	s.read(token, http.StatusOK, "call_RS256")
	s.advance("PT13H")
	s.read(token, http.StatusUnauthorized, "has expired")
	s.waitForLog(`"reason":"The token has expired`)
}

// userIn returns the user in the context of an answer.
func userIn(t *testing.T, answer string) string {
	t.Helper()
	var found struct {
		Context string `json:"@odata.context"`
	}
	if err := json.Unmarshal([]byte(answer), &found); err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(found.Context, "users('")
	user, _, isThere := strings.Cut(after, "'")
	if !isThere {
		t.Fatalf("no user in %s", answer)
	}
	return user
}

// decode returns a part of a token: 0 is its header, 1 its claims.
func decode(t *testing.T, token string, part int) (object map[string]any) {
	t.Helper()
	text, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[part])
	if err == nil {
		err = json.Unmarshal(text, &object)
	}
	if err != nil {
		t.Fatalf("%s: %v", token, err)
	}
	return object
}

func encode(t *testing.T, object map[string]any) string {
	t.Helper()
	text, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	return base64.RawURLEncoding.EncodeToString(text)
}
