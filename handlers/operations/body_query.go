package operations

import (
	"context"

	"afterhours/gen"
	"afterhours/handlers/problem"
	"afterhours/store"
)

// longestLink is the most bytes of the nextLink of a POST on $query, without the position in it. A
// request may have 32 KiB before its body, and a nextLink is for GET: the rest is for the headers.
const longestLink = 24 << 10

// Query is POST on $query: List with the options of a body (OData URL 4.17). A query that its nextLink
// could not repeat is refused before anything is read.
func (s *Service) Query(ctx context.Context, req *Request, userID string, options gen.ListUserStatisticsParams) (*Response, error) {
	link := nextLink(req, ownerOf(req.Caller), options, s.spec.PageSizeMax, store.Position{})
	if len(link) > longestLink {
		return nil, problem.Refuse(problem.ErrInvalid, "query", "The query is too long: the URL of its next page would have %d bytes, and may have %d. "+
			"Use fewer or shorter options.", len(link), longestLink)
	}
	return s.List(ctx, req, userID, options)
}
