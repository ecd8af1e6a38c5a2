package spec

import "strings"

// isPlain reports whether an escaped path is spelled as the contract spells it, so that CanonicalURL has nothing
// to change: names in the contract's case, and keys of usual characters, as GUIDs and e-mail addresses are. It may
// be false for such a path, and is never true for another one. It allocates nothing.
func (c *Contract) isPlain(escaped string) bool {
	rest, isAbsolute := strings.CutPrefix(escaped, "/")
	if !isAbsolute || !strings.Contains(rest, "/") { // a base alone gets a slash
		return false
	}
	isKey := false // the segment before is a name that a key may follow
	for segment := range strings.SplitSeq(rest, "/") {
		if isKey {
			if !isPlainSegment(segment) {
				return false
			}
			isKey = false
			continue
		}
		var isName bool
		if isKey, isName = c.plainNames[segment]; !isName {
			return false
		}
	}
	return true
}

// isPlainSegment reports whether a segment has usual characters alone, and no meaning of its own.
func isPlainSegment(segment string) bool {
	for i := range len(segment) {
		switch c := segment[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_', c == '.', c == '~', c == '@':
		default:
			return false
		}
	}
	return segment != "" && !IsDelta(segment) && !isOlderName(segment) && !IsQualified(segment)
}

// isPlainQuery reports whether a query has options of the contract alone, each in the contract's spelling and with
// a value, so that CanonicalQuery has nothing to change.
func (c *Contract) isPlainQuery(raw string) bool {
	for pair := range strings.SplitSeq(raw, "&") {
		name, _, hasValue := strings.Cut(pair, "=")
		if canonical, ok := c.option(name); !ok || !hasValue || canonical != name {
			return false
		}
	}
	return !strings.Contains(raw, ";")
}

// qualifier begins the names of types and functions in a URL, in any case.
const qualifier = namespace + "."

// IsQualified reports whether a segment begins as the names of types and functions do, in any case.
func IsQualified(segment string) bool {
	return len(segment) >= len(qualifier) && strings.EqualFold(segment[:len(qualifier)], qualifier)
}

// addPlainNames collects the names that isPlain knows.
func (c *Contract) addPlainNames() {
	c.plainNames = map[string]bool{}
	for _, name := range c.names {
		if isPlainSegment(name) {
			c.plainNames[name] = c.keyed[name]
		}
	}
}

// ambiguous are the characters of the names that stand where a key may: $count, delta().
const ambiguous = "$("

// IsAmbiguous reports whether a router that takes any segment for a key may find another route than Methods for a
// canonical path, as CanonicalURL returns it.
func (c *Contract) IsAmbiguous(path, raw string) bool {
	return c.hidesNames || raw != "" || strings.ContainsAny(path, ambiguous)
}

// addAmbiguity finds whether a name that stands where a key may has none of the characters by which IsAmbiguous knows it.
func (c *Contract) addAmbiguity() {
	for i := range c.templates {
		for j := range c.templates[:i] {
			name := c.templates[i].competing(&c.templates[j])
			c.hidesNames = c.hidesNames || name != "" && !strings.ContainsAny(name, ambiguous)
		}
	}
}

// competing returns a name of one template that stands where the other one has a parameter, "" if no path has the
// form of both. It prefers the name that IsAmbiguous finds.
func (t *template) competing(other *template) (found string) {
	if len(t.segments) != len(other.segments) {
		return ""
	}
	for i, name := range t.segments {
		isKey, otherIsKey := strings.HasPrefix(name, "{"), strings.HasPrefix(other.segments[i], "{")
		if isKey && !otherIsKey {
			name = other.segments[i]
		}
		switch {
		case isKey == otherIsKey && (isKey || name == other.segments[i]):
		case isKey == otherIsKey:
			return ""
		case !strings.ContainsAny(found, ambiguous):
			found = name
		}
	}
	return found
}
