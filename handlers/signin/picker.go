package signin

import (
	"context"
	"strings"
)

const (
	// shownUsers is how many users a page offers.
	shownUsers = 50
	noPassword = "This is a server for tests: nobody needs a password."
)

// picked returns the user whom a person has picked on a page, by a button or by typing a name.
func (s *Service) picked(call *Call, tenant string, user, typed string) (person, error) {
	if user == "" {
		user = typed
	}
	return s.person(call.Context(), tenant, user)
}

// renderPicker completes a page on which a person picks a user of the tenant. The address is where the
// browser goes after it, "" for none.
func (s *Service) renderPicker(call *Call, tenant string, status int, page formPage, address string) (*response, error) {
	users, err := s.userNames(call.Context(), tenant)
	if err != nil {
		return nil, err
	}
	page.Title, page.Action, page.Button = "Pick a user", call.URL.EscapedPath(), "Sign in"
	page.Users, page.Choose, page.Cancels = users, true, true
	return render(status, page, address), nil
}

// userNames returns the first users of a tenant, and the one who can always sign in.
func (s *Service) userNames(ctx context.Context, tenant string) ([]string, error) {
	known, err := s.Users.Users(ctx, tenant, "", shownUsers)
	if err != nil {
		return nil, err
	}
	always := s.always(tenant).UPN
	var names []string
	for _, user := range known {
		names = append(names, user.UPN)
		if user.UPN == always {
			always = ""
		}
	}
	if always != "" {
		names = append(names, always)
	}
	return names, nil
}

// always returns the user whom every tenant has without any data. The user has a name in the default tenant only.
func (s *Service) always(tenant string) person {
	who := person{Tenant: tenant, User: strings.ToLower(s.User)}
	if tenant == strings.ToLower(s.Tenant) {
		who.UPN = strings.ToLower(s.UPN)
	}
	return who
}
