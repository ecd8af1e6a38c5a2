package operations

import (
	"context"
	"errors"
	"net/http"

	"afterhours/gen"
	"afterhours/handlers/problem"
	"afterhours/handlers/spec"
	"afterhours/handlers/wire"
	"afterhours/store"
)

// Create is POST on the collection: 201, or 204 if that is preferred. The body of a creation has the
// same properties as that of an update.
func (s *Service) Create(ctx context.Context, req *Request, userID string, body *gen.ActivityStatisticsUpdate, params gen.CreateUserStatisticParams) (*Response, error) {
	owner, err := s.owner(ctx, req, userID)
	if err != nil {
		return nil, err
	}
	if err := s.choose(req, params.Select); err != nil {
		return nil, err
	}
	prefer := parsePrefer(params.Prefer)
	prefer.createIfMissing = false // a preference of PATCH alone
	key := store.Key{Owner: owner, ID: s.spec.Types[string(*body.OdataType)].NewID(body)}
	if spec.IsQualified(key.ID) { // a URL with it would name a type or a function, and not the statistic
		return nil, problem.Invalid(problem.Fault(gen.InvalidValue, "id",
			"'id' is '%s'; it must not begin with 'microsoft.graph.', as the names of types and functions do.", key.ID))
	}
	return s.putNew(ctx, req, key, body, prefer)
}

// putNew stores a new statistic. The error is store.ErrExists if the id is taken.
func (s *Service) putNew(ctx context.Context, req *Request, key store.Key, body *gen.ActivityStatisticsUpdate, prefer preferences) (*Response, error) {
	if req.Cast != nil && req.Cast.Name != string(*body.OdataType) {
		return nil, problem.Invalid(problem.Fault(gen.InvalidValue, "@odata.type",
			"'@odata.type' is '%s'; it must be '%s', which is the type in the URL.", *body.OdataType, req.Cast.Name))
	}
	t := s.spec.Types[string(*body.OdataType)]
	record, faults := t.NewRecord(key.ID, body)
	if err := s.judge(req, t, nil, &record, faults); err != nil {
		return nil, err
	}
	statistic, settings, err := s.put(ctx, req, key, record, store.NoRevision)
	if errors.Is(err, store.ErrExists) {
		return nil, problem.Refuse(err, "id", "There is a statistic '%s' already; PATCH changes it.", key.ID)
	}
	if err != nil {
		return nil, err
	}
	created := s.written(req, key.Owner, &statistic, settings, prefer, true)
	created.Location = req.entityURL(key)
	return created, nil
}

// put stores the record if the revision is still the stored one, and remembers it.
func (s *Service) put(ctx context.Context, req *Request, key store.Key, record store.Record, was store.Revision) (store.Statistic, store.Settings, error) {
	revision, settings, err := s.storeFor(req).Put(ctx, key, record, was)
	if err != nil {
		s.recentFor(req).forget(key)
		return store.Statistic{}, store.Settings{}, err
	}
	statistic := store.Statistic{ID: key.ID, Revision: revision, Record: record}
	s.recentFor(req).remember(key, statistic)
	return statistic, settings, nil
}

// written returns the response to a write: the whole statistic, or 204 if that is preferred or if
// the owner's settings forbid reading.
func (s *Service) written(req *Request, owner store.Owner, statistic *store.Statistic, settings store.Settings, prefer preferences, created bool) *Response {
	var response *Response
	isReadable := privacy(settings) == nil
	if isReadable && (!prefer.minimal || req.Form.Selected != nil) { // $select overrides return=minimal (OData 11.4.4)
		response = s.entity(req, owner, statistic)
		if created {
			response.Status = http.StatusCreated
		}
		prefer.minimal = false
	} else {
		response = &Response{Status: http.StatusNoContent, ETag: wire.EntityTag(statistic.Revision)}
	}
	prefer.representation = prefer.representation && isReadable
	response.Preference = joined(prefer.applied(created), response.Preference)
	return response
}
