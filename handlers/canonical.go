package handlers

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// canonicalURL returns the one spelling of a path that the router knows, decoded
// and as it is escaped, and the type that the path casts to, nil for none. The
// rules:
//
//   - // counts as /, and a / at the end is dropped;
//   - names match without regard to case (Graph, "Traverse the graph"), keys with it;
//   - a key may stand in parentheses: name('key') is name/key (OData URL 4.3);
//   - .../activityStatistics/{id}/microsoft.graph.callActivityStatistics is that
//     statistic, if it is of that type, and the same behind the collection those of
//     its statistics that are (OData URL 4.11);
//   - /callactivitystatistics/{id} and /me/analytics/callactivitystatistics/{id},
//     forms that Graph once documented, are /me/analytics/activityStatistics/{id}
//     with the same cast.
//
// A path that does not follow the contract comes back as it is, for the router
// not to find.
func (c *contract) canonicalURL(escaped string) (path, raw string, cast *entityType) {
	segments := c.split(escaped)
	segments, cast = c.resolveCast(segments)
	var decoded, encoded strings.Builder
	for _, segment := range segments {
		decoded.WriteByte('/')
		decoded.WriteString(segment)
		encoded.WriteByte('/')
		encoded.WriteString(escapeSegment(segment))
	}
	if len(segments) == 0 || len(segments) == 1 && slices.Contains(c.bases, "/"+segments[0]) {
		encoded.WriteByte('/') // a root
		decoded.WriteByte('/')
	}
	path, raw = decoded.String(), encoded.String()
	if path == raw {
		raw = "" // as net/url has it: only what differs is kept
	}
	return path, raw, cast
}

// escapeSegment escapes + too, which Gin would take for a space.
func escapeSegment(segment string) string {
	return strings.ReplaceAll(url.PathEscape(segment), "+", "%2B")
}

// split cuts an escaped path into decoded segments, names in the contract's
// spelling and keys taken out of their parentheses.
func (c *contract) split(escaped string) []string {
	segments := make([]string, 0, 8)
	key := false // whether the segment before is a name that a key may follow
	for segment := range strings.SplitSeq(escaped, "/") {
		if segment == "" {
			continue
		}
		if decoded, err := url.PathUnescape(segment); err == nil {
			segment = decoded
		}
		if key && !strings.HasPrefix(segment, "$") && !strings.HasPrefix(strings.ToLower(segment), "microsoft.graph.") {
			segments, key = append(segments, segment), false
			continue
		}
		name, inParentheses := cutKey(segment)
		if !c.isKeyed(c.name(name)) && c.typeInURL(name) == nil {
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

// cutKey splits name('key'), in which a quote within the key is doubled.
func cutKey(segment string) (name, key string) {
	open := strings.Index(segment, "('")
	if open <= 0 || !strings.HasSuffix(segment, "')") || len(segment) < open+5 {
		return segment, ""
	}
	return segment[:open], strings.ReplaceAll(segment[open+2:len(segment)-2], "''", "'")
}

func (c *contract) name(segment string) string {
	if name, known := c.names[strings.ToLower(segment)]; known {
		return name
	}
	return segment
}

// olderName is the collection by its older name, which implied the type.
const olderName = "callactivitystatistics"

func isOlderName(segment string) bool { return strings.EqualFold(segment, olderName) }

func (c *contract) isKeyed(name string) bool { return c.keyed[name] || isOlderName(name) }

// resolveCast takes a cast to a type off the end, and writes the older forms in
// the present one.
func (c *contract) resolveCast(segments []string) ([]string, *entityType) {
	last := len(segments) - 1
	for at := range segments {
		// behind the collection, or behind a key of it
		if at >= 1 && segments[at-1] == "activityStatistics" || at >= 2 && segments[at-2] == "activityStatistics" {
			if t := c.typeInURL(segments[at]); t != nil {
				return slices.Delete(segments, at, at+1), t
			}
		}
	}
	if last >= 2 && isOlderName(segments[last-1]) && !strings.HasPrefix(segments[last], "$") {
		t := c.byStoreType["call"]
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

// typeInURL returns the type that a segment names, nil if it names none.
func (c *contract) typeInURL(segment string) *entityType {
	for name, t := range c.types {
		if strings.EqualFold(segment, strings.TrimPrefix(name, "#")) {
			return t
		}
	}
	return nil
}

// joinLines makes one line of a header that was sent in several.
func joinLines(header http.Header, name string) {
	if lines := header[name]; len(lines) > 1 {
		header[name] = []string{strings.Join(lines, ", ")}
	}
}
