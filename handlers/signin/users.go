package signin

import (
	"context"
	"errors"
	"strings"

	"afterhours/store"
)

// person returns the user of a tenant whom a name means: an object id, or a user principal name that the
// store knows.
func (s *Service) person(ctx context.Context, tenant, name string) (person, error) {
	name = strings.ToLower(strings.Clone(name))
	always := s.always(tenant)
	if isGUID(name) {
		if name == always.User {
			return always, nil
		}
		return person{Tenant: tenant, User: name}, nil
	}
	user, err := store.User{}, store.ErrNotFound
	if !strings.Contains(name, "\x00") { // which PostgreSQL has in no text
		user, err = s.Users.UserByUPN(ctx, tenant, name)
	}
	switch {
	case err == nil:
		return person{Tenant: tenant, User: user.User, UPN: user.UPN}, nil
	case !errors.Is(err, store.ErrNotFound):
		return person{}, err
	case name != "" && name == always.UPN:
		return always, nil
	}
	return person{}, errUser.refuse("The user account %s does not exist in the tenant. Sign in with an object id, or add the name by POST /control/seed or afterhours user add.", shown(name))
}
