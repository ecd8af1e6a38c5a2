package spec

import (
	"net/url"
	"strings"
)

// CanonicalQuery returns a query with the system query options in the contract's spelling. With or
// without $, in any case, escaped or not, they are the same options (OData URL 5.1, Graph "Query
// parameters"). The @ of a parameter alias is not escaped. Everything else stays unchanged.
func (c *Contract) CanonicalQuery(raw string) string {
	if raw == "" {
		return ""
	}
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
		canonical, ok := c.options[strings.TrimPrefix(strings.ToLower(decoded), "$")]
		if !ok || !hasValue {
			continue
		}
		pairs[i] = canonical + "=" + value
	}
	return strings.Join(pairs, "&")
}
