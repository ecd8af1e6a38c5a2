package operations

import (
	"context"
	"errors"

	"afterhours/gen"
	"afterhours/handlers/problem"
	"afterhours/store"
)

// Delete is DELETE on a statistic: 204.
func (s *Service) Delete(ctx context.Context, req *Request, userID, id string, params gen.DeleteUserStatisticParams) (*Response, error) {
	owner, err := s.owner(ctx, req, userID)
	if err != nil {
		return nil, err
	}
	key := store.Key{Owner: owner, ID: id}
	condition := precondition{params.IfMatch, params.IfNoneMatch}
	for range maxRaces {
		stored, _, err := s.read(ctx, req, key)
		if err != nil {
			return nil, err
		}
		if err := condition.check(stored.Revision); err != nil {
			return nil, err
		}
		err = s.storeFor(req).Delete(ctx, key, stored.Revision)
		s.recentFor(req).forget(key)
		if errors.Is(err, store.ErrConflict) {
			continue // it changed since the read: check it again
		}
		if errors.Is(err, store.ErrNotFound) {
			return nil, problem.Refuse(err, "", "There is no statistic '%s'.", id)
		}
		return noContent(), err
	}
	return nil, errRaced
}
