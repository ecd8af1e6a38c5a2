package spec

import (
	"net/url"
	"strings"

	"afterhours/handlers/odata"
)

// CanonicalQuery returns a query with the system query options in the contract's spelling. With or
// without $, in any case, escaped or not, they are the same options (OData URL 5.1, Graph "Query
// parameters"). The @ of a parameter alias is not escaped. Everything else stays unchanged.
func (c *Contract) CanonicalQuery(raw string) string {
	if raw == "" || c.isPlainQuery(raw) {
		return raw
	}
	return c.canonicalQuery(raw)
}

// option returns the contract's spelling of a query option, and false if the contract has no such option.
func (c *Contract) option(name string) (canonical string, ok bool) {
	canonical, ok = c.options[strings.TrimPrefix(strings.ToLower(name), "$")]
	return canonical, ok
}

// canonicalQuery is CanonicalQuery for any query but "".
func (c *Contract) canonicalQuery(raw string) string {
	// RFC 3986 and OData allow an unescaped ; in a text. Go's parser does not.
	pairs := strings.Split(strings.ReplaceAll(raw, ";", "%3B"), "&")
	for i, pair := range pairs {
		name, value, hasValue := strings.Cut(pair, "=")
		decoded, err := url.QueryUnescape(name)
		if err != nil {
			continue
		}
		if hasValue && IsAlias(decoded) {
			pairs[i] = "@" + url.QueryEscape(decoded[1:]) + "=" + value
			continue
		}
		canonical, ok := c.option(decoded)
		if !ok || !hasValue {
			continue
		}
		pairs[i] = canonical + "=" + value
	}
	return strings.Join(pairs, "&")
}

// CheckGrammar checks the text of an option that is not implemented by the standard's grammar, as far as
// this program knows it. The error says what is wrong.
func CheckGrammar(option, text string) error {
	if option == "$search" {
		return odata.CheckSearch(text)
	}
	return nil
}
