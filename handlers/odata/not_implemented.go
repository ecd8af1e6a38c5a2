package odata

import "strings"

// standardFunctions has the functions of OData 4.01 that this package does not have (URL conventions,
// section 5.1.1).
var standardFunctions = names("hassubset", "hassubsequence", "cast", "geo.distance", "geo.intersects", "geo.length", "case")

// standardOperators has the operators of OData 4.01 that this package does not have.
var standardOperators = names("has")

// standardPrefixes has the prefixes of literals of types that no statistic has (rule primitiveLiteral of
// the ABNF).
var standardPrefixes = names("binary", "geography", "geometry")

// standardWord returns what a word at the beginning of an operand means if OData has it and this package
// does not, "" for any other word. The word is the token taken last.
func (p *parser) standardWord(t token) string {
	word := p.text[t.start:t.end]
	switch {
	case word == "INF" || word == "NaN":
		return "the number " + word
	case word == "$root" || word == "$this":
		return word
	case fold(word) == "$it" && p.next().kind != tokenSlash:
		return "$it without a property"
	case strings.HasPrefix(word, "@") && strings.Contains(word, "."):
		return "annotations in an expression"
	}
	return ""
}

func names(all ...string) map[string]bool {
	set := make(map[string]bool, len(all))
	for _, name := range all {
		set[name] = true
	}
	return set
}
