package auth

import (
	"encoding/base64"
	"errors"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/golang-jwt/jwt/v5"
)

// maxTokenSize is the longest token, in bytes. Entra's tokens have 1 to 3 KiB. HTTP servers and proxies commonly allow
// 8 to 16 KiB for all headers together.
const maxTokenSize = 16 << 10

// token is a parsed JWT in compact serialization (RFC 7515, section 7.1). Its signature and claims are not verified yet.
type token struct {
	header    header
	payload   payload
	signed    string // the text that the signature covers: both encoded parts and the dot between them
	signature []byte
}

// header holds the members of the JOSE header that this package reads. Members that point to a key (jku, jwk, x5u, x5c)
// are left out on purpose: a key comes from the issuer's key set and nowhere else (RFC 8725, section 3.10).
type header struct {
	Algorithm string         `json:"alg"`
	KeyID     string         `json:"kid"`
	Type      string         `json:"typ"`
	Critical  jsontext.Value `json:"crit"`
	Nonce     jsontext.Value `json:"nonce"`
}

// payload holds the claims that this package reads, by the names that most issuers give them. ClaimNames reads the others
// from text.
type payload struct {
	jwt.RegisteredClaims
	Tenant string       `json:"tid"`
	Object string       `json:"oid"`
	UPN    string       `json:"upn"`
	Scp    *permissions `json:"scp"`   // of Entra and Okta
	Scope  *permissions `json:"scope"` // RFC 9068, section 2.2.3
	Roles  []string     `json:"roles"`

	// Only ID tokens have these (OpenID Connect Core 1.0, sections 2, 3.1.3.6 and 3.3.2.11).
	Nonce           *string `json:"nonce"`
	AccessTokenHash *string `json:"at_hash"`
	CodeHash        *string `json:"c_hash"`
	// Kind is Keycloak's kind of token, Use is Cognito's. Other issuers may use the names for anything.
	Kind jsontext.Value `json:"typ"`
	Use  jsontext.Value `json:"token_use"`
	// These name the client that the token was issued to: azp is OpenID Connect's, client_id is that of RFC 9068, section
	// 2.2, and appid is in Entra's tokens of version 1.0.
	AuthorizedParty jsontext.Value `json:"azp"`
	ClientID        jsontext.Value `json:"client_id"`
	ApplicationID   jsontext.Value `json:"appid"`
	// Capabilities says what the client can do (Entra, "Claims challenges, claims requests and client capabilities").
	Capabilities jsontext.Value `json:"xms_cc"`
	// Confirmation names the key that the sender of the token must prove to have (RFC 7800).
	Confirmation jsontext.Value `json:"cnf"`

	text jsontext.Value // the whole object
}

// permissions are names of permissions: in JSON a text with spaces between them (RFC 9068, section 2.2.3) or a list
// (Okta).
type permissions []string

var errNoPermissions = errors.New("neither a text nor a list of texts")

// UnmarshalJSON reads both forms.
func (p *permissions) UnmarshalJSON(text []byte) error {
	switch jsontext.Value(text).Kind() {
	case '"':
		var all string
		err := json.Unmarshal(text, &all)
		*p = strings.Fields(all)
		return err
	case '[':
		return json.Unmarshal(text, (*[]string)(p))
	}
	return errNoPermissions
}

// accessTokenTypes are the values of typ that an access token may have, in lower case. RFC 9068, section 2.1, asks for
// at+jwt, Entra sends JWT, and RFC 7519 lets typ be absent. Any other value is refused, so that a JWT for another purpose
// cannot pass as an access token (RFC 8725, section 3.11).
var accessTokenTypes = []string{"", "jwt", "at+jwt", "application/at+jwt"}

// parse splits and decodes a token, and checks its form and its header.
func parse(raw string) (*token, error) {
	encodedHeader, rest, _ := strings.Cut(raw, ".")
	encodedPayload, encodedSignature, ok := strings.Cut(rest, ".")
	if !ok || strings.Contains(encodedSignature, ".") {
		return nil, refuse("The token is not a signed JWT: it must have exactly three parts with dots between them.")
	}

	t := &token{signed: raw[:len(encodedHeader)+1+len(encodedPayload)]}
	if !decodeJSON(encodedHeader, &t.header) {
		return nil, malformed("header")
	}
	if err := t.header.check(); err != nil {
		return nil, err
	}
	if !decodeJSON(encodedPayload, &t.payload) {
		return nil, malformed("payload")
	}
	text, _ := decode(encodedPayload) // decodeJSON has decoded it before
	t.payload.text = text
	if t.signature, ok = decode(encodedSignature); !ok || len(t.signature) == 0 {
		return nil, refuse("The token is not a signed JWT: its third part must be a signature in base64url without padding.")
	}
	return t, nil
}

// check refuses a header that asks for something this package does not do.
func (h header) check() error {
	switch {
	case h.Nonce != nil:
		return refuse("The token was issued for Microsoft Graph itself (its header has a nonce) and nobody else can validate it; " +
			"ask for a token whose audience is this API.")
	case h.Critical != nil:
		return refuse("The token's header has crit, and this server knows no extension that a token could require.")
	case !slices.Contains(accessTokenTypes, strings.ToLower(h.Type)):
		return refuse("The token's typ is not that of an access token; it must be JWT or at+jwt, or absent.")
	case h.KeyID == "":
		return refuse("The token's header has no kid, which must name the key that signed the token.")
	}
	return nil
}

func malformed(part string) error {
	return refuse("The token's %s cannot be read: it must be one JSON object, without duplicate names and with claims of the types that RFC 7519 gives, in base64url without padding.", part)
}

// decodeJSON decodes one part strictly, and reports whether it is a JSON object that fits. encoding/json would match
// names in any case and keep the last one. A claim "OID", if an issuer lets its users set it, could then replace oid.
func decodeJSON(part string, into any) bool {
	text, ok := decode(part)
	return ok && len(text) > 0 && text[0] == '{' && json.Unmarshal(text, into, strictTimes) == nil
}

// lastSecond is the end of the year 9999 in Unix time. Much later times would overflow Go's time.Time.
const lastSecond = 253402300799

var strictTimes = json.WithUnmarshalers(json.UnmarshalFromFunc(readTime))

var errNoTime = errors.New("not a number of seconds")

// readTime reads a NumericDate, which must be a number (RFC 7519, section 2). The decoder of package jwt also accepts a
// string that holds a number.
func readTime(d *jsontext.Decoder, date *jwt.NumericDate) error {
	if d.PeekKind() != '0' {
		return errNoTime
	}
	var seconds float64
	if err := json.UnmarshalDecode(d, &seconds); err != nil {
		return err
	}
	if math.Abs(seconds) > lastSecond {
		return errNoTime
	}
	date.Time = time.Unix(int64(seconds), 0)
	return nil
}

// decode decodes base64url as RFC 7515, section 2, defines it, and reports whether the part is valid. Line breaks are
// refused: Go's decoder skips them, so one token would have several spellings.
func decode(part string) ([]byte, bool) {
	if strings.ContainsAny(part, "\r\n") {
		return nil, false
	}
	data, err := base64.RawURLEncoding.Strict().DecodeString(part)
	return data, err == nil
}
