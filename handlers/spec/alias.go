package spec

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxAlias is the most characters of a parameter alias: those of an identifier (OData CSDL 15.2), and @.
const maxAlias = 129

// IsAlias reports whether a query option is a parameter alias (OData URL 5.3.2). Every operation takes
// aliases, and ignores those that nothing refers to.
func IsAlias(name string) bool {
	identifier, marked := strings.CutPrefix(name, "@")
	if !marked || identifier == "" || utf8.RuneCountInString(name) > maxAlias {
		return false
	}
	for i, char := range identifier {
		if char != '_' && !unicode.IsLetter(char) && (i == 0 || char < '0' || char > '9') {
			return false
		}
	}
	return true
}

// Aliases returns the parameter aliases of a canonical query, with their values by their names. It is
// nil without aliases. input refuses a query that cannot be read or that has an alias twice.
func Aliases(query string) map[string]string {
	if !strings.HasPrefix(query, "@") && !strings.Contains(query, "&@") {
		return nil
	}
	options, err := url.ParseQuery(query)
	if err != nil {
		return nil
	}
	aliases := map[string]string{}
	for name, values := range options {
		if IsAlias(name) {
			aliases[name] = values[0]
		}
	}
	return aliases
}
