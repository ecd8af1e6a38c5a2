package operations

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"

	"afterhours/gen"
	"afterhours/handlers/odata"
	"afterhours/handlers/problem"
	"afterhours/handlers/wire"
	"afterhours/store"
)

// usersPage is the part of the users that a request asks for.
type usersPage struct {
	shape
	// chosen are the users that $filter names, nil for all.
	chosen *chosenUsers
	// after is the user before the page, "" for the first page.
	after   string
	size    int
	isLast  bool   // a next page is not asked for
	applied string // Preference-Applied
}

// Users is GET on the users of the tenant: one page of them, in the order of their ids.
func (s *Service) Users(ctx context.Context, req *Request, params gen.ListUsersParams) (*Response, error) {
	wanted, err := s.usersPageOf(req, params)
	if err != nil {
		return nil, err
	}
	counted := params.Count != nil && *params.Count
	var found []store.Person
	count, next := -1, ""
	var value []byte
	err = s.withinTime(ctx, usersTarget(params), func(ctx context.Context) (err error) {
		if found, next, err = s.fetchUsers(ctx, req, wanted, params); err == nil && counted {
			count, err = s.countUsers(ctx, req, wanted)
		}
		if err == nil {
			value, err = s.appendUsers(ctx, nil, req, found, wanted.shape)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	text := []byte{'{'}
	if req.Form.Level != wire.MetadataNone {
		text = wire.AppendMember(text, "@odata.context", req.Root+"/$metadata#users"+wanted.suffix())
	}
	if count >= 0 {
		text = append(strconv.AppendInt(append(text, `"@odata.count":`...), int64(count), 10), ',')
	}
	if next != "" {
		text = wire.AppendMember(text, "@odata.nextLink", next)
	}
	text = append(append(append(text, `"value":`...), value...), '}')
	return &Response{Status: http.StatusOK, Preference: joined(wanted.applied, req.Form.Preference()), ContentType: req.Form.ContentType(), Body: text}, nil
}

// usersTarget returns the option that makes a list of users long.
func usersTarget(params gen.ListUsersParams) string {
	if params.Expand != nil {
		return "$expand"
	}
	return longestCount(params.Filter)
}

// usersPageOf reads the options. The error names every fault of them.
func (s *Service) usersPageOf(req *Request, params gen.ListUsersParams) (usersPage, error) {
	var wanted usersPage
	var faults []gen.ErrorDetail
	var err error
	if wanted.shape, err = s.shapeOf(req, s.spec.User, params.Select, params.Expand, params.Format); err != nil {
		var refused *problem.Problem
		if !errors.As(err, &refused) {
			return wanted, err
		}
		faults = append(faults, refused.Faults()...)
	}
	for _, one := range wanted.expand {
		if one.Expand != nil {
			faults = append(faults, problem.Fault(gen.NotSupported, "$expand",
				"OData can expand the statistics of several users, but this server does not implement it: expand those of one user, at /users/{id}."))
		}
	}
	if params.Filter != nil {
		wanted.chosen, err = s.chosenBy(req, *params.Filter)
		faults = append(faults, optionFault(err)...)
	}
	if params.Orderby != nil {
		faults = append(faults, optionFault(s.checkUserOrder(req, *params.Orderby))...)
	}
	if len(faults) > 0 {
		return wanted, problem.Invalid(faults...)
	}
	wanted.size, wanted.isLast, wanted.applied = s.listSize(req, gen.ListUserStatisticsParams{Top: params.Top, Prefer: params.Prefer, Skiptoken: params.Skiptoken})
	after, err := startAfter(params.Skiptoken, nil)
	if after != nil {
		wanted.after = after.ID
	}
	return wanted, err
}

// fetchUsers reads one page and returns it with the URL of the next page, "" for none. A page of size 0
// has neither.
func (s *Service) fetchUsers(ctx context.Context, req *Request, wanted usersPage, params gen.ListUsersParams) (found []store.Person, next string, err error) {
	switch {
	case wanted.size == 0:
		return nil, "", nil
	case wanted.chosen != nil:
		if found, err = s.readChosen(ctx, req, wanted.chosen); err == nil {
			found = slices.DeleteFunc(found, func(person store.Person) bool { return person.User <= wanted.after })
		}
	default:
		found, err = s.storeFor(req).People(ctx, req.Caller.Tenant, wanted.after, wanted.size+1)
	}
	if err != nil || len(found) <= wanted.size {
		return found, "", err
	}
	found = found[:wanted.size]
	if wanted.isLast {
		return found, "", nil
	}
	return found, usersLink(req, params, wanted.size, found[wanted.size-1].User), nil
}

// countUsers returns the number of users on all pages.
func (s *Service) countUsers(ctx context.Context, req *Request, wanted usersPage) (int, error) {
	if wanted.chosen == nil {
		return s.storeFor(req).CountPeople(ctx, req.Caller.Tenant)
	}
	found, err := s.readChosen(ctx, req, wanted.chosen)
	return len(found), err
}

// appendUsers appends the JSON array of users.
func (s *Service) appendUsers(ctx context.Context, text []byte, req *Request, found []store.Person, wanted shape) (_ []byte, err error) {
	text = append(text, '[')
	for i, person := range found {
		if i > 0 {
			text = append(text, ',')
		}
		if text, err = s.appendUser(ctx, text, req, person, wanted, ""); err != nil {
			return nil, err
		}
	}
	return append(text, ']'), nil
}

// usersLink returns the URL of the page after a user. It repeats the whole query, as nextLink does.
func usersLink(req *Request, params gen.ListUsersParams, size int, last string) string {
	link := req.Root + "/users?$top=" + strconv.Itoa(size)
	if params.Count != nil {
		link += "&$count=" + strconv.FormatBool(*params.Count)
	}
	link += linkOptions(req, []textOption{{"$filter", params.Filter}, {"$orderby", params.Orderby}, {"$select", params.Select}, {"$expand", params.Expand}, {"$format", params.Format}})
	return link + "&$skiptoken=" + skipToken(store.Position{ID: last}, odata.Clock{})
}
