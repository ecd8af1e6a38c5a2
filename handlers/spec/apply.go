package spec

import (
	"net/http"
	"strings"
)

// WithApply returns the path of the operation that serves a query. $apply has an operation of its own, since
// its response has groups in place of statistics. All three are as CanonicalURL and CanonicalQuery return
// them.
func (c *Contract) WithApply(path, raw, query string) (string, string) {
	if !strings.HasPrefix(query, "$apply=") && !strings.Contains(query, "&$apply=") {
		return path, raw
	}
	escaped := raw
	if raw == "" {
		escaped = path
	}
	if c.OperationAt(http.MethodGet, escaped+applyPart) == nil {
		return path, raw
	}
	if raw != "" {
		raw += applyPart
	}
	return path + applyPart, raw
}
