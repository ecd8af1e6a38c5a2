package spec

import (
	"net/url"
	"strings"

	"afterhours/handlers/odata"
)

// IsAlias reports whether a query option is a parameter alias (OData URL 5.3.2). Every operation takes
// aliases, and ignores those that nothing refers to.
func IsAlias(name string) bool { return odata.IsAlias(name) }

// Aliases returns the parameter aliases of a canonical query, with their values by their names. It is
// nil without aliases. input refuses a query that cannot be read or that has an alias twice.
func Aliases(query string) odata.Aliases {
	if !strings.HasPrefix(query, "@") && !strings.Contains(query, "&@") {
		return nil
	}
	options, err := url.ParseQuery(query)
	if err != nil {
		return nil
	}
	aliases := odata.Aliases{}
	for name, values := range options {
		if IsAlias(name) {
			aliases[name] = values[0]
		}
	}
	return aliases
}
