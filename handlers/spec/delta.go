package spec

import "strings"

// deltaName is how the contract spells the function.
const deltaName = "delta()"

// IsDelta reports whether an id is spelt like the function delta, in any case.
func IsDelta(id string) bool { return strings.EqualFold(id, "delta") }

// isDelta reports whether a segment is the function delta of the collection, or of those statistics of it that
// have a type. Parentheses without parameters may be left out, and so may the namespace (OData URL 4.5, Graph).
func (c *Contract) isDelta(before []string, segment string) bool {
	name := strings.TrimSuffix(segment, "()")
	if IsQualified(name) {
		name = name[len(qualifier):]
	}
	if !IsDelta(name) || len(before) == 0 {
		return false
	}
	last := before[len(before)-1]
	return last == "activityStatistics" || len(before) > 1 && before[len(before)-2] == "activityStatistics" && c.TypeInURL(last) != nil
}
