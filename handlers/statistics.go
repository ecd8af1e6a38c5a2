package handlers

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"afterhours/store"
)

// owner returns the owner whom a request is about: the caller for me, otherwise
// the user of the caller's tenant by object id or alias. A user may reach only
// their own statistics, an application those of every user of its tenant.
func (s *Server) owner(ctx context.Context, known *request, userID string) (store.Owner, error) {
	if userID == me {
		return ownerOf(known.caller), nil
	}
	owner, err := s.resolve(ctx, known, userID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return store.Owner{}, err
	}
	if !known.caller.App && owner != ownerOf(known.caller) {
		return store.Owner{}, refuse(errForbidden, "user-id",
			"Insufficient privileges to complete the operation: a user's token reaches that user's own statistics alone.")
	}
	if err != nil {
		return store.Owner{}, refuse(store.ErrNotFound, "user-id", "Resource '%s' does not exist: "+
			"the tenant knows no user by that name. Object ids need no introduction.", shown(userID))
	}
	return owner, nil
}

// resolve returns the owner by object id, any of which may own statistics, or by
// alias, which must be known, unless it is the caller's own.
func (s *Server) resolve(ctx context.Context, known *request, userID string) (store.Owner, error) {
	tenant := known.caller.Tenant
	if id, err := uuid.Parse(userID); err == nil && len(userID) == 36 {
		return store.Owner{Tenant: tenant, User: id.String()}, nil
	}
	name := strings.ToLower(userID)
	user, err := known.store.UserByUPN(ctx, tenant, name)
	if errors.Is(err, store.ErrNotFound) && name == known.caller.UPN && !known.caller.App {
		s.learned.Remove(store.User{Owner: ownerOf(known.caller), UPN: name}) // it was removed since it was learned
		return ownerOf(known.caller), nil
	}
	return user.Owner, err
}

// readable returns the owner whose statistics a request reads, if Graph would show
// them: the user must have a mailbox and a licence and not have opted out.
func (s *Server) readable(ctx context.Context, known *request, userID string) (store.Owner, error) {
	owner, err := s.owner(ctx, known, userID)
	if err != nil {
		return owner, err
	}
	settings, err := known.store.Settings(ctx, owner)
	if err != nil {
		return owner, err
	}
	return owner, policy(settings)
}

// get answers GET on a statistic: 200, or 304 for a reader who has it.
func (s *Server) get(ctx context.Context, userID, id string, selected *string, condition precondition) (*answer, error) {
	ctx, known := begin(ctx)
	owner, err := s.owner(ctx, known, userID)
	if err != nil {
		return nil, err
	}
	if err := s.choose(known, selected); err != nil {
		return nil, err
	}
	statistic, err := s.readStatistic(ctx, known, store.Key{Owner: owner, ID: id})
	if err != nil {
		return nil, err
	}
	if err := condition.checkMatch(statistic.Revision); err != nil {
		return nil, err
	}
	if condition.unmodified(statistic.Revision) {
		return &answer{status: http.StatusNotModified, etag: entityTag(statistic.Revision)}, nil
	}
	return s.entity(known, owner, &statistic), nil
}

// readStatistic returns a statistic as read does, for who may read the owner's; those
// who may not are not told whether there is one.
func (s *Server) readStatistic(ctx context.Context, known *request, key store.Key) (store.Statistic, error) {
	statistic, settings, err := s.read(ctx, known, key)
	if err == nil {
		return statistic, policy(settings)
	}
	settings, unknown := known.store.Settings(ctx, key.Owner)
	return statistic, cmp.Or(unknown, policy(settings), err)
}

// read returns the stored statistic, if it is of the type that the URL casts to.
// What is not stored is store.ErrNotFound, what is of another type is not.
func (s *Server) read(ctx context.Context, known *request, key store.Key) (store.Statistic, store.Settings, error) {
	statistic, settings, err := known.store.Get(ctx, key)
	switch {
	case errors.Is(err, store.ErrNotFound):
		err = refuse(err, "", "There is no statistic '%s'.", key.ID)
	case err == nil && !known.casts(statistic.Type):
		err = refuse(errUnknown, "", "The statistic '%s' is no %s.", key.ID, strings.TrimPrefix(known.cast.name, "#"))
	case err == nil:
		known.recent.remember(key, statistic)
	}
	return statistic, settings, err
}

// entity returns the answer 200 with a statistic.
func (s *Server) entity(known *request, owner store.Owner, statistic *store.Statistic) *answer {
	t := s.contract.byStoreType[statistic.Type]
	at := place{
		context: contextURL(known, owner, "/activityStatistics/"+strings.TrimPrefix(t.name, "#")+known.form.selected.suffix()+"/$entity"),
		url:     entityURL(known, store.Key{Owner: owner, ID: statistic.ID}),
	}
	return &answer{
		status:      http.StatusOK,
		etag:        entityTag(statistic.Revision),
		contentType: known.form.contentType(),
		body:        t.appendEntity(make([]byte, 0, 768), statistic, known.form, at),
	}
}

// choose has the answer show what $select names, nil for everything.
func (s *Server) choose(known *request, selected *string) error {
	var err error
	known.form.selected, err = s.selection(selected)
	if faults := optionFault(err); len(faults) > 0 {
		return invalid(faults)
	}
	return err
}

// contextURL returns @odata.context (OData 10): the fragment is not escaped.
func contextURL(known *request, owner store.Owner, rest string) string {
	return known.root + "/$metadata#users('" + owner.User + "')/analytics" + rest
}

// entityURL returns the URL of a statistic, the same for /me and /users.
func entityURL(known *request, key store.Key) string {
	return known.root + "/users/" + key.User + "/analytics/activityStatistics/" + key.ID
}

// count answers GET on $count: digits and nothing else.
func (s *Server) count(ctx context.Context, userID string, text *string) (*answer, error) {
	ctx, known := begin(ctx)
	owner, err := s.readable(ctx, known, userID)
	if err != nil {
		return nil, err
	}
	filter, err := s.filter(known, text)
	if faults := optionFault(err); len(faults) > 0 {
		return nil, invalid(faults)
	}
	count, err := known.store.Count(ctx, owner, filter)
	if err != nil {
		return nil, err
	}
	return &answer{status: http.StatusOK, contentType: "text/plain", body: strconv.AppendInt(nil, int64(count), 10)}, nil
}
