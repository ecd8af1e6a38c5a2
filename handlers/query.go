package handlers

import (
	"net/url"
	"strings"
)

// canonicalQuery returns a query with the system query options in the contract's
// spelling: with or without $, in any case, escaped or not (OData URL 5.1, Graph
// "Query parameters"), they are the same options. Everything else stays as it is.
func (c *contract) canonicalQuery(raw string) string {
	if raw == "" {
		return ""
	}
	pairs := strings.Split(raw, "&")
	for i, pair := range pairs {
		name, value, hasValue := strings.Cut(pair, "=")
		decoded, err := url.QueryUnescape(name)
		if err != nil {
			continue
		}
		canonical, known := c.options[strings.TrimPrefix(strings.ToLower(decoded), "$")]
		if known && hasValue {
			pairs[i] = canonical + "=" + value
		}
	}
	return strings.Join(pairs, "&")
}
