package operations

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/google/uuid"

	"afterhours/handlers/odata"
	"afterhours/store"
)

// chosenUsers are the users that a $filter names, by id or by user principal name. nil is all.
type chosenUsers struct{ ids, names []string }

// chosenBy reads a $filter on users. No store can search users by a condition, so every condition but eq
// and in with a property and texts is refused as not implemented. Each user has analytics, so that their
// comparison with null chooses all or none.
func (s *Service) chosenBy(req *Request, text string) (*chosenUsers, error) {
	if equal, ok := s.spec.UserModel.ParseNullComparison(s.spec.User, text); ok {
		if equal {
			return &chosenUsers{}, nil
		}
		return nil, nil
	}
	filter, err := s.spec.UserModel.With(req.Aliases).ParseFilter(text)
	if err != nil {
		return nil, err
	}
	var property store.Expr
	var values []store.Value
	switch filter := filter.(type) {
	case store.In:
		property, values = filter.X, filter.List
	case store.Binary:
		property = filter.X
		literal, isLiteral := filter.Y.(store.Literal)
		if !isLiteral {
			property = filter.Y
			literal, isLiteral = filter.X.(store.Literal)
		}
		if values = []store.Value{literal.Value}; filter.Op != store.Eq || !isLiteral {
			return nil, errUserOption("$filter", "other conditions of users than eq and in")
		}
	}
	texts := make([]string, 0, len(values))
	for _, value := range values {
		if value.Kind != store.KindText {
			return nil, errUserOption("$filter", "users without a property")
		}
		texts = append(texts, strings.ToLower(value.Text))
	}
	switch property {
	case store.Property{Name: "id"}:
		return &chosenUsers{ids: texts}, nil
	case store.Property{Name: nameProperty}:
		return &chosenUsers{names: texts}, nil
	}
	return nil, errUserOption("$filter", "other conditions of users than eq and in")
}

// errUserOption returns the error for a construct of OData that users do not have.
func errUserOption(option, construct string) error {
	return &odata.Error{Option: option, Column: 1, Problem: "OData has " + construct + ", but this server does not implement it", NotImplemented: true}
}

// checkUserOrder returns an error unless an $orderby on users is their only order.
func (s *Service) checkUserOrder(req *Request, text string) error {
	if _, err := s.spec.UserModel.With(req.Aliases).ParseOrderBy(text); err != nil {
		return err
	}
	if words := strings.Fields(strings.ToLower(text)); words[0] != "id" || len(words) > 1 && words[1] != "asc" {
		return errUserOption("$orderby", "other orders of users than id")
	}
	return nil
}

// readChosen returns the chosen users that the store knows, each once, in the order of their ids.
func (s *Service) readChosen(ctx context.Context, req *Request, chosen *chosenUsers) ([]store.Person, error) {
	owners := make([]store.Owner, 0, len(chosen.ids)+len(chosen.names))
	for _, id := range chosen.ids {
		if _, err := uuid.Parse(id); err == nil { // nobody has another id
			owners = append(owners, store.Owner{Tenant: req.Caller.Tenant, User: id})
		}
	}
	for _, name := range chosen.names {
		user, err := s.storeFor(req).UserByUPN(ctx, req.Caller.Tenant, name)
		switch {
		case err == nil:
			owners = append(owners, user.Owner)
		case !errors.Is(err, store.ErrNotFound):
			return nil, err
		}
	}
	var people []store.Person
	for _, owner := range owners {
		person, err := s.storeFor(req).Person(ctx, owner)
		switch {
		case errors.Is(err, store.ErrNotFound):
		case err != nil:
			return nil, err
		case chosen.names == nil || slices.Contains(chosen.names, person.UPN): // a user is seen with one name alone
			people = append(people, person)
		}
	}
	slices.SortFunc(people, func(a, b store.Person) int { return cmp.Compare(a.User, b.User) })
	return slices.Compact(people), nil
}
