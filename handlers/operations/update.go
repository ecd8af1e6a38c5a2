package operations

import (
	"context"
	"errors"
	"fmt"

	"afterhours/gen"
	"afterhours/handlers/problem"
	"afterhours/store"
)

// change is a PATCH on one statistic.
type change struct {
	key       store.Key
	body      *gen.ActivityStatisticsUpdate
	condition precondition
	prefer    preferences
}

// Update is PATCH on a statistic, the operation that the project implements: 200 with the whole
// statistic, 204 if that is preferred, 201 if it was created.
func (s *Service) Update(ctx context.Context, req *Request, userID, id string, body *gen.ActivityStatisticsUpdate, params gen.UpdateUserStatisticParams) (*Response, error) {
	owner, err := s.owner(ctx, req, userID)
	if err != nil {
		return nil, err
	}
	if err := s.choose(req, params.Select); err != nil {
		return nil, err
	}
	c := change{
		key:       store.Key{Owner: owner, ID: id},
		body:      body,
		condition: precondition{params.IfMatch, params.IfNoneMatch},
		prefer:    parsePrefer(params.Prefer),
	}
	unlock, err := s.locksFor(req).lock(ctx, c.key)
	if err != nil {
		return nil, err
	}
	defer unlock()
	var response *Response
	for range maxRaces {
		response, err = s.updateOnce(ctx, req, c)
		if !errors.Is(err, errRaced) || ctx.Err() != nil {
			break
		}
	}
	return response, err
}

// maxRaces is how often a PATCH is tried before the response is 503. The writers of one process wait
// for each other, so that each race is with another server.
const maxRaces = 64

// errRaced reports that another server or another operation wrote between the read and the write:
// both must be done again.
var errRaced = fmt.Errorf("raced by another writer: %w", problem.ErrUnavailable)

// updateOnce reads, checks, merges and writes by compare-and-swap.
func (s *Service) updateOnce(ctx context.Context, req *Request, c change) (*Response, error) {
	if response, err := s.updateRecent(ctx, req, c); response != nil || err != nil {
		return response, err
	}
	stored, settings, err := s.read(ctx, req, c.key)
	missing := errors.Is(err, store.ErrNotFound)
	if missing && !c.prefer.createIfMissing {
		return nil, problem.Refuse(err, "", "There is no statistic '%s'. Create it by POST to the collection, "+
			"or by this PATCH with the header Prefer: create-if-missing.", c.key.ID)
	}
	if err != nil && !missing {
		return nil, err
	}
	if err := c.condition.check(stored.Revision); err != nil {
		return nil, err
	}
	if missing {
		return s.upsert(ctx, req, c)
	}
	t := s.spec.ByStoreType[stored.Type]
	merged, faults := t.Merge(c.key.ID, stored.Record, c.body)
	if err := s.judge(req, t, &stored.Record, &merged, faults); err != nil {
		return nil, err
	}
	if merged == stored.Record {
		return s.written(req, c.key.Owner, &stored, settings, c.prefer, false), nil
	}
	return s.replace(ctx, req, c, merged, &stored)
}

// updateRecent tries the PATCH on the cached statistic by compare-and-swap, without a read. It returns
// nil, nil if the store must be read: the statistic is not cached, the PATCH would be refused, or
// it would change nothing.
func (s *Service) updateRecent(ctx context.Context, req *Request, c change) (*Response, error) {
	stored, ok := s.recentFor(req).get(c.key)
	if !ok || !req.casts(stored.Type) || c.condition.check(stored.Revision) != nil {
		return nil, nil
	}
	t := s.spec.ByStoreType[stored.Type]
	merged, faults := t.Merge(c.key.ID, stored.Record, c.body)
	if merged == stored.Record || s.judge(req, t, &stored.Record, &merged, faults) != nil {
		return nil, nil
	}
	response, err := s.replace(ctx, req, c, merged, &stored)
	if errors.Is(err, errRaced) {
		return nil, nil
	}
	return response, err
}

// replace stores the merged record if the revision of the statistic is still the stored one. Otherwise the error is
// errRaced.
func (s *Service) replace(ctx context.Context, req *Request, c change, merged store.Record, was *store.Statistic) (*Response, error) {
	statistic, settings, err := s.put(ctx, req, c.key, merged, was.Revision)
	if errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrNotFound) {
		return nil, errRaced
	}
	if err != nil {
		return nil, err
	}
	req.Form.Before = was
	return s.written(req, c.key.Owner, &statistic, settings, c.prefer, false), nil
}

// upsert creates the statistic that a PATCH with create-if-missing did not find.
func (s *Service) upsert(ctx context.Context, req *Request, c change) (*Response, error) {
	if c.body.OdataType == nil {
		return nil, problem.Invalid(problem.Fault(gen.MissingProperty, "@odata.type",
			"'@odata.type' is missing; it must be the type of the statistic '%s', as this PATCH creates it.", c.key.ID))
	}
	created, err := s.putNew(ctx, req, c.key, c.body, c.prefer)
	if errors.Is(err, store.ErrExists) {
		return nil, errRaced
	}
	return created, err
}
