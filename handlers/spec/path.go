package spec

import (
	"net/url"
	"slices"
	"strings"

	"afterhours/handlers/wire"
)

// CanonicalURL returns the one spelling of a path that the router knows, decoded and escaped, and
// the type that the path casts to, nil for none. The rules:
//
//   - // counts as /, and a / at the end is dropped;
//   - names match without regard to case (Graph, "Traverse the graph"), keys with it;
//   - a key may stand in parentheses, with its name or without: name('key') and name(id='key') are
//     name/key (OData URL 4.3.1), but activityStatistics('$count') is not activityStatistics/$count;
//   - .../activityStatistics/{id}/microsoft.graph.callActivityStatistics is that statistic, if
//     it is of that type; after the collection, the cast selects the statistics of that
//     type (OData URL 4.11);
//   - .../activityStatistics/delta is the function delta(), and so is microsoft.graph.delta();
//     the statistic of that name is activityStatistics('delta');
//   - /callactivitystatistics/{id} and /me/analytics/callactivitystatistics/{id},
//     forms that Graph once documented, are /me/analytics/activityStatistics/{id}
//     with the same cast.
//
// A path that does not follow the contract is returned unchanged: the router answers 404. Nothing of the result
// shares memory with the argument.
func (c *Contract) CanonicalURL(escaped string) (path, raw string, cast *wire.Type) {
	if c.isPlain(escaped) {
		return strings.Clone(escaped), "", nil
	}
	return c.canonicalURL(escaped)
}

// canonicalURL is CanonicalURL for any path.
func (c *Contract) canonicalURL(escaped string) (path, raw string, cast *wire.Type) {
	segments := c.split(escaped)
	segments, cast = c.resolveCast(segments)
	var decoded, encoded strings.Builder
	for _, segment := range segments {
		decoded.WriteByte('/')
		decoded.WriteString(segment)
		encoded.WriteByte('/')
		encoded.WriteString(escapeSegment(segment))
	}
	if len(segments) == 0 || len(segments) == 1 && slices.Contains(c.Bases, "/"+segments[0]) {
		encoded.WriteByte('/') // a root
		decoded.WriteByte('/')
	}
	path, raw = decoded.String(), encoded.String()
	if path == raw {
		raw = "" // as in net/url: RawPath is set only if it differs from Path
	}
	return path, raw, cast
}

// escapeSegment escapes + as well, which Gin would read as a space, and leaves the function as the contract
// writes it.
func escapeSegment(segment string) string {
	if segment == deltaName {
		return segment
	}
	return strings.ReplaceAll(url.PathEscape(segment), "+", "%2B")
}

// split cuts an escaped path into decoded segments. Names get the contract's spelling, and a key
// in parentheses becomes a segment.
func (c *Contract) split(escaped string) []string {
	segments := make([]string, 0, 8)
	key := false // the segment before is a name that a key may follow
	for segment := range strings.SplitSeq(escaped, "/") {
		if segment == "" {
			continue
		}
		if decoded, err := url.PathUnescape(segment); err == nil {
			segment = decoded
		}
		if c.isDelta(segments, segment) {
			segments, key = append(segments, deltaName), false
			continue
		}
		if key && !strings.HasPrefix(segment, "$") && !IsQualified(segment) {
			segments, key = append(segments, segment), false
			continue
		}
		name, inParentheses := cutKey(segment)
		if !c.takesKey(name) || isReserved(inParentheses) {
			name, inParentheses = segment, ""
		}
		segments = append(segments, c.name(name))
		if inParentheses != "" {
			segments = append(segments, inParentheses)
		}
		key = c.isKeyed(c.name(name)) && inParentheses == ""
	}
	return segments
}

// isReserved reports whether a key, if it were a segment of its own, would be a resource of the collection.
// No id has such a form.
func isReserved(key string) bool { return strings.HasPrefix(key, "$") || key == deltaName }

func (c *Contract) name(segment string) string {
	if name, ok := c.names[strings.ToLower(segment)]; ok {
		return name
	}
	return segment
}

// olderName is the older name of the collection, which implied the type.
const olderName = "callactivitystatistics"

func isOlderName(segment string) bool { return strings.EqualFold(segment, olderName) }

func (c *Contract) isKeyed(name string) bool { return c.keyed[name] || isOlderName(name) }

// resolveCast removes a cast to a type from the segments and returns it. Older forms are rewritten
// to the present one.
func (c *Contract) resolveCast(segments []string) ([]string, *wire.Type) {
	last := len(segments) - 1
	for at := range segments {
		// after the collection, or after a key of it
		if at >= 1 && segments[at-1] == "activityStatistics" || at >= 2 && segments[at-2] == "activityStatistics" {
			if t := c.TypeInURL(segments[at]); t != nil {
				return slices.Delete(segments, at, at+1), t
			}
		}
	}
	if last >= 2 && isOlderName(segments[last-1]) && !strings.HasPrefix(segments[last], "$") {
		t := c.ByStoreType["call"]
		switch {
		case last == 2:
			return []string{segments[0], "me", "analytics", "activityStatistics", segments[last]}, t
		case segments[last-2] == "analytics":
			segments[last-1] = "activityStatistics"
			return segments, t
		}
	}
	return segments, nil
}

// TypeInURL returns the type that a segment names, nil if it names none.
func (c *Contract) TypeInURL(segment string) *wire.Type {
	for _, t := range c.Types {
		if strings.EqualFold(segment, t.Qualified()) {
			return t
		}
	}
	return nil
}
