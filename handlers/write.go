package handlers

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"afterhours/gen"
	"afterhours/store"
)

// create answers POST on the collection.
func (s *Server) create(ctx context.Context, userID string, body *gen.ActivityStatisticsCreate, selected *string, prefer preferences) (*answer, error) {
	ctx, known := begin(ctx)
	owner, err := s.owner(ctx, known, userID)
	if err != nil {
		return nil, err
	}
	if err := s.choose(known, selected); err != nil {
		return nil, err
	}
	update, err := asUpdate(body)
	if err != nil {
		return nil, err
	}
	prefer.createIfMissing = false // it speaks of PATCH
	key := store.Key{Owner: owner, ID: newID(s.contract.types[string(*update.OdataType)], update)}
	return s.putNew(ctx, known, key, update, prefer)
}

// newID returns the id that a body gives, or composes it as Graph's own list
// does, {activity}_{startDate}_{endDate}, or draws one where a date is missing.
func newID(t *entityType, update *gen.ActivityStatisticsUpdate) string {
	if update.ID != nil {
		return *update.ID
	}
	activity := string(t.activity)
	if update.Activity != nil {
		activity = string(*update.Activity)
	}
	start, startErr := update.StartDate.Get()
	end, endErr := update.EndDate.Get()
	if startErr != nil || endErr != nil {
		return uuid.NewString()
	}
	return strings.ToLower(activity) + "_" + start.String() + "_" + end.String()
}

// putNew stores a new statistic and answers 201, or 204 if that was preferred.
// The error is store.ErrExists if the id is taken.
func (s *Server) putNew(ctx context.Context, known *request, key store.Key, update *gen.ActivityStatisticsUpdate, prefer preferences) (*answer, error) {
	if known.cast != nil && known.cast.name != string(*update.OdataType) {
		return nil, invalid([]gen.ErrorDetail{fault(gen.InvalidValue, "@odata.type",
			"The URL is of a %s, and so must the type of what is created there be.", known.cast.name)})
	}
	record, faults := s.contract.types[string(*update.OdataType)].newRecord(key.ID, update)
	if len(faults) > 0 {
		return nil, invalid(faults)
	}
	statistic, settings, err := s.put(ctx, known, key, record, store.NoRevision)
	if errors.Is(err, store.ErrExists) {
		return nil, refuse(err, "id", "There is a statistic '%s' already; PATCH changes it.", key.ID)
	}
	if err != nil {
		return nil, err
	}
	created := s.written(known, key.Owner, &statistic, settings, prefer, true)
	created.location = entityURL(known, key)
	return created, nil
}

// written returns the answer to a write: the whole statistic, or nothing of it if that
// was preferred, or if the policy keeps the statistics of this user from being read.
func (s *Server) written(known *request, owner store.Owner, statistic *store.Statistic, settings store.Settings, prefer preferences, created bool) *answer {
	a := &answer{status: http.StatusNoContent, etag: entityTag(statistic.Revision)}
	switch {
	case policy(settings) != nil:
		prefer.representation = false
	case !prefer.minimal || known.form.selected != nil: // $select asks for what it names (OData 11.4.4)
		a = s.entity(known, owner, statistic)
		if created {
			a.status = http.StatusCreated
		}
		prefer.minimal = false
	}
	a.preference = prefer.applied(created)
	return a
}

// update answers PATCH: the operation that the project implements.
func (s *Server) update(ctx context.Context, userID, id string, update *gen.ActivityStatisticsUpdate, selected *string,
	condition precondition, prefer preferences) (*answer, error) {
	ctx, known := begin(ctx)
	owner, err := s.owner(ctx, known, userID)
	if err != nil {
		return nil, err
	}
	if err := s.choose(known, selected); err != nil {
		return nil, err
	}
	key := store.Key{Owner: owner, ID: id}
	release, err := known.turns.take(ctx, key)
	if err != nil {
		return nil, err
	}
	defer release()
	var result *answer
	for range maxRaces {
		result, err = s.updateOnce(ctx, known, key, update, condition, prefer)
		if !errors.Is(err, errRaced) || ctx.Err() != nil {
			break
		}
	}
	return result, err
}

// maxRaces is how often a PATCH is done again before it answers 503. Writers of
// this process wait for their turns, so that each race is with another server's.
const maxRaces = 64

// errRaced says that another writer, of another server or by another operation,
// came between the read and the write, so that both are to be done again.
var errRaced = fmt.Errorf("raced by another writer: %w", errUnavailable)

// put stores the record if the revision still is the stored one, and remembers it.
func (s *Server) put(ctx context.Context, known *request, key store.Key, record store.Record, was store.Revision) (store.Statistic, store.Settings, error) {
	revision, settings, err := known.store.Put(ctx, key, record, was)
	if err != nil {
		known.recent.forget(key)
		return store.Statistic{}, store.Settings{}, err
	}
	statistic := store.Statistic{ID: key.ID, Revision: revision, Record: record}
	known.recent.remember(key, statistic)
	return statistic, settings, nil
}

// replace answers a PATCH with what it has merged, if the revision still is the stored
// one; otherwise it was raced.
func (s *Server) replace(ctx context.Context, known *request, key store.Key, merged store.Record, was store.Revision, prefer preferences) (*answer, error) {
	statistic, settings, err := s.put(ctx, known, key, merged, was)
	if errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrNotFound) {
		return nil, errRaced
	}
	if err != nil {
		return nil, err
	}
	return s.written(known, key.Owner, &statistic, settings, prefer, false), nil
}

// updateRecent merges and writes under compare-and-swap without reading, which succeeds if
// the statistic is as this process remembers it. No answer and no error say that it
// must be read: all but a change is answered from what is stored.
func (s *Server) updateRecent(ctx context.Context, known *request, key store.Key, update *gen.ActivityStatisticsUpdate, condition precondition, prefer preferences) (*answer, error) {
	stored, ok := known.recent.get(key)
	if !ok || !known.casts(stored.Type) || condition.check(stored.Revision) != nil {
		return nil, nil
	}
	merged, faults := s.contract.byStoreType[stored.Type].merge(key.ID, stored.Record, update)
	if len(faults) > 0 || merged == stored.Record {
		return nil, nil
	}
	result, err := s.replace(ctx, known, key, merged, stored.Revision, prefer)
	if errors.Is(err, errRaced) {
		return nil, nil
	}
	return result, err
}

// updateOnce reads, checks, merges and writes under compare-and-swap.
func (s *Server) updateOnce(ctx context.Context, known *request, key store.Key, update *gen.ActivityStatisticsUpdate, condition precondition, prefer preferences) (*answer, error) {
	if result, err := s.updateRecent(ctx, known, key, update, condition, prefer); result != nil || err != nil {
		return result, err
	}
	stored, settings, err := s.read(ctx, known, key)
	missing := errors.Is(err, store.ErrNotFound)
	if err != nil && (!missing || !prefer.createIfMissing) {
		return nil, err
	}
	if err := condition.check(stored.Revision); err != nil {
		return nil, err
	}
	if missing {
		return s.upsert(ctx, known, key, update, prefer)
	}
	merged, faults := s.contract.byStoreType[stored.Type].merge(key.ID, stored.Record, update)
	if len(faults) > 0 {
		return nil, invalid(faults)
	}
	if merged == stored.Record {
		return s.written(known, key.Owner, &stored, settings, prefer, false), nil
	}
	return s.replace(ctx, known, key, merged, stored.Revision, prefer)
}

// upsert creates what a PATCH with create-if-missing did not find.
func (s *Server) upsert(ctx context.Context, known *request, key store.Key, update *gen.ActivityStatisticsUpdate, prefer preferences) (*answer, error) {
	if update.OdataType == nil {
		return nil, invalid([]gen.ErrorDetail{fault(gen.MissingProperty, "@odata.type",
			"There is no statistic '%s', and to create it @odata.type must tell its type.", key.ID)})
	}
	created, err := s.putNew(ctx, known, key, update, prefer)
	if errors.Is(err, store.ErrExists) {
		return nil, errRaced
	}
	return created, err
}

// delete answers DELETE on a statistic.
func (s *Server) delete(ctx context.Context, userID, id string, condition precondition) (*answer, error) {
	ctx, known := begin(ctx)
	owner, err := s.owner(ctx, known, userID)
	if err != nil {
		return nil, err
	}
	key := store.Key{Owner: owner, ID: id}
	for range maxRaces {
		stored, _, err := s.read(ctx, known, key)
		if err != nil {
			return nil, err
		}
		if err := condition.check(stored.Revision); err != nil {
			return nil, err
		}
		err = known.store.Delete(ctx, key, stored.Revision)
		known.recent.forget(key)
		if errors.Is(err, store.ErrConflict) {
			continue // changed since it was read: judge it again
		}
		if errors.Is(err, store.ErrNotFound) {
			return nil, refuse(err, "", "There is no statistic '%s'.", id)
		}
		return &answer{status: http.StatusNoContent}, err
	}
	return nil, errRaced
}
