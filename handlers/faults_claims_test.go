package handlers_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// caeToken returns a token of megan whose client can answer a claims challenge.
func (c controlServer) caeToken() string {
	c.t.Helper()
	return c.tokenFor(fmt.Sprintf(`{"tenant":%q,"user":%q,"cae":true}`, tenant, megan))
}

// readA reads the statistic a.
func (c controlServer) readA(token string) testResponse {
	c.t.Helper()
	return c.do(call{method: "GET", path: collection + "/a", token: token})
}

var claimsOfHeader = regexp.MustCompile(`^Bearer realm="", authorization_uri="([^"]+)", client_id="[^"]+", error="insufficient_claims", claims="([^"]+)", error_description="[^",]+"$`)

// askedOf returns the least nbf that a challenge asks for.
func askedOf(t testing.TB, c controlServer, header string) time.Time {
	t.Helper()
	found := claimsOfHeader.FindStringSubmatch(header)
	if found == nil {
		t.Fatalf("the challenge is %q", header)
	}
	if want := c.url + "/common/oauth2/v2.0/authorize"; found[1] != want {
		t.Errorf("authorization_uri is %s; want %s", found[1], want)
	}
	claims, err := base64.StdEncoding.DecodeString(found[2])
	if err != nil {
		t.Fatal(err)
	}
	value := regexp.MustCompile(`^\{"access_token":\{"nbf":\{"essential":true,"value":"(\d+)"\}\}\}$`).FindSubmatch(claims)
	if value == nil {
		t.Fatalf("the claims are %s", claims)
	}
	seconds, err := strconv.ParseInt(string(value[1]), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return time.Unix(seconds, 0)
}

// wantChallenge fails unless the response is a claims challenge, and returns the least nbf that it asks
// for.
func (c controlServer) wantChallenge(got testResponse) time.Time {
	c.t.Helper()
	got.wantRefused(c.t, 401, "InvalidAuthenticationToken", "", "Continuous access evaluation resulted in claims challenge")
	headers := got.header.Values("WWW-Authenticate")
	if len(headers) != 1 {
		c.t.Fatalf("there are %d headers WWW-Authenticate: %q", len(headers), headers)
	}
	return askedOf(c.t, c, headers[0])
}

// TestClaimsChallenge is the whole loop: the old token is challenged, a new one passes, and the old one is
// challenged again.
func TestClaimsChallenge(t *testing.T) {
	c, _ := newFaultServer(t)
	old := c.caeToken()
	c.readA(old).want(t, 200)
	made := c.steer("POST", "/faults/presets/cae", `{"match":{"user":"`+megan+`"}}`).want(t, 201).object(t)["id"].(string)
	asked := c.wantChallenge(c.readA(old))
	fresh := c.caeToken()
	if begins, _ := claimsOf(t, fresh)["nbf"].(float64); int64(begins) < asked.Unix() {
		t.Errorf("the new token begins at %.0f, and %d was asked for", begins, asked.Unix())
	}
	c.readA(fresh).want(t, 200)
	if again := c.wantChallenge(c.readA(old)); !again.Equal(asked) {
		t.Errorf("the second challenge asks for %v, the first for %v", again, asked)
	}
	c.readA(fresh).want(t, 200)
	c.readA(c.tokenFor(fmt.Sprintf(`{"tenant":%q,"user":%q}`, tenant, megan))).want(t, 200) // cannot answer
	if got := c.counts(); got != "5/2" {
		t.Errorf("the rule matched and applied %s", got)
	}
	for _, one := range c.requests("?method=GET") {
		if isChallenged := one.Faults != nil && fmt.Sprint(*one.Faults) == "["+made+"]"; isChallenged != (one.Status == 401) {
			t.Errorf("the journal has %d with the faults %v", one.Status, one.Faults)
		}
	}
}

// TestClaimsChallengeGoesByTheClock: on a clock that stands still, the new token begins in the second of the
// rule and passes. So does one on a clock that has moved.
func TestClaimsChallengeGoesByTheClock(t *testing.T) {
	c, _ := newFaultServer(t)
	c.stopClock("2031-02-03T04:05:06.5Z")
	old := c.caeToken()
	c.steer("POST", "/faults/presets/cae", "").want(t, 201)
	if asked := c.wantChallenge(c.readA(old)); asked.UTC().Format(time.RFC3339) != "2031-02-03T04:05:06Z" {
		t.Errorf("the challenge asks for %v", asked)
	}
	fresh := c.caeToken()
	if fresh == old {
		t.Fatal("two tokens are the same")
	}
	c.readA(fresh).want(t, 200)
	c.wantChallenge(c.readA(old))
	c.advance("PT10M")
	c.readA(fresh).want(t, 200)
	c.readA(c.caeToken()).want(t, 200)
	c.wantChallenge(c.readA(old))
}

// TestClaimsChallengeInBatches: an item's 401 has the challenge among its headers.
func TestClaimsChallengeInBatches(t *testing.T) {
	c, _ := newFaultServer(t)
	old := c.caeToken()
	c.fail(`{"match":{"operation":"getMyStatistic"},"answer":{"claims":true}}`)
	items := []string{batched("1", "", "GET", "a", ""), batched("2", "", "GET", "", "")}
	got := c.batch(old, items...)
	if statusesOf(got) != "401 200" || got[0].Body.Error.Code != "InvalidAuthenticationToken" {
		t.Fatalf("got %+v", got)
	}
	askedOf(t, c, got[0].Headers["WWW-Authenticate"])
	if got := statusesOf(c.batch(c.caeToken(), items...)); got != "200 200" {
		t.Errorf("with the new token: %s", got)
	}
}

// TestClaimsChallengeOfARequest: the header Afterhours-Simulate asks for a challenge of the first token.
func TestClaimsChallengeOfARequest(t *testing.T) {
	c, _ := newFaultServer(t)
	ask := func(token string) testResponse {
		return c.do(call{method: "GET", path: collection + "/a", token: token, header: map[string]string{"Afterhours-Simulate": "cae"}})
	}
	old := c.caeToken()
	c.wantChallenge(ask(old))
	c.readA(old).want(t, 200)
	ask(c.caeToken()).want(t, 200)
	c.wantChallenge(ask(old))
}

// TestClaimsWithAnAnswerOfItsOwn: what else the answer says counts as well.
func TestClaimsWithAnAnswerOfItsOwn(t *testing.T) {
	c, _ := newFaultServer(t)
	c.fail(`{"answer":{"claims":true,"code":"Own","message":"mine","headers":{"x-ms-extra":"yes"}},"times":1}`)
	token := c.caeToken()
	got := c.readA(token)
	got.wantRefused(t, 401, "Own", "", "mine")
	if got.header.Get("x-ms-extra") != "yes" || !strings.HasPrefix(got.header.Get("WWW-Authenticate"), "Bearer ") {
		t.Errorf("the headers are %v", got.header)
	}
	c.readA(token).want(t, http.StatusOK)
	if got := c.counts(); got != "2/1" {
		t.Errorf("the rule matched and applied %s", got)
	}
}
