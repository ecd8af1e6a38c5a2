package operations

import (
	"afterhours/handlers/auth"
	"afterhours/handlers/odata"
	"afterhours/handlers/spec"
	"afterhours/handlers/wire"
	"afterhours/store"
)

// Me is the user id that stands for the user of the token.
const Me = ""

// Request is what every operation knows of its request. The caller of the operation makes it once.
type Request struct {
	// ID is the request-id, for the log.
	ID string
	// Root is the URL of the API that the client used, as http://host:port/beta.
	Root string
	// Cast is the type that the URL casts to, nil without a cast.
	Cast *wire.Type
	// Media is the media type of the response.
	Media string
	// Aliases are the parameter aliases in the query.
	Aliases odata.Aliases
	// Form is how the response writes statistics. An operation adds the selection.
	Form wire.Form
	// Asks40 is true if the client asks for OData 4.0, and not only for Graph.
	Asks40 bool
	// References is true if the response has the URL of each statistic in its place ($ref).
	References bool
	// Caller is the principal of the token.
	Caller auth.Principal
	// Group is the atomicity group that the request belongs to, nil for none.
	Group *AtomicityGroup
	// clock is the time of now(); see Service.modelFor.
	clock odata.Clock
}

// casts reports whether the URL casts to the type, or has no cast.
func (r *Request) casts(stored store.Type) bool { return r.Cast == nil || r.Cast.Stored == stored }

// castSegment returns the segment of the cast in the URLs of a response, "" without a cast.
func (r *Request) castSegment() string {
	if r.Cast == nil {
		return ""
	}
	return "/" + r.Cast.Qualified()
}

// contextURL returns @odata.context (OData 10), in which the fragment is not escaped.
func (r *Request) contextURL(owner store.Owner, rest string) string {
	return r.Root + "/$metadata#users('" + owner.User + "')/analytics" + rest
}

// entityContext returns @odata.context of a statistic of the type (OData 10.2 and 10.8), in one piece, as nearly
// every response has it.
func (r *Request) entityContext(owner store.Owner, t *wire.Type) string {
	return r.Root + "/$metadata#users('" + owner.User + "')/analytics/activityStatistics/" + t.Qualified() + r.Form.Selected.Suffix() + "/$entity"
}

// analyticsURL returns the URL of the analytics of a user, the same for /me and /users.
func (r *Request) analyticsURL(owner store.Owner) string {
	return r.Root + "/users/" + owner.User + "/analytics"
}

// entityURL returns the URL of a statistic, the same for /me and /users.
func (r *Request) entityURL(key store.Key) string {
	if spec.IsDelta(key.ID) { // after a slash it is the function
		return r.analyticsURL(key.Owner) + "/activityStatistics('" + key.ID + "')"
	}
	return r.Root + "/users/" + key.User + "/analytics/activityStatistics/" + key.ID
}

// storeFor returns the store, or the view of it that the request's atomicity group has.
func (s *Service) storeFor(req *Request) store.Store {
	if req.Group != nil {
		return req.Group.view
	}
	return s.store
}

// locksFor returns the locks of the process, or those of the request's atomicity group.
func (s *Service) locksFor(req *Request) *keyedMutex {
	if req.Group != nil {
		return &req.Group.locks
	}
	return &s.locks
}

// recentFor returns the cache, nil within an atomicity group: its view is not what is stored.
func (s *Service) recentFor(req *Request) *recent {
	if req.Group != nil {
		return nil
	}
	return s.recent
}
