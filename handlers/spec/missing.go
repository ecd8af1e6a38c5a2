package spec

import (
	"slices"
	"strings"
)

// maxAdvised is how many segments a path may have for which MissingSegment looks for advice.
const maxAdvised = 10

// MissingSegment returns the name that the decoded path lacks, and the segment after which it belongs.
// Both are "" if no name makes it a path of the contract. Only the end or another name may follow the
// missing one.
func (c *Contract) MissingSegment(path string) (name, after string) {
	path = strings.TrimRight(path, "/")
	given := strings.Split(path, "/")
	if len(given) < 3 || len(given) > maxAdvised || len(c.Methods(path)) > 0 { // a base alone lacks nothing
		return "", ""
	}
	for _, template := range c.templates {
		for at, segment := range template.segments {
			if segment == "" || strings.HasPrefix(segment, "{") || strings.HasPrefix(segment, "$") {
				continue
			}
			index := at + 1 // a path of the contract begins after the base
			if index > len(given) || !template.goesOn(at+1, given[index:]) {
				continue
			}
			complete := strings.Join(slices.Insert(slices.Clone(given), index, segment), "/")
			if len(c.Methods(complete)) > 0 {
				return segment, given[index-1]
			}
		}
	}
	return "", ""
}

// goesOn reports whether the rest of a path is empty or begins with the name that the template has there.
func (t *template) goesOn(at int, rest []string) bool {
	return len(rest) == 0 || at < len(t.segments) && t.segments[at] == rest[0]
}

// WithoutPrefix returns what stands before a path of the contract, as /api does before /api/beta/me/analytics,
// "" if the escaped path ends in none.
func (c *Contract) WithoutPrefix(path string) string {
	for _, base := range c.Bases {
		if at := strings.Index(path, base+"/"); at > 0 && len(c.Methods(path[at:])) > 0 {
			return path[:at]
		}
	}
	return ""
}
