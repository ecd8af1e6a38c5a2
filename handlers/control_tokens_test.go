package handlers_test

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"afterhours/store/memory"
)

// tokenFor returns the token that the control API mints for the body.
func (c controlServer) tokenFor(body string) string {
	c.t.Helper()
	return c.steer("POST", "/tokens", body).want(c.t, 201).object(c.t)["token"].(string)
}

// claimsOf returns the payload of a token.
func claimsOf(t testing.TB, token string) map[string]any {
	t.Helper()
	parts := strings.Split(token, ".")
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	var claims map[string]any
	if err := json.Unmarshal(payload, &claims); err != nil {
		t.Fatal(err)
	}
	return claims
}

func TestMintedTokens(t *testing.T) {
	c := newControlServer(t, memory.New())
	later := time.Now().Add(time.Hour).Format(time.RFC3339)
	settings := "/beta/users/" + lee + "/analytics/settings"
	for body, want := range map[string]struct {
		path    string
		status  int
		message string
	}{
		``:   {collection, 200, ""},
		`{}`: {collection, 200, ""},
		`{"tenant":"` + otherTenant + `","user":"` + strings.ToUpper(lee) + `","upn":"lee@example.com"}`: {settings, 200, ""},
		`{"scopes":["Analytics.Read"]}`:                        {collection, 200, ""},
		`{"scopes":["Mail.Read"]}`:                             {collection, 403, "Analytics.Read"},
		`{"roles":["Analytics.Read.All"]}`:                     {settings, 200, ""},
		`{"roles":["Mail.Read"]}`:                              {settings, 403, "Analytics.Read.All"},
		`{"expiresIn":"-PT1S"}`:                                {collection, 401, "expired"},
		`{"expiresIn":"P3650D"}`:                               {collection, 200, ""},
		`{"notBefore":"` + later + `"}`:                        {collection, 401, "not valid yet"},
		`{"notBefore":"2026-01-01T00:00:00Z"}`:                 {collection, 401, "expired"},
		`{"audience":"api://another"}`:                         {collection, 401, "audience"},
		`{"roles":["Afterhours.Control"]}`:                     {"/control/clock", 200, ""},
		`{"roles":["Afterhours.Control"],"expiresIn":"-PT1S"}`: {"/control/clock", 401, "expired"},
	} {
		got := c.do(call{method: "GET", path: want.path, token: c.tokenFor(body)})
		if got.status != want.status || !strings.Contains(got.text, want.message) {
			t.Errorf("%s: %d %.300s; want %d %s", body, got.status, got.text, want.status, want.message)
		}
	}
}

func TestClaimsOfMintedTokens(t *testing.T) {
	c := newControlServer(t, memory.New())
	c.steer("PUT", "/clock", `{"now":"2031-02-03T04:05:06Z"}`).want(t, 200)
	now := float64(time.Date(2031, 2, 3, 4, 5, 6, 0, time.UTC).Unix())
	claims := claimsOf(t, c.tokenFor(`{"cae":true,"upn":"a@b.example","audience":"x","expiresIn":"PT30M","notBefore":"2031-02-03T04:05:16Z"}`))
	for name, want := range map[string]any{"tid": tenant, "oid": megan, "upn": "a@b.example", "aud": "x", "iat": now, "nbf": now + 10, "exp": now + 10 + 1800} {
		got := claims[name]
		if list, isList := got.([]any); isList && len(list) == 1 {
			got = list[0]
		}
		if got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	if list, _ := claims["xms_cc"].([]any); len(list) != 1 || list[0] != "cp1" {
		t.Errorf("xms_cc is %v", claims["xms_cc"])
	}
	if claims := claimsOf(t, c.tokenFor(`{"cae":false}`)); claims["xms_cc"] != nil {
		t.Errorf("xms_cc is %v", claims["xms_cc"])
	}
	if iat := claimsOf(t, c.tokenFor(`{"roles":["Afterhours.Control"]}`))["iat"].(float64); iat > now-1e6 {
		t.Errorf("a token for the control API was issued at %v, not in real time", iat)
	}
}
