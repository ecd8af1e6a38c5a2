package operations

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"

	"afterhours/handlers/auth"
	"afterhours/handlers/problem"
	"afterhours/store"
)

// ownerOf returns the owner that a user's token names.
func ownerOf(caller auth.Principal) store.Owner {
	return store.Owner{Tenant: caller.Tenant, User: caller.User}
}

// owner returns the owner that a request is about: the caller for Me, otherwise the user of the
// caller's tenant by object id or alias. A user may reach only their own statistics, an application
// those of every user of its tenant.
func (s *Service) owner(ctx context.Context, req *Request, userID string) (store.Owner, error) {
	if userID == Me {
		return ownerOf(req.Caller), nil
	}
	owner, err := s.resolve(ctx, req, userID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return store.Owner{}, err
	}
	if !req.Caller.App && owner != ownerOf(req.Caller) {
		return store.Owner{}, problem.Refuse(problem.ErrForbidden, "user-id",
			"Insufficient privileges to complete the operation: a user's token reaches that user's own statistics alone.")
	}
	if err != nil {
		return store.Owner{}, problem.Refuse(store.ErrNotFound, "user-id", "Resource '%s' does not exist: "+
			"the tenant has no user with this name. Write the user's object id, or add the name with afterhours user add.", problem.Shown(userID))
	}
	return owner, nil
}

// resolve returns the owner by object id or by alias. Any object id may own statistics. An alias
// must be stored, unless it is the caller's own.
func (s *Service) resolve(ctx context.Context, req *Request, userID string) (store.Owner, error) {
	tenant := req.Caller.Tenant
	if id, err := uuid.Parse(userID); err == nil && len(userID) == 36 {
		return store.Owner{Tenant: tenant, User: id.String()}, nil
	}
	name := strings.ToLower(userID)
	user, err := s.storeFor(req).UserByUPN(ctx, tenant, name)
	if errors.Is(err, store.ErrNotFound) && name == req.Caller.UPN && !req.Caller.App {
		s.learned.Load().Remove(store.User{Owner: ownerOf(req.Caller), UPN: name}) // it was removed since it was learned
		return ownerOf(req.Caller), nil
	}
	return user.Owner, err
}

// Learn stores the caller's user principal name as an alias, so that /users/{name} finds the user, if
// the issuer of the token may teach names. The first user with a name keeps it, because a token proves
// an object id and not a name. The command line moves names. A failure is logged, as the request can go
// on without the alias.
func (s *Service) Learn(ctx context.Context, req *Request) {
	caller := req.Caller
	if caller.App || !caller.TeachesName || caller.UPN == "" {
		return
	}
	user := store.User{Owner: ownerOf(caller), UPN: caller.UPN}
	known := s.learned.Load() // before the store is asked, see Forget
	if known.Contains(user) || !s.spec.IsUserName(caller.UPN) {
		return
	}
	learned := user
	learned.LearnedAt, learned.LearnedBy = s.now().UTC().Truncate(time.Second), caller.Issuer
	err := s.store.PutUser(ctx, learned, false)
	switch {
	case err == nil:
	case errors.Is(err, store.ErrExists):
		s.tellTaken(ctx, req)
	default:
		s.log.Warn("the user's name is not learned", "request_id", req.ID, "error", err.Error())
		return
	}
	known.Add(user, struct{}{})
}

// tellTaken logs, without the name, that the caller's name is another user's. Whoever brings a name
// first has it, so this may be the sign of a squatted one.
func (s *Service) tellTaken(ctx context.Context, req *Request) {
	other, err := s.store.UserByUPN(ctx, req.Caller.Tenant, req.Caller.UPN)
	by := other.LearnedBy
	switch {
	case err != nil:
		by = "unknown: " + err.Error()
	case by == "":
		by = "no token: the operator, or a program of an older version"
	}
	s.log.Warn("a token brings a name that belongs to another user; afterhours user list shows the owner of each name, and afterhours user add moves a name",
		"request_id", req.ID, "issuer", req.Caller.Issuer, "other_learned_by", by)
}
