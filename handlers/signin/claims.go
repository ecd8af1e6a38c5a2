package signin

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"afterhours/handlers/auth"
)

// notBeforeAhead is how far ahead of the clock the nbf of a token may be. It is what the server allows
// the clock of its own issuer, so the token is valid at once.
const notBeforeAhead = time.Second

// requestedClaims is what the parameter claims asks of the access token (OpenID Connect Core 1.0, 5.5).
type requestedClaims struct {
	capabilities []string
	notBefore    time.Time // zero for none
}

// requestedClaimsOf reads the parameter claims of a request.
func (s *Service) requestedClaimsOf(text string) (requestedClaims, error) {
	var r requestedClaims
	if text == "" {
		return r, nil
	}
	var claims struct {
		AccessToken struct {
			Capabilities *struct {
				Values []string `json:"values"`
			} `json:"xms_cc"`
			NotBefore *struct {
				Value any `json:"value"`
			} `json:"nbf"`
		} `json:"access_token"`
	}
	if err := json.Unmarshal([]byte(text), &claims); err != nil {
		return r, errMalformed.refuse("The parameter 'claims' must be a JSON object like {\"access_token\":{\"xms_cc\":{\"values\":[\"cp1\"]}}}.")
	}
	if asked := claims.AccessToken.Capabilities; asked != nil {
		for _, value := range asked.Values {
			if strings.EqualFold(value, auth.AnswersClaims) { // the only one that Entra documents
				r.capabilities = []string{auth.AnswersClaims}
			}
		}
	}
	if asked := claims.AccessToken.NotBefore; asked != nil {
		seconds, ok := secondsOf(asked.Value)
		if !ok {
			return r, errMalformed.refuse("The parameter 'claims' asks for an nbf that is no number of seconds.")
		}
		r.notBefore = s.nearest(time.Unix(seconds, 0))
	}
	return r, nil
}

func secondsOf(value any) (int64, bool) {
	switch value := value.(type) {
	case string:
		seconds, err := strconv.ParseInt(value, 10, 64)
		return seconds, err == nil
	case float64:
		return int64(value), value >= 0 && value < 1<<40
	}
	return 0, false
}

// nearest returns the time if it is at most notBeforeAhead ahead of the clock, else zero. A token of now
// is later than any earlier time.
func (s *Service) nearest(at time.Time) time.Time {
	if now := s.Now(); at.After(now) && !at.After(now.Add(notBeforeAhead)) {
		return at
	}
	return time.Time{}
}
