package auth_test

import (
	"encoding/json"
	"strings"
	"time"

	"afterhours/handlers/auth"
)

// spareBit returns the letter of base64url after the given one. If the last letter of a text has unused bits, both
// letters stand for the same bytes.
func spareBit(letter string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	return string(alphabet[strings.Index(alphabet, letter)+1])
}

func wrongType(claim string, value any) forgery {
	return claimForgery(claim+" is "+string(must(json.Marshal(value))), object{claim: value}, "payload cannot be read")
}

func headerForgeries() []forgery {
	return []forgery{
		headerRefused("crit", object{"crit": []string{"b64"}, "b64": false}, "crit"),
		headerRefused("crit empty", object{"crit": []string{}}, "crit"),
		headerRefused("nonce: a token for Microsoft Graph", object{"nonce": "hashed"}, "Microsoft Graph itself"),
		headerRefused("typ of a logout token", object{"typ": "logout+jwt"}, "typ"),
		headerRefused("typ of a DPoP proof", object{"typ": "dpop+jwt"}, "typ"),
	}
}

func formForgeries() []forgery {
	return []forgery{
		{"empty", func(testVerifier) string { return "" }, "exactly three parts"},
		{"only dots", func(testVerifier) string { return ".." }, "header cannot be read"},
		{"five parts: encrypted", func(testVerifier) string { return "a.b.c.d.e" }, "exactly three parts"},
		textForgery("no signature part", func(s string) string { return s[:strings.LastIndex(s, ".")] }, "exactly three parts"),
		textForgery("empty signature", func(s string) string { return s[:strings.LastIndex(s, ".")+1] }, "third part must be a signature"),
		textForgery("extra dot", func(s string) string { return s + "." }, "exactly three parts"),
		textForgery("leading dot", func(s string) string { return "." + s }, "exactly three parts"),
		textForgery("signature cut", func(s string) string { return s[:len(s)-6] }, badSig),
		textForgery("signature lengthened", func(s string) string { return s + "AAAA" }, badSig),
		textForgery("padding", func(s string) string { return s + "==" }, "third part must be a signature"),
		textForgery("line break in the signature", func(s string) string { return s[:len(s)-4] + "\n" + s[len(s)-4:] }, "third part must be a signature"),
		textForgery("space within", func(s string) string { return s[:4] + " " + s[4:] }, "header cannot be read"),
		textForgery("longer than 16 KiB", func(s string) string { return s + strings.Repeat("A", 16<<10) }, "longer than 16384 bytes"),
		textForgery("duplicate member in the header", func(s string) string {
			_, rest, _ := strings.Cut(s, ".")
			return raw(`{"alg":"none","alg":"RS256","kid":"rsa"}`) + "." + rest
		}, "header cannot be read"),
		textForgery("header null", func(s string) string { _, rest, _ := strings.Cut(s, "."); return raw("null") + "." + rest }, "header cannot be read"),
		textForgery("payload null", func(s string) string { p := strings.Split(s, "."); p[1] = raw("null"); return strings.Join(p, ".") }, "payload cannot be read"),
		textForgery("payload not JSON", func(s string) string { p := strings.Split(s, "."); p[1] = raw("tid=x"); return strings.Join(p, ".") }, "payload cannot be read"),
		{"tampered payload", func(w testVerifier) string {
			p := strings.Split(token(w.claims()), ".")
			p[1] = encode(w.claims().with(object{"oid": robot}))
			return strings.Join(p, ".")
		}, badSig},
		{"payload of another good token", func(w testVerifier) string {
			p, q := strings.Split(token(w.claims()), "."), strings.Split(token(w.appClaims()), ".")
			return p[0] + "." + q[1] + "." + p[2]
		}, badSig},
		textForgery("spare bits in the signature", func(s string) string { return s[:len(s)-1] + spareBit(s[len(s)-1:]) }, "third part must be a signature"),
		textForgery("standard base64", func(s string) string { return s[:len(s)-9] + "+/" + s[len(s)-7:] }, "third part must be a signature"),
		{"spare bits in the payload", func(w testVerifier) string {
			payload := string(must(json.Marshal(w.claims())))
			for len(payload)%3 != 1 { // then its last letter has unused bits
				payload += " "
			}
			text := raw(payload)
			return signText(encode(object{"alg": "RS256", "kid": "rsa"}) + "." + text[:len(text)-1] + spareBit(text[len(text)-1:]))
		}, "payload cannot be read"},
		{"padded payload", func(w testVerifier) string {
			return signText(encode(object{"alg": "RS256", "kid": "rsa"}) + "." + encode(w.claims()) + "=")
		}, "payload cannot be read"},
		{"payload as it is, as b64 asks for", func(w testVerifier) string {
			return signText(encode(object{"alg": "RS256", "kid": "rsa", "b64": false}) + `.{"tid":1}`)
		}, "payload cannot be read"},
		{"JSON serialization", func(w testVerifier) string {
			p := strings.Split(token(w.claims()), ".")
			return string(must(json.Marshal(object{"protected": p[0], "payload": p[1], "signature": p[2]})))
		}, "exactly three parts"},
		textRefused("token within a token", func(good string) string { return raw("{}") + "." + raw(good) + "." + raw("x") }, "payload cannot be read"),
		textRefused("payload a list", func(good string) string { return "[" + good + "]" }, "payload cannot be read"),
		textRefused("payload of two objects", func(good string) string { return good + good }, "payload cannot be read"),
		textRefused("payload behind a byte order mark", func(good string) string { return "\ufeff" + good }, "payload cannot be read"),
		textRefused("payload that is no UTF-8", func(good string) string { return good[:len(good)-1] + ",\"x\":\"\xff\"}" }, "payload cannot be read"),
		textRefused("payload cut", func(good string) string { return good[:len(good)-1] }, "payload cannot be read"),
		textRefused("duplicate claim", func(good string) string { return `{"oid":"` + robot + `",` + good[1:] }, "payload cannot be read"),
		textRefused("duplicate claim by an escape", func(good string) string { return `{"\u006fid":"` + robot + `",` + good[1:] }, "payload cannot be read"),
	}
}

func timeForgeries() []forgery {
	return []forgery{
		timeForgery("expired", "exp", -time.Hour, "has expired"),
		timeForgery("expired just beyond the leeway", "exp", -60*time.Second, "has expired"),
		timeForgery("not valid yet", "nbf", 61*time.Second, "not valid yet"),
		timeForgery("issued in the future", "iat", 61*time.Second, "issued in the future"),
		claimForgery("no exp", object{"exp": nil}, "no expiry"),
		claimForgery("exp not a number", object{"exp": "tomorrow"}, "payload cannot be read"),
		claimForgery("exp past the end of time", object{"exp": 1e300}, "payload cannot be read"),
		claimForgery("nbf past the end of time", object{"nbf": 1e300}, "payload cannot be read"),
		{"local token, issued two seconds ahead", func(w testVerifier) string {
			return must(w.local.Mint(auth.Claims{Tenant: tenantA, User: alice, Scopes: []string{"x"}, Expires: time.Hour}, w.now().Add(2*time.Second)))
		}, "not valid yet"},
		{"local token, expired a second ago", func(w testVerifier) string {
			return must(w.local.Mint(auth.Claims{Tenant: tenantA, User: alice, Scopes: []string{"x"}, Expires: -time.Second}, w.now()))
		}, "has expired"},
	}
}

func audienceForgeries() []forgery {
	return []forgery{
		claimForgery("wrong aud", object{"aud": "00000003-0000-0000-c000-000000000000"}, "not for this API"),
		claimForgery("wrong aud in a list", object{"aud": []string{"a", "b"}}, "not for this API"),
		claimForgery("no aud", object{"aud": nil}, "not for this API"),
		claimForgery("aud empty", object{"aud": ""}, "not for this API"),
		claimForgery("aud with more text", object{"aud": audience + "/"}, "not for this API"),
		claimForgery("local issuer's aud", object{"aud": auth.LocalAudience}, "not for this API"),
		claimForgery("aud an object", object{"aud": object{audience: true}}, "payload cannot be read"),
		claimForgery("wrong iss", object{"iss": "https://attacker.example"}, "not trusted here"),
		{"iss of an address that can be asked", func(w testVerifier) string {
			return token(w.claims().with(object{"iss": w.remote.server.URL + "/stray"}))
		}, "not trusted here"},
		claimForgery("no iss", object{"iss": nil}, "not trusted here"),
		claimForgery("tid is not the tenant in iss", object{"tid": tenantB}, "not trusted here"),
		claimForgery("iss is the template", object{"iss": "{tenantid}", "tid": "{tenantid}"}, "not trusted here"),
		{"iss and tid of the template itself", func(w testVerifier) string {
			return token(w.claims().with(object{"iss": w.remote.name(), "tid": "{tenantid}"}))
		}, "not trusted here"},
		{"iss with a slash more", func(w testVerifier) string {
			return token(w.claims().with(object{"iss": w.remote.iss(tenantA) + "/"}))
		}, "not trusted here"},
		{"personal account", func(w testVerifier) string {
			return token(w.claims().with(object{"iss": w.remote.iss(personal), "tid": personal}))
		}, "Personal Microsoft accounts are not supported"},
		{"personal account in upper case", func(w testVerifier) string {
			return token(w.claims().with(object{"iss": w.remote.iss(strings.ToUpper(personal)), "tid": strings.ToUpper(personal)}))
		}, "Personal Microsoft accounts are not supported"},
	}
}

func callerForgeries() []forgery {
	return []forgery{
		claimForgery("no tid", object{"tid": nil}, "not trusted here"),
		claimForgery("no oid", object{"oid": nil}, "(oid) by a GUID"),
		claimForgery("oid no GUID", object{"oid": "alice"}, "(oid) by a GUID"),
		claimForgery("oid in braces", object{"oid": "{" + alice + "}"}, "(oid) by a GUID"),
		claimForgery("oid without dashes", object{"oid": strings.ReplaceAll(alice, "-", "")}, "(oid) by a GUID"),
		claimForgery("oid in another case does not count", object{"oid": nil, "OID": alice}, "(oid) by a GUID"),
		{"tid no GUID, though iss agrees", func(w testVerifier) string {
			return token(w.claims().with(object{"iss": w.remote.iss("contoso"), "tid": "contoso"}))
		}, "not trusted here"},
	}
}

// typeForgeries are claims whose JSON types differ from those of RFC 7519 and Entra, and tokens that are no access
// tokens.
func typeForgeries() []forgery {
	return []forgery{
		wrongType("iss", 1), wrongType("iss", []string{"x"}), wrongType("aud", 1), wrongType("aud", []any{audience, 1}), wrongType("aud", true),
		wrongType("exp", "32503680000"), wrongType("exp", []int{32503680000}), wrongType("nbf", "0"), wrongType("iat", "0"), wrongType("iat", true),
		wrongType("tid", 1), wrongType("tid", []string{tenantA}), wrongType("oid", 1), wrongType("oid", []string{alice}), wrongType("sub", 1),
		wrongType("scp", 1), wrongType("scp", object{"Analytics.Read": true}), wrongType("scp", []int{1}), wrongType("scope", 1), wrongType("scope", true), wrongType("upn", []string{"x"}), wrongType("roles", "Analytics.ReadWrite.All"),
		wrongType("roles", []int{1}), wrongType("nonce", 1),

		claimForgery("ID token", object{"nonce": "n-0S6_WzA2Mj"}, "ID token"),
		claimForgery("ID token with at_hash", object{"at_hash": "77QmUPtjPfzWtF2AnpK9RQ"}, "ID token"),
		claimForgery("ID token with c_hash", object{"c_hash": "LDktKdoQak3Pk0cnXxCltA"}, "ID token"),
		appForgery("ID token of a user whose sub is her oid", object{"idtyp": nil, "nonce": "n-0S6_WzA2Mj"}, "ID token"),
		claimForgery("neither scopes nor roles", object{"scp": nil}, notAccess),
		claimForgery("ID token of Keycloak", object{"typ": "ID"}, "its claim typ is ID"),
		claimForgery("ID token of Cognito", object{"token_use": "id"}, "its claim token_use is id"),
		claimForgery("bound to a key by DPoP", object{"cnf": object{"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}}, "bound to a key"),
		claimForgery("bound to a certificate", object{"cnf": object{"x5t#S256": "A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0"}}, "bound to a key"),
		appForgery("application bound to a key", object{"cnf": object{"kid": "x"}}, "bound to a key"),
		claimForgery("user's scopes, application's idtyp, no roles", object{"idtyp": "app"}, notAccess),
		appForgery("user with roles whose sub is the oid", object{"idtyp": nil}, "its claim idtyp must be app"),
		appForgery("ID token of a user with roles", object{"idtyp": nil, "sub": "pairwise"}, notAccess),
		appForgery("idtyp a list", object{"idtyp": []string{"app"}}, "its claim idtyp must be app"),
		appForgery("user with roles", object{"idtyp": "user"}, notAccess),
		appForgery("application without roles", object{"roles": nil}, notAccess),
		appForgery("application with no role", object{"roles": []string{}}, notAccess),
	}
}
