package operations

import (
	"context"
	"errors"
	"fmt"

	"afterhours/gen"
	"afterhours/handlers/problem"
	"afterhours/handlers/wire"
	"afterhours/store"
)

// change is a write of one statistic that may exist: PATCH and PUT of it, and the writes of its properties.
type change struct {
	key       store.Key
	body      *gen.ActivityStatisticsUpdate
	condition precondition
	prefer    preferences
	// replaces is true if properties that the body omits get the values of a new statistic (PUT).
	replaces bool
	// upserts is true if the change creates a statistic that does not exist without being asked to.
	upserts bool
	// property is the property that the URL names, "" for none. A change of a property never creates.
	property gen.PropertyName
}

// creates reports whether the change creates a statistic that does not exist. If-None-Match with * asks
// for that as the preference does, and OData 4.01 does so by default (Protocol 11.4.4).
func (c *change) creates() bool {
	inserts := c.condition.noneMatch != nil && wire.IsAny(*c.condition.noneMatch)
	return c.property == "" && (c.upserts || c.prefer.createIfMissing || inserts)
}

// Update is PATCH on a statistic, the operation that the project implements: 200 with the whole
// statistic, 204 if that is preferred, 201 if it was created.
func (s *Service) Update(ctx context.Context, req *Request, userID, id string, body *gen.ActivityStatisticsUpdate, params gen.UpdateUserStatisticParams) (*Response, error) {
	return s.update(ctx, req, userID, params.Select, change{
		key:       store.Key{ID: id},
		body:      body,
		condition: precondition{params.IfMatch, params.IfNoneMatch},
		prefer:    parsePrefer(params.Prefer),
		upserts:   req.Form.Version == wire.Version401,
	})
}

// Replace is PUT on a statistic. It differs from Update in that it sets every property (OData 11.4.3), and
// in that it always creates a statistic that does not exist (11.4.4). Graph has no PUT here.
func (s *Service) Replace(ctx context.Context, req *Request, userID, id string, body *gen.ActivityStatisticsUpdate, params gen.ReplaceUserStatisticParams) (*Response, error) {
	return s.update(ctx, req, userID, params.Select, change{
		key:       store.Key{ID: id},
		body:      body,
		condition: precondition{params.IfMatch, params.IfNoneMatch},
		prefer:    parsePrefer(params.Prefer),
		replaces:  true,
		upserts:   true,
	})
}

// update makes a change to a statistic of the user. The key of the change has no owner yet.
func (s *Service) update(ctx context.Context, req *Request, userID string, selected *string, c change) (*Response, error) {
	owner, err := s.owner(ctx, req, userID)
	if err != nil {
		return nil, err
	}
	if err := s.choose(req, selected); err != nil {
		return nil, err
	}
	c.key.Owner = owner
	held, err := s.locksFor(req).lock(ctx, c.key)
	if err != nil {
		return nil, err
	}
	defer held.unlock()
	var response *Response
	for range maxRaces {
		response, err = s.updateOnce(ctx, req, c)
		if !errors.Is(err, errRaced) || ctx.Err() != nil {
			break
		}
	}
	return response, err
}

// maxRaces is how often a change is tried before the response is 503. The writers of one process wait
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
	if missing && !c.creates() {
		return nil, c.missing(err)
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
	merged, err := s.after(req, &c, &stored.Record)
	if err != nil {
		return nil, err
	}
	if merged == stored.Record {
		return s.written(req, c.key.Owner, &stored, settings, c.prefer, false), nil
	}
	return s.replace(ctx, req, c, merged, stored)
}

// after returns the stored record as the change makes it. The error is the problem of the body, or a 404
// if the type does not have the property that the URL names.
func (s *Service) after(req *Request, c *change, stored *store.Record) (store.Record, error) {
	t := s.spec.ByStoreType[stored.Type]
	if c.property != "" && !store.DefinitionOf(store.PropertyName(c.property)).Of(stored.Type) {
		return store.Record{}, noProperty(t, string(c.property))
	}
	before := *stored
	if c.replaces {
		before = t.Empty()
	}
	merged, faults := t.Merge(c.key.ID, before, c.body)
	return merged, s.judge(req, t, stored, &merged, faults)
}

// missing returns the problem of a change whose statistic does not exist.
func (c *change) missing(err error) error {
	if c.property != "" {
		return problem.Refuse(err, "", "There is no statistic '%s'.", c.key.ID)
	}
	return problem.Refuse(err, "", "There is no statistic '%s'. Create it by POST to the collection, "+
		"or by this PATCH with the header Prefer: create-if-missing.", c.key.ID)
}

// updateRecent tries the change on the cached statistic by compare-and-swap, without a read. It returns
// nil, nil if the store must be read: the statistic is not cached, the change would be refused, or
// it would change nothing.
func (s *Service) updateRecent(ctx context.Context, req *Request, c change) (*Response, error) {
	stored, ok := s.recentFor(req).get(c.key)
	if !ok || !req.casts(stored.Type) || c.condition.check(stored.Revision) != nil {
		return nil, nil
	}
	merged, err := s.after(req, &c, &stored.Record)
	if err != nil || merged == stored.Record {
		return nil, nil
	}
	response, err := s.replace(ctx, req, c, merged, stored)
	if errors.Is(err, errRaced) {
		return nil, nil
	}
	return response, err
}

// replace stores the merged record if the revision of the statistic is still the stored one. Otherwise the error is
// errRaced.
func (s *Service) replace(ctx context.Context, req *Request, c change, merged store.Record, was store.Statistic) (*Response, error) {
	statistic, settings, err := s.put(ctx, req, c.key, merged, was.Revision)
	if errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrNotFound) {
		return nil, errRaced
	}
	if err != nil {
		return nil, err
	}
	if req.Form.OmitNulls {
		before := was // a copy, so that only this form puts it on the heap
		req.Form.Before = &before
	}
	return s.written(req, c.key.Owner, &statistic, settings, c.prefer, false), nil
}

// upsert creates the statistic that the change did not find.
func (s *Service) upsert(ctx context.Context, req *Request, c change) (*Response, error) {
	if c.body.OdataType == nil {
		return nil, problem.Invalid(problem.Fault(gen.MissingProperty, "@odata.type",
			"'@odata.type' is missing; it must be the type of the statistic '%s', as this request creates it.", c.key.ID))
	}
	created, err := s.putNew(ctx, req, c.key, c.body, c.prefer)
	if errors.Is(err, store.ErrExists) {
		return nil, errRaced
	}
	return created, err
}
