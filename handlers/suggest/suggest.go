// Package suggest owns the choice of the name that a mistyped one may mean. It leaves alone the words
// around the suggestion.
package suggest

import (
	"strings"
	"unicode/utf8"

	"github.com/agnivade/levenshtein"
)

// longest is the most bytes that a mistyped name may have. Every name of the contract and of the command
// line is shorter, and the comparison takes time in proportion to the length.
const longest = 64

// Nearest returns the name that is nearest to the mistyped one, "" if none is near. A name is near if
// it differs only in case, or by one insertion, deletion or substitution, or by two from 5 characters
// on. Without such a name it is the only one that begins or ends with the mistyped one, from 3
// characters on. Of equally near names the first one counts.
func Nearest(mistyped string, names []string) string {
	if len(mistyped) > longest {
		return ""
	}
	folded := strings.ToLower(mistyped)
	nearest, least := "", mostEdits(utf8.RuneCountInString(folded))+1
	for _, name := range names {
		if length := len(name); length < len(folded)-least || length > len(folded)+least {
			continue
		}
		if distance := levenshtein.ComputeDistance(folded, strings.ToLower(name)); distance < least {
			nearest, least = name, distance
		}
	}
	if nearest == "" {
		return onlyWhole(folded, names)
	}
	return nearest
}

// mostEdits returns by how many edits a near name may differ from one of so many characters. Every
// short name would resemble another one.
func mostEdits(characters int) int {
	switch {
	case characters < 3:
		return 0
	case characters < 5:
		return 1
	}
	return 2
}

// onlyWhole returns the only name that begins or ends with a part of at least 3 bytes, "" if there
// is none or if there are several.
func onlyWhole(part string, names []string) string {
	found := ""
	for _, name := range names {
		folded := strings.ToLower(name)
		if len(part) < 3 || !strings.HasPrefix(folded, part) && !strings.HasSuffix(folded, part) {
			continue
		}
		if found != "" {
			return ""
		}
		found = name
	}
	return found
}
