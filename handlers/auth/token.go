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

// maxTokenSize is the longest token read, in bytes. Entra's tokens have 1 to 3 KiB; HTTP servers and proxies commonly
// allow 8 to 16 KiB for all headers together.
const maxTokenSize = 16 << 10

// token is a JWT in compact serialization (RFC 7515, section 7.1) taken apart. Nothing in it is verified yet.
type token struct {
	header    header
	payload   payload
	signed    string // the text that the signature covers: both encoded parts and the dot between them
	signature []byte
}

// header holds the members of the JOSE header that matter here. Members that point to a key (jku, jwk, x5u, x5c) are not
// among them on purpose: a key comes from the issuer's key set and nowhere else (RFC 8725, section 3.10).
type header struct {
	Algorithm string         `json:"alg"`
	KeyID     string         `json:"kid"`
	Type      string         `json:"typ"`
	Critical  jsontext.Value `json:"crit"`
	Nonce     jsontext.Value `json:"nonce"`
}

// payload holds the claims that matter here, for reading and for minting alike.
type payload struct {
	jwt.RegisteredClaims
	Version         string   `json:"ver,omitempty"`
	Tenant          string   `json:"tid,omitempty"`
	Object          string   `json:"oid,omitempty"`
	UPN             string   `json:"upn,omitempty"`
	Scopes          *string  `json:"scp,omitempty"` // space separated
	Roles           []string `json:"roles,omitempty"`
	IdentityType    string   `json:"idtyp,omitempty"` // "app" or "user"; optional in Entra's tokens
	AuthorizedParty string   `json:"azp,omitempty"`

	// Only ID tokens have these (OpenID Connect Core 1.0, sections 2, 3.1.3.6 and 3.3.2.11).
	Nonce           *string `json:"nonce,omitempty"`
	AccessTokenHash *string `json:"at_hash,omitempty"`
	CodeHash        *string `json:"c_hash,omitempty"`
}

// accessTokenTypes are the values of typ that an access token may have, in lower case; RFC 9068, section 2.1, asks for
// at+jwt, Entra sends JWT, RFC 7519 lets it be absent. Refusing others keeps a JWT made for another purpose from posing
// as an access token (RFC 8725, section 3.11).
var accessTokenTypes = []string{"", "jwt", "at+jwt", "application/at+jwt"}

// parse takes a token apart and checks its form, and that its header asks for nothing that is not done here.
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
	if t.signature, ok = decode(encodedSignature); !ok || len(t.signature) == 0 {
		return nil, refuse("The token is not a signed JWT: its third part must be a signature in base64url without padding.")
	}
	return t, nil
}

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

// decodeJSON reads one part strictly. encoding/json would match names without regard to case and let the last one win,
// so that a claim "OID" that an issuer lets its users choose could replace the oid.
func decodeJSON(part string, into any) bool {
	text, ok := decode(part)
	return ok && len(text) > 0 && text[0] == '{' && json.Unmarshal(text, into, strictTimes) == nil
}

// lastSecond is the end of the year 9999. What lies behind it would wrap around in Go's times.
const lastSecond = 253402300799

var strictTimes = json.WithUnmarshalers(json.UnmarshalFromFunc(readTime))

var errNoTime = errors.New("not a number of seconds")

// readTime reads a NumericDate, which is a number (RFC 7519, section 2); jwt's own decoder also takes a text that holds one.
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

// decode reads base64url as RFC 7515, section 2, defines it. Go's decoder skips line breaks wherever they are; here they
// would be a second spelling of the same token.
func decode(part string) ([]byte, bool) {
	if strings.ContainsAny(part, "\r\n") {
		return nil, false
	}
	data, err := base64.RawURLEncoding.Strict().DecodeString(part)
	return data, err == nil
}
