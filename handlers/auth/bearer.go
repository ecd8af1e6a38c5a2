package auth

import (
	"regexp"
	"strings"
)

// BearerToken returns the token of an Authorization header (RFC 6750, section 2.1; RFC 9110, section 11.4). The header
// must be the scheme Bearer in any case, spaces, and one token in the b64token alphabet. The token is not verified.
//
// The error is [ErrNoToken] if the header is empty, and an [*Error] if it is anything but one bearer token.
func BearerToken(header string) (string, error) {
	header = strings.Trim(header, " \t")
	if header == "" {
		return "", ErrNoToken
	}
	scheme, rest, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return "", refuse(`The Authorization header does not use the scheme Bearer; it must be "Bearer <token>".`)
	}
	token := strings.TrimLeft(rest, " ")
	if reason := placeholder(token); reason != "" {
		return "", refuse("%s", reason)
	}
	if !isB64Token(token) {
		return "", refuse(`The Authorization header must hold exactly one token after the word Bearer, in the characters A-Z a-z 0-9 - . _ ~ + / and = at its end.`)
	}
	return token, nil
}

var (
	variable     = regexp.MustCompile(`^\$(\w+|\{\w+\}|env:\w+)$`)
	placeholders = regexp.MustCompile(`^(<[\w -]+>|\{[\w -]+\})$`)
)

// placeholder returns the words for a text that stands where a token should, "" for any other text. The
// words repeat nothing that could be a token.
func placeholder(text string) string {
	switch {
	case text == "":
		return `The Authorization header has no token after the word Bearer, as if a variable were empty; it must be "Bearer <token>".`
	case text == "undefined", text == "null", text == "None", text == "[object Object]":
		return "The token is '" + text + "', so the program that sent it had no token; ask for one first."
	case variable.MatchString(text):
		return "The token is the name of a variable; let the shell replace it, by putting the header in double quotes."
	case placeholders.MatchString(text):
		return "The token is the placeholder of an example; replace it and its brackets by a token."
	case len(text) > 2 && text[0] == text[len(text)-1] && (text[0] == '"' || text[0] == '\''):
		return "The token is in quotes; leave out the quotes."
	}
	return ""
}

// isB64Token reports whether s matches b64token = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"=".
func isB64Token(s string) bool {
	s = strings.TrimRight(s, "=")
	for i := range len(s) {
		if !isB64TokenByte(s[i]) {
			return false
		}
	}
	return s != ""
}

func isB64TokenByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~+/", c) >= 0
}
