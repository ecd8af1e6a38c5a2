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
	// RFC 3986 lets ; stand as it is, and so does OData in a text; Go's parser does not.
	pairs := strings.Split(strings.ReplaceAll(raw, ";", "%3B"), "&")
	for i, pair := range pairs {
		name, value, hasValue := strings.Cut(pair, "=")
		decoded, err := url.QueryUnescape(name)
		if err != nil {
			continue
		}
		canonical, known := c.options[strings.TrimPrefix(strings.ToLower(decoded), "$")]
		if !known || !hasValue {
			continue
		}
		if canonical == "$expand" {
			value = c.canonicalName(value)
		}
		pairs[i] = canonical + "=" + value
	}
	return strings.Join(pairs, "&")
}

// canonicalName returns an escaped name in the contract's spelling, if it has one.
func (c *contract) canonicalName(escaped string) string {
	decoded, err := url.QueryUnescape(escaped)
	if err != nil {
		return escaped
	}
	if name := c.name(decoded); name != decoded {
		return name
	}
	return escaped
}
