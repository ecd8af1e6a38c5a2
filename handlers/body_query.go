package handlers

import (
	"net/http"
	"strings"

	"afterhours/handlers/problem"
	"afterhours/handlers/spec"
)

// takeQuery adds the query options in the body of a POST on $query to those of its URL, as if the request
// were a GET with all of them (OData URL 4.17). Validation then refuses an option that is in both.
func (s *Server) takeQuery(r *http.Request, req *request, body []byte) error {
	text := strings.Trim(string(body), "&\r\n \t") // a file often ends with a line break
	if strings.ContainsAny(text, "\r\n") {
		return problem.Refuse(problem.ErrInvalid, "", "The query in the body has a line break: separate its options by &, and write %%0A for a line break in a text.")
	}
	if text == "" {
		return nil
	}
	if r.URL.RawQuery != "" {
		text = r.URL.RawQuery + "&" + text
	}
	r.URL.RawQuery = s.spec.CanonicalQuery(text)
	req.Aliases = spec.Aliases(r.URL.RawQuery)
	return nil
}

// reads reports whether a request changes nothing.
func reads(r *http.Request) bool {
	return r.Method == http.MethodGet || r.Method == http.MethodHead || strings.HasSuffix(r.URL.Path, "/$query")
}
