package operations

import (
	"context"

	"afterhours/gen"
	"afterhours/handlers/wire"
	"afterhours/store"
)

// Reference is GET on $ref of a statistic: its URL in place of the statistic (OData 11.2.8).
func (s *Service) Reference(ctx context.Context, req *Request, userID, id string) (*Response, error) {
	owner, err := s.owner(ctx, req, userID)
	if err != nil {
		return nil, err
	}
	key := store.Key{Owner: owner, ID: id}
	if _, err := s.readStatistic(ctx, req, key); err != nil {
		return nil, err
	}
	return jsonResponse(req, gen.Reference{
		OdataContext: req.Form.Context(req.Root + "/$metadata#$ref"),
		OdataID:      req.entityURL(key),
	})
}

// References is GET on $ref of the collection: List with the URL of each statistic in its place.
func (s *Service) References(ctx context.Context, req *Request, userID string, options gen.ListUserStatisticReferencesParams) (*Response, error) {
	req.References = true
	return s.List(ctx, req, userID, gen.ListUserStatisticsParams{
		Filter: options.Filter, Orderby: options.Orderby, Top: options.Top, Skip: options.Skip, Count: options.Count,
		Skiptoken: options.Skiptoken, Prefer: options.Prefer, Format: options.Format, ClientRequestID: options.ClientRequestID,
	})
}

// appendReference appends the JSON of a reference.
func appendReference(text []byte, url string) []byte {
	text = wire.AppendMember(append(text, '{'), "@odata.id", url)
	text[len(text)-1] = '}' // in place of the comma
	return text
}

// listURL returns the URL of the owner's collection, with the cast and the $ref of the request.
func (r *Request) listURL(owner store.Owner) string {
	url := r.Root + "/users/" + owner.User + "/analytics/activityStatistics" + r.castSegment()
	if r.References {
		url += "/$ref"
	}
	return url
}

// listContext returns @odata.context of the owner's collection.
func (r *Request) listContext(owner store.Owner, selected wire.Selection) string {
	if r.References {
		return r.Root + "/$metadata#Collection($ref)"
	}
	return r.contextURL(owner, "/activityStatistics"+r.castSegment()+selected.Suffix())
}
