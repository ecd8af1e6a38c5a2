package handlers_test

import (
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"afterhours/handlers/signin"
)

// The example of RFC 7636, appendix B.
const (
	verifier  = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
	returnTo  = "http://localhost:3000/callback"
)

func authorizeBy(more ...string) url.Values {
	return parameters(append([]string{"client_id", clientID, "response_type", "code", "redirect_uri", returnTo, "scope", "openid profile offline_access Analytics.ReadWrite",
		"code_challenge", challenge, "code_challenge_method", "S256", "state", "a state&=", "nonce", "a-nonce", "client_info", "1"}, more...)...)
}

func redeemBy(code string, more ...string) url.Values {
	return parameters(append([]string{"grant_type", "authorization_code", "client_id", clientID, "code", code, "redirect_uri", returnTo, "code_verifier", verifier}, more...)...)
}

// pick sends the page's form with a user, and returns the values with which the browser goes back.
func (c signInClient) pick(of string, form url.Values) url.Values {
	c.t.Helper()
	form.Set("user", meganUPN)
	got := c.send("POST", "/"+of+"/oauth2/v2.0/authorize", form.Encode())
	return got.sentBack(c.t, form.Get("redirect_uri"))
}

// sentBack returns the values in the address to which the response redirects.
func (r testResponse) sentBack(t testing.TB, to string) url.Values {
	t.Helper()
	after, isBack := strings.CutPrefix(r.header.Get("Location"), to)
	if r.status != 303 || !isBack || after == "" || !strings.Contains("?&#", after[:1]) {
		t.Fatalf("%d to %q, want %s: %s", r.status, r.header.Get("Location"), to, r.text)
	}
	values, err := url.ParseQuery(after[1:])
	if err != nil {
		t.Fatal(err)
	}
	return values
}

func TestAuthorizationCode(t *testing.T) {
	c := newSignIn(t, nil)
	back := c.pick(tenant, authorizeBy("claims", `{"access_token":{"xms_cc":{"values":["cp1"]}}}`))
	if back.Get("state") != "a state&=" || back.Get("client_info") == "" || len(back.Get("code")) < 20 {
		t.Errorf("the browser goes back with %v", back)
	}
	got := c.token(tenant, redeemBy(back.Get("code")))
	access, id := got.claimsOf(t, "access_token"), got.claimsOf(t, "id_token")
	if access["oid"] != megan || access["scp"] != "openid profile Analytics.ReadWrite" || access["nonce"] != nil || mustJSON(access["xms_cc"]) != `["cp1"]` ||
		id["nonce"] != "a-nonce" || id["preferred_username"] != meganUPN {
		t.Errorf("the tokens have %v and %v", access, id)
	}
	c.do(call{method: "GET", path: collection, token: got.accessToken(t)}).want(t, 200)

	refresh := got.object(t)["refresh_token"].(string)
	again := parameters("grant_type", "refresh_token", "client_id", clientID, "refresh_token", refresh)
	next := c.token(tenant, again)
	if claims := next.claimsOf(t, "access_token"); claims["oid"] != megan || claims["scp"] != access["scp"] || next.claimsOf(t, "id_token")["nonce"] != nil {
		t.Errorf("the refresh token brings %v", claims)
	}
	again.Set("scope", "Analytics.Read")
	if claims := c.token(tenant, again).claimsOf(t, "access_token"); claims["scp"] != "Analytics.Read" {
		t.Errorf("with a scope, the refresh token brings %v", claims)
	}
	again.Set("scope", "Afterhours.Control")
	c.token(tenant, again).wantRefusal(t, 400, "invalid_grant", 65001, "")
	again.Del("scope")
	c.token(otherTenant, again).wantRefusal(t, 400, "invalid_grant", 70000, "another")
	again.Set("client_id", "other")
	c.token(tenant, again).wantRefusal(t, 400, "invalid_grant", 70000, "another")
	again.Set("client_id", clientID)
	c.steer("POST", "/clock/advance", `{"by":"P90D"}`).want(t, 200)
	c.token(tenant, again).wantRefusal(t, 400, "invalid_grant", 70008, "expired")
}

func TestRefusedCodes(t *testing.T) {
	c := newSignIn(t, nil)
	for _, test := range []struct {
		name, tenant string
		more         []string
		error        string
		number       int
	}{
		{"wrong verifier", tenant, []string{"code_verifier", verifier + "x"}, "invalid_grant", 501481},
		{"no verifier", tenant, []string{"code_verifier", "-"}, "invalid_grant", 501481},
		{"the challenge as verifier", tenant, []string{"code_verifier", challenge}, "invalid_grant", 501481},
		{"another redirect", tenant, []string{"redirect_uri", returnTo + "/"}, "invalid_grant", 500112},
		{"no redirect", tenant, []string{"redirect_uri", "-"}, "invalid_grant", 500112},
		{"another client", tenant, []string{"client_id", "other"}, "invalid_grant", 70000},
		{"another tenant", otherTenant, nil, "invalid_grant", 70000},
		{"no code", tenant, []string{"code", "-"}, "invalid_request", 900144},
	} {
		t.Run(test.name, func(t *testing.T) {
			code := c.pick(tenant, authorizeBy()).Get("code")
			c.token(test.tenant, redeemBy(code, test.more...)).wantRefusal(t, 400, test.error, test.number, "")
			c.token(tenant, redeemBy(code)).want(t, 200) // a refused request has not used it up
			c.token(tenant, redeemBy(code)).wantRefusal(t, 400, "invalid_grant", 54005, "already redeemed")
		})
	}
	code := c.pick("common", authorizeBy()).Get("code")
	c.steer("POST", "/clock/advance", `{"by":"PT9M59S"}`).want(t, 200)
	other := c.pick(tenant, authorizeBy()).Get("code")
	c.steer("POST", "/clock/advance", `{"by":"PT1S"}`).want(t, 200)
	c.token(tenant, redeemBy(code)).wantRefusal(t, 400, "invalid_grant", 70008, "expired")
	c.token(tenant, redeemBy(other)).want(t, 200)
}

// TestOneRedemption: of many who redeem a code at once, one gets a token.
func TestOneRedemption(t *testing.T) {
	c := newSignIn(t, nil)
	userCode, device := c.beginDevice(tenant)
	c.steer("POST", "/sign-ins/"+userCode+"/approve", "{}").want(t, 204)
	for name, form := range map[string]url.Values{"code": redeemBy(c.pick(tenant, authorizeBy()).Get("code")), "device code": device} {
		var got, refused atomic.Int32
		var all sync.WaitGroup
		for range 32 {
			all.Go(func() {
				response, err := c.trySend(t.Context(), "POST", "/"+tenant+"/oauth2/v2.0/token", form.Encode())
				switch {
				case err != nil:
					t.Error(err)
				case response.status == 200:
					got.Add(1)
				case strings.Contains(response.text, `"error_codes":[54005]`):
					refused.Add(1)
				}
			})
		}
		all.Wait()
		if got.Load() != 1 || refused.Load() != 31 {
			t.Errorf("%s: %d got a token, %d were refused", name, got.Load(), refused.Load())
		}
	}
}

func TestResponseModes(t *testing.T) {
	c := newSignIn(t, nil)
	for mode, mark := range map[string]string{"query": "?", "fragment": "#"} {
		form := authorizeBy("response_mode", mode, "user", meganUPN)
		if got := c.send("POST", "/common/oauth2/v2.0/authorize", form.Encode()); !strings.HasPrefix(got.header.Get("Location"), returnTo+mark) {
			t.Errorf("%s leads to %s", mode, got.header.Get("Location"))
		}
	}
	if back := c.pick(tenant, authorizeBy("redirect_uri", returnTo+"?a=b")); back.Get("code") == "" {
		t.Errorf("a redirect_uri with a query leads to %v", back)
	}
	got := c.send("POST", "/common/oauth2/v2.0/authorize", authorizeBy("response_mode", "form_post", "user", meganUPN, "state", `"><script>`).Encode()).want(t, 200)
	code := regexp.MustCompile(`name="code" value="(\w+)"`).FindStringSubmatch(got.text)
	if code == nil || !strings.Contains(got.text, `<form method="post" action="`+returnTo+`">`) || strings.Contains(got.text, "<script") {
		t.Fatalf("form_post is %s", got.text)
	}
	c.token(tenant, redeemBy(code[1])).want(t, 200)
	refused := c.send("GET", "/common/oauth2/v2.0/authorize?"+authorizeBy("response_mode", "form_post", "prompt", "none").Encode(), "")
	if !strings.Contains(refused.text, `name="error" value="login_required"`) {
		t.Errorf("a refusal by form_post is %s", refused.text)
	}
}

// TestRefusedAuthorization: a refusal goes back to the client by the address that is known to be right, with the
// state.
func TestRefusedAuthorization(t *testing.T) {
	c := newSignIn(t, nil)
	for _, test := range []struct {
		name  string
		more  []string
		error string
	}{
		{"no response_type", []string{"response_type", "-"}, "invalid_request"},
		{"another response_type", []string{"response_type", "token"}, "unsupported_response_type"},
		{"no challenge", []string{"code_challenge", "-"}, "invalid_request"},
		{"a short challenge", []string{"code_challenge", challenge[1:]}, "invalid_request"},
		{"plain", []string{"code_challenge_method", "plain"}, "invalid_request"},
		{"no method", []string{"code_challenge_method", "-"}, "invalid_request"},
		{"no scope", []string{"scope", "-"}, "invalid_request"},
		{"steer", []string{"scope", "Afterhours.Control"}, "invalid_grant"},
		{"response_mode", []string{"response_mode", "web_message"}, "invalid_request"},
		{"claims", []string{"claims", "[]"}, "invalid_request"},
		{"a long nonce", []string{"nonce", strings.Repeat("n", 513)}, "invalid_request"},
		{"silent", []string{"prompt", "none"}, "login_required"},
	} {
		t.Run(test.name, func(t *testing.T) {
			form := authorizeBy(test.more...)
			got := c.send("GET", "/"+tenant+"/oauth2/v2.0/authorize?"+form.Encode(), "").sentBack(t, returnTo)
			if got.Get("error") != test.error || !strings.HasPrefix(got.Get("error_description"), "AADSTS") || got.Get("state") != "a state&=" || got.Has("code") {
				t.Errorf("the browser goes back with %v", got)
			}
			if test.name != "silent" {
				if got := c.pick(tenant, form); got.Get("error") != test.error || got.Has("code") {
					t.Errorf("after the page, the browser goes back with %v", got)
				}
			}
		})
	}
	if got := c.pick(tenant, authorizeBy("cancel", "true")); got.Get("error") != "access_denied" || got.Has("code") {
		t.Errorf("after Cancel, the browser goes back with %v", got)
	}
}

// TestNoOpenRedirect: the browser goes to an address of this machine or to a registered one, and nowhere else.
func TestNoOpenRedirect(t *testing.T) {
	anyone := newSignIn(t, nil)
	registered := newSignIn(t, signin.Clients{clientID: {ID: clientID, RedirectURIs: []string{"https://app.example/cb", "msal5b6e0d4c://auth"}}})
	for _, test := range []struct {
		address            string
		isOpen, isRegister bool
	}{
		{"http://localhost", true, true}, {"http://localhost:1/a?b=c", true, true}, {"https://127.0.0.1:65535/", true, true}, {"http://[::1]:3000/cb", true, true},
		{"http://127.9.9.9/", true, true}, {"HTTP://LOCALHOST/", true, true},
		{"https://app.example/cb", false, true}, {"msal5b6e0d4c://auth", false, true},
		{"https://app.example/cb/", false, false}, {"https://app.example/CB", false, false}, {"https://app.example/cb?x=y", false, false}, {"https://app.example", false, false},
		{"https://evil.example/", false, false}, {"//evil.example/", false, false}, {"/", false, false}, {"http://localhost.evil.example/", false, false},
		{"http://localhost@evil.example/", false, false}, {"http://evil.example@localhost/", false, false}, {"http://localhost:80@evil.example/", false, false}, {`http://localhost\@evil.example/`, false, false},
		{"http://evil.example/#http://localhost", false, false}, {"http://localhost/#f", false, false}, {"http://127.0.0.1.evil.example", false, false}, {"http://0.0.0.0/", false, false},
		{"http://2130706433/", false, false}, {"javascript:alert(1)//localhost", false, false}, {"data:text/html,localhost", false, false}, {"ftp://localhost/", false, false},
		{"http://localhost/\r\nX-Injected: a", false, false}, {"http://localhost\t.evil.example/", false, false}, {"http://evil.example\x00.localhost/", false, false}, {"http:///", false, false},
		{"http:localhost", false, false}, {"http://localhost:evil.example/", false, false}, {"http://" + strings.Repeat("a", 2000), false, false}, {"http://localhost/" + strings.Repeat("a", 2000), false, false},
	} {
		for c, isAllowed := range map[signInClient]bool{anyone: test.isOpen, registered: test.isRegister} {
			form := authorizeBy("redirect_uri", test.address, "user", meganUPN)
			page := c.send("GET", "/"+tenant+"/oauth2/v2.0/authorize?"+form.Encode(), "")
			back := c.send("POST", "/"+tenant+"/oauth2/v2.0/authorize", form.Encode())
			if isAllowed {
				if page.status != 200 || !strings.HasPrefix(back.header.Get("Location"), test.address) || back.header.Get("X-Injected") != "" {
					t.Errorf("%q: %d, then to %q", test.address, page.status, back.header.Get("Location"))
				}
				continue
			}
			for _, got := range []testResponse{page, back} {
				if got.status != 400 || got.header.Get("Location") != "" || !strings.Contains(got.text, "AADSTS50011") {
					t.Errorf("%q: %d to %q %s", test.address, got.status, got.header.Get("Location"), got.text)
				}
			}
		}
	}
	for address, want := range map[string]int{"http://localhost:3000/": 303, "https://evil.example/": 200, "": 200, "javascript:alert(1)": 200} {
		if got := anyone.send("GET", "/common/oauth2/v2.0/logout?"+parameters("post_logout_redirect_uri", address).Encode(), ""); got.status != want || want == 200 && got.header.Get("Location") != "" {
			t.Errorf("the logout to %q is %d to %q", address, got.status, got.header.Get("Location"))
		}
	}
}

// TestSignInPage: the page needs no script, repeats nothing as markup, and works for a person who types.
func TestSignInPage(t *testing.T) {
	c := newSignIn(t, nil)
	at := "/" + tenant + "/oauth2/v2.0/authorize"
	page := c.send("GET", at+"?"+authorizeBy("client_id", "<b>", "state", `"><script>alert(1)</script>`, "login_hint", `"><img>`).Encode(), "").want(t, 200)
	policy := page.header.Get("Content-Security-Policy")
	if policy != "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self' http://localhost:3000" || !strings.HasPrefix(page.header.Get("Content-Type"), "text/html") || page.header.Get("Cache-Control") != "no-store" {
		t.Errorf("the page has %v", page.header)
	}
	if strings.Contains(page.text, "<script") || strings.Contains(page.text, "<b>") || strings.Contains(page.text, "<img") {
		t.Errorf("the page has markup of its caller: %s", page.text)
	}
	for _, want := range []string{meganUPN, "lee@example.com", `name="code_challenge" value="` + challenge, `name="nonce" value="a-nonce"`} {
		if !strings.Contains(page.text, want) {
			t.Errorf("the page lacks %s: %s", want, page.text)
		}
	}
	if strings.Contains(page.text, "lee@other.example") {
		t.Error("the page has a user of another tenant")
	}
	wrong := c.send("POST", at, authorizeBy("username", "nobody@example.com").Encode())
	if wrong.status != 400 || !strings.Contains(wrong.text, "nobody@example.com does not exist") || !strings.Contains(wrong.text, challenge) {
		t.Errorf("an unknown user leads to %d %s", wrong.status, wrong.text)
	}
	back := c.send("POST", at, authorizeBy("username", "lee@example.com").Encode()).sentBack(t, returnTo)
	if claims := c.token(tenant, redeemBy(back.Get("code"))).claimsOf(t, "access_token"); claims["oid"] != lee {
		t.Errorf("the token has %v", claims)
	}
	for _, sent := range []testResponse{
		c.send("GET", "/consumers/oauth2/v2.0/authorize?"+authorizeBy().Encode(), ""),
		c.send("GET", at+"?"+authorizeBy("client_id", "-").Encode(), ""),
		c.send("GET", at+"?"+authorizeBy("redirect_uri", "-").Encode(), ""),
		c.send("GET", at+"?a=%zz", ""),
		c.send("POST", at, authorizeBy("user", meganUPN).Encode(), "Origin", "https://evil.example"),
	} {
		if sent.status != 400 || !strings.Contains(sent.text, "AADSTS") || sent.header.Get("Location") != "" || !strings.HasPrefix(sent.header.Get("Content-Type"), "text/html") {
			t.Errorf("%d %s", sent.status, sent.text)
		}
	}
}
