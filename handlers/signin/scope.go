package signin

import (
	"slices"
	"strings"
)

const (
	maxScope = 2048 // bytes of the parameter scope
	// allOf ends a scope that stands for all that a client may have of a resource.
	allOf = "/.default"
	// defaultScope is what a user may do by such a scope.
	defaultScope = "Analytics.ReadWrite"
)

// openIDScopes are the scopes of OpenID Connect, which permit nothing here.
var openIDScopes = []string{"openid", "profile", "email", "offline_access"}

// scopes are what a user grants to a client.
type scopes struct {
	// Asked are the scopes as the client has written them.
	Asked []string
	// Granted are the permissions of the access token.
	Granted []string
}

// userScopes reads the scope that a client asks for. Whatever resource a scope names, it is this server's.
func userScopes(text string) (scopes, error) {
	var s scopes
	if len(text) > maxScope {
		return s, errScope.refuse("The scope is longer than %d bytes.", maxScope)
	}
	s.Asked = strings.Fields(strings.Clone(text))
	for _, asked := range s.Asked {
		name := asked[strings.LastIndexByte(asked, '/')+1:]
		switch {
		case name == ".default":
			name = defaultScope
		case !isWord(name):
			return s, errScope.refuse("The provided value for the input parameter 'scope' is not valid: '%s' names no permission.", shown(asked))
		case isReserved(name):
			return s, errConsent.refuse("Nobody has consented to '%s'. A user who signs in never gets it.", shown(name))
		case name == "offline_access":
			continue
		}
		if !slices.Contains(s.Granted, name) {
			s.Granted = append(s.Granted, name)
		}
	}
	if len(s.Granted) == 0 {
		return s, errMissing.refuse("The request must contain the following parameter: 'scope', as in https://graph.microsoft.com/Analytics.Read.")
	}
	return s, nil
}

// has reports whether the client asks for a scope of OpenID Connect.
func (s scopes) has(name string) bool { return slices.Contains(s.Asked, name) }

// answered returns the parameter scope of a response: what was asked for, in the client's own words, and
// what the access token has beyond that.
func (s scopes) answered() string {
	all := slices.DeleteFunc(slices.Clone(s.Asked), func(name string) bool { return name == "offline_access" })
	for _, asked := range s.Asked {
		if resource, isAll := strings.CutSuffix(asked, allOf); isAll {
			all = append(all, resource+"/"+defaultScope)
		}
	}
	return strings.Join(all, " ")
}

// checkClientScope refuses a scope by which a client signs in itself, unless it is /.default of one
// resource. MSAL for Go adds scopes of OpenID Connect, which say nothing here.
func checkClientScope(text string) error {
	asked := slices.DeleteFunc(strings.Fields(text), func(name string) bool { return slices.Contains(openIDScopes, name) })
	if len(asked) == 1 && (strings.HasSuffix(asked[0], allOf) || asked[0] == ".default") {
		return nil
	}
	return errClientScope.refuse("The provided value for scope '%s' is not valid. A client that signs in itself asks for one resource and /.default, as in https://graph.microsoft.com/.default.", shown(text))
}
