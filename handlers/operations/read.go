package operations

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"

	"afterhours/gen"
	"afterhours/handlers/problem"
	"afterhours/handlers/suggest"
	"afterhours/handlers/wire"
	"afterhours/store"
)

// Get is GET on a statistic: 200, or 304 if If-None-Match lists its entity tag.
func (s *Service) Get(ctx context.Context, req *Request, userID, id string, params gen.GetUserStatisticParams) (*Response, error) {
	owner, err := s.owner(ctx, req, userID)
	if err != nil {
		return nil, err
	}
	if err := s.choose(req, params.Select); err != nil {
		return nil, err
	}
	statistic, err := s.readStatistic(ctx, req, store.Key{Owner: owner, ID: id})
	if err != nil {
		return nil, err
	}
	condition := precondition{params.IfMatch, params.IfNoneMatch}
	if err := condition.checkMatch(statistic.Revision); err != nil {
		return nil, err
	}
	if condition.unmodified(statistic.Revision) {
		return &Response{Status: http.StatusNotModified, ETag: wire.EntityTag(statistic.Revision)}, nil
	}
	return s.entity(req, owner, &statistic), nil
}

// Count is GET on $count: a number as text.
func (s *Service) Count(ctx context.Context, req *Request, userID string, params gen.CountUserStatisticsParams) (*Response, error) {
	owner, err := s.readable(ctx, req, userID)
	if err != nil {
		return nil, err
	}
	filter, err := s.filter(req, params.Filter)
	if faults := optionFault(err); len(faults) > 0 {
		return nil, problem.Invalid(faults...)
	}
	var count int
	err = s.withinTime(ctx, longestCount(params.Filter), func(ctx context.Context) (err error) {
		count, err = s.storeFor(req).Count(ctx, owner, filter)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &Response{Status: http.StatusOK, ContentType: "text/plain", Body: strconv.AppendInt(nil, int64(count), 10)}, nil
}

// read returns the stored statistic and its owner's settings. The error is store.ErrNotFound if
// nothing is stored, ErrUnknown (also 404) if its type is not the one that the URL casts to.
func (s *Service) read(ctx context.Context, req *Request, key store.Key) (store.Statistic, store.Settings, error) {
	statistic, settings, err := s.storeFor(req).Get(ctx, key)
	switch {
	case errors.Is(err, store.ErrNotFound):
		err = problem.Refuse(err, "", "There is no statistic '%s'.%s", key.ID, s.mistypedCast(key.ID))
	case err == nil && !req.casts(statistic.Type):
		err = problem.Refuse(problem.ErrUnknown, "", "The statistic '%s' is no %s.", key.ID, req.Cast.Qualified())
	case err == nil:
		s.recentFor(req).remember(key, statistic)
	}
	return statistic, settings, err
}

// mistypedCast returns a sentence that suggests the type or $count that an id may mean, "" if none is
// near. A mistyped cast in a URL is read as an id.
func (s *Service) mistypedCast(id string) string {
	if id == "count" {
		return " Did you mean '$count'?"
	}
	var names []string
	for _, t := range s.spec.Types {
		names = append(names, t.Qualified())
	}
	slices.Sort(names)
	if name := suggest.Nearest(id, names); name != "" {
		return " Did you mean '" + name + "'?"
	}
	return ""
}

// entity returns 200 with a statistic.
func (s *Service) entity(req *Request, owner store.Owner, statistic *store.Statistic) *Response {
	t := s.spec.ByStoreType[statistic.Type]
	links := wire.Links{Context: req.entityContext(owner, t)}
	if req.Form.Level == wire.MetadataFull {
		links.Self = req.entityURL(store.Key{Owner: owner, ID: statistic.ID})
	}
	return &Response{
		Status:      http.StatusOK,
		ETag:        wire.EntityTag(statistic.Revision),
		Preference:  req.Form.Preference(),
		ContentType: req.Form.ContentType(),
		Body:        t.AppendEntity(make([]byte, 0, 768), statistic, req.Form, links),
	}
}

// choose selects for the response what $select names, everything for nil.
func (s *Service) choose(req *Request, selected *string) error {
	var err error
	req.Form.Selected, err = s.selection(selected)
	if faults := optionFault(err); len(faults) > 0 {
		return problem.Invalid(faults...)
	}
	return err
}
